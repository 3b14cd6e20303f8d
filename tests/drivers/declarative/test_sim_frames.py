"""Two readings of one template, written apart, agree: the driver's and the simulator's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.declarative.checks import CHECKS
from drivers.declarative.encodings import ENCODINGS, encode
from drivers.declarative.frames import HexTemplate
from drivers.declarative.sim_frames import pattern


@given(st.sampled_from(sorted(ENCODINGS)), st.sampled_from(sorted(CHECKS)), st.data())
def test_both_readings_agree(enc: str, check: str, draw: st.DataObject) -> None:
    text = f'55 {{address}} {{len}} {{v:{enc}}} "\\r" {{{check}@1}}'
    value = draw.draw(st.integers(ENCODINGS[enc].minimum, ENCODINGS[enc].maximum))
    address = {"address": b"\x01\x02"}
    frame = HexTemplate(text).encode({**address, "v": value})
    made = pattern(text, text=False, options=address, order=None)
    found = made.regex.fullmatch(frame)
    assert found is not None
    assert made.read(found) == {"v": value}
    spoiled = bytearray(frame)
    spoiled[-1] ^= 1
    found = made.regex.fullmatch(bytes(spoiled))
    assert found is None or made.read(found) is None


def test_answers_are_written() -> None:
    line = pattern("Out{out:int} In{in:int} All", text=True, options={}, order=None)
    assert line.write(lambda field: {"out": 3, "in": 1}[field.name]) == b"Out03 In01 All"
    frame = pattern("55 {v:u16le} {_} {crc16_modbus}", text=False, options={}, order=None)
    body = b"\x55" + encode("u16le", 0x1234) + b"\0"
    assert frame.write(lambda _field: 0x1234) == body + CHECKS["crc16_modbus"].over(body)


@pytest.mark.parametrize("enc", sorted(ENCODINGS))
def test_numbers_are_written_alike(enc: str) -> None:
    made = pattern(f"{{v:{enc}}}", text=False, options={}, order=None)
    assert made.write(lambda _field: 42) == encode(enc, 42)
