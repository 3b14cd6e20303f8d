"""JSON from devices: what is taken, and what no device may make us swallow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import DEPTH, PAYLOAD, Junk, read_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # A NUL is refused on the wire even where JSON escapes could carry it; as an escape it is one more character.
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_json_can_say_is_read(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_a_value_error(payload: bytes) -> None:
    try:
        read_json(payload)
    except ValueError:
        return


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"NaN", b"Infinity", b"-Infinity", b'"\xff"', b'{"a":\x00}', b'"' + b"x" * PAYLOAD],
)
def test_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of several makers; that it is one is what counts
        read_json(payload)


def test_the_depth_has_a_limit() -> None:
    read_json(b"[" * DEPTH + b"]" * DEPTH)
    with pytest.raises(ValueError, match="deeper"):
        read_json(b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1))
    with pytest.raises(ValueError, match="deeper"):
        read_json(b"[" * 60_000)


def test_brackets_side_by_side_or_in_texts_are_no_depth() -> None:
    side_by_side = b"[" + b",".join([b"[]"] * 40) + b"]"
    assert len(read_json(side_by_side)) == 40
    quoted = json.dumps({"a": '[{"' * 40, "b": "\\"}).encode()
    assert read_json(quoted)["a"] == '[{"' * 40


def test_junk_says_why() -> None:
    assert Junk("too_long", b"\x01") == Junk("too_long", b"\x01")
    assert Junk("unknown") != Junk("bad_check")
