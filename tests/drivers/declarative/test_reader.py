from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.declarative.problems import DefinitionError
from drivers.declarative.reader import MAX_BYTES, Unquoted, read


def codes(text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DefinitionError) as caught:
        read(raw, "x.yaml")
    return [p.code for p in caught.value.problems]


def test_only_true_and_false_are_booleans() -> None:
    text = (
        "{a: true, b: false, c: on, d: no, e: 010, f: 10, g: '10', h: -6, i: , j: 12:30, k: 1_000}"
    )
    assert read(text.encode(), "x").plain() == {
        "a": True, "b": False, "c": "on", "d": "no", "e": "010", "f": 10, "g": "10", "h": -6, "i": None,
        "j": "12:30", "k": "1_000",
    }  # fmt: skip


def test_what_looks_like_a_number_is_known_to_be_unquoted() -> None:
    found = read(b"[010, 1.5, '010', 5e3]", "x").plain()
    assert [isinstance(v, Unquoted) for v in found] == [True, True, False, True]


@pytest.mark.parametrize(
    "text, code",
    [
        ("a: &x 1\nb: *x", "yaml_alias"),
        ("a: !!python/name:os.system x", "yaml_tag"),
        ("a: 1\na: 2", "duplicate_key"),
        ("{[1]: 2}", "yaml_key"),
        ("a: [", "yaml_syntax"),
        ("a: 1\n---\nb: 2", "yaml_syntax"),
        ("", "file_empty"),
        ("a: \x07", "bad_character"),
        ("[" * 100, "too_deep"),
        ("\n".join(" " * n + "a:" for n in range(40)) + " 1", "too_deep"),
    ],
)
def test_refused(text: str, code: str) -> None:
    assert code in codes(text)


def test_bytes_that_are_refused() -> None:
    assert codes(b"\xff\xfe") == ["not_utf8"]
    assert codes(b" " * (MAX_BYTES + 1)) == ["file_too_large"]


def test_places_are_as_editors_count() -> None:
    root = read(b"a:\n  - {b: c}\n", "x.yaml")
    assert str(root.at(("a", 0, "b"))[0]) == "x.yaml:2:9"
    assert str(root.key_place(("a", 0, "b"))) == "x.yaml:2:6"
    assert root.at(("a", "union-branch", 0, "zz"))[1] == ("a", 0)


@given(st.text(max_size=200))
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(DefinitionError):
        read(text.encode("utf-8", "surrogatepass"), "x")
