from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.declarative.encodings import ENCODINGS, decode, encode


@given(st.sampled_from(sorted(ENCODINGS)), st.data())
def test_what_is_encoded_is_decoded(name: str, draw: st.DataObject) -> None:
    encoding = ENCODINGS[name]
    value = draw.draw(st.integers(encoding.minimum, encoding.maximum))
    piece = encode(name, value)
    assert decode(name, piece) == value
    assert encoding.width in (None, len(piece))


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_out_of_range_is_refused_never_clipped(name: str) -> None:
    for value in (ENCODINGS[name].minimum - 1, ENCODINGS[name].maximum + 1, 1.5, True, "1"):
        with pytest.raises(ValueError, match="is no"):
            encode(name, value)


@pytest.mark.parametrize(
    "name, value, raw",
    [("nib4", 0x1234, "01 02 03 04"), ("bcd", 42, "42"), ("asc2", 7, "30 37"), ("hex2", 0xAB, "41 42"),
     ("asc", 120, "31 32 30"), ("u16le", 0x1234, "34 12"), ("i8", -1, "ff"), ("u32be", 1, "00 00 00 01")],
)  # fmt: skip
def test_bytes(name: str, value: int, raw: str) -> None:
    assert encode(name, value) == bytes.fromhex(raw)


@pytest.mark.parametrize(
    "name, raw", [("bcd", "fa"), ("nib4", "11020304"), ("asc2", "4142"), ("hex2", "5a5a")]
)
def test_what_is_of_another_form_is_nothing(name: str, raw: str) -> None:
    assert decode(name, bytes.fromhex(raw)) is None
