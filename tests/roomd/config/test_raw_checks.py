import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomd.config.places import Unreadable
from roomd.config.raw_checks import MAX_BYTES, decode


def refused(raw: bytes) -> tuple[str, int, int]:
    with pytest.raises(Unreadable) as caught:
        decode(raw, "f", ())
    problem = caught.value.problem
    return problem.code, problem.place.line, problem.place.column


@pytest.mark.parametrize(
    "raw, expected",
    [
        (b"x" * (MAX_BYTES + 1), ("file_too_large", 1, 1)),
        (b"a: 1\nb: \xff", ("not_utf8", 2, 4)),
        ("灯: a\x00".encode(), ("bad_character", 1, 5)),
        (b"a: \x1b[31m", ("bad_character", 1, 4)),
        (b"a: " + b"[" * 20_000, ("too_deep", 1, 68)),
        (b"a: " + b"{" * 20_000, ("too_deep", 1, 68)),
        (b"a: b\n" * 20_001, ("too_many_keys", 20_001, 2)),
        (b'{"a":1,' * 1 + b'"a":1,' * 20_001, ("too_many_keys", 1, 120_004)),
        (b"[" + b"," * 50_001, ("too_many_items", 1, 50_002)),
        (b"- a\n" * 50_001, ("too_many_items", 50_001, 1)),
        (b"\n" * 1_000_000, ("too_many_lines", 30_001, 1)),
        (b"a: " + b"x" * 70_000, ("line_too_long", 1, 1)),
    ],
    ids=lambda value: str(value)[:24],
)
def test_hostile_files_are_refused_before_a_parser_sees_them(
    raw: bytes, expected: tuple[str, int, int]
) -> None:
    assert refused(raw) == expected


def test_an_ordinary_file_passes() -> None:
    assert decode("\ufeffa: [1, 2]  # 注释 [\n".encode(), "f", ()) == "a: [1, 2]  # 注释 [\n"


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_problem(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(decode(raw, "f", ()), str)
