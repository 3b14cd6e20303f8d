from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.declarative.receive import (
    MAX_KEPT,
    Between,
    Fixed,
    FrameCheck,
    FrameDecoder,
    Framing,
    LengthAt,
    Lines,
    Received,
)
from drivers.messages import Junk

FRAMINGS: list[tuple[Framing, FrameCheck | None, bytes]] = [
    (Lines(b"\r\n", 40), None, b"Out03 In01 All\r\n"),
    (Lines(b"\r", 40), None, b"OK\r"),
    (Fixed(b"\x55", 7), FrameCheck("crc16_modbus", 0, 5, 5), bytes.fromhex("55 12 34 03 01 ad 8a")),
    (Fixed(b"", 4), None, b"\x01\x02\x03\x04"),
    (LengthAt(b"\xaa", 3, 5), FrameCheck("sum8", 1), bytes.fromhex("aa ff 01 03 41 11 01 56")),
    (Between(b"\x90", b"\xff", 16), None, bytes.fromhex("90 50 02 ff")),
    (Between(b"ab", b"\r\n", 16), None, b"ab123\r\n"),
]


def decoder(framing: Framing, check: FrameCheck | None, idle: float | None = None) -> FrameDecoder:
    return FrameDecoder(framing, check, idle, lambda: 0.0)


@pytest.mark.parametrize("framing, check, frame", FRAMINGS)
@given(draw=st.data())
def test_any_cut_gives_the_same_messages(
    framing: Framing, check: FrameCheck | None, frame: bytes, draw: st.DataObject
) -> None:
    parts = draw.draw(st.lists(st.one_of(st.just(frame), st.binary(max_size=20)), max_size=8))
    whole, cut = decoder(framing, check), decoder(framing, check)
    stream = b"".join(parts)
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [m for piece in pieces for m in cut.feed(piece)] == whole.feed(stream)
    assert len(whole._kept) <= MAX_KEPT


@pytest.mark.parametrize("framing, check, frame", FRAMINGS)
@given(noise=st.binary(max_size=3000))
def test_noise_never_raises_and_the_buffer_is_bounded(
    framing: Framing, check: FrameCheck | None, frame: bytes, noise: bytes
) -> None:
    one = decoder(framing, check)
    one.feed(noise)
    assert len(one._kept) <= MAX_KEPT
    one.reset()
    body = framing.body(frame)
    assert one.feed(frame) == [Received(body)]


@pytest.mark.parametrize("framing, check, frame", [f for f in FRAMINGS if f[1] is not None])
def test_a_flipped_byte_is_bad_check_and_the_next_frame_is_found(
    framing: Framing, check: FrameCheck | None, frame: bytes
) -> None:
    for place in range(len(frame)):
        one = decoder(framing, check)
        spoiled = bytearray(frame)
        spoiled[place] ^= 0x40
        found = one.feed(bytes(spoiled) + frame * 40)
        assert Received(frame) in found
        assert found.count(Received(frame)) >= 2
        assert any(isinstance(m, Junk) for m in found)


def test_a_line_too_long_is_dropped_to_its_end() -> None:
    one = decoder(Lines(b"\r\n", 8), None)
    found = one.feed(b"x" * 100 + b"\r\nOK\r\n")
    assert [m for m in found if isinstance(m, Received)] == [Received(b"OK")]
    assert [m.reason for m in found if isinstance(m, Junk)] == ["too_long"]


def test_a_length_that_cannot_be_is_noise() -> None:
    one = decoder(LengthAt(b"\xaa", 1, -4), None)
    assert one.feed(b"\xaa\x01") == [Junk("unknown", b"\xaa"), Junk("unknown", b"\x01")]


def test_an_old_rest_is_dropped() -> None:
    now = 0.0
    one = FrameDecoder(Fixed(b"\x55", 3), None, 0.05, lambda: now)
    assert one.feed(b"\x55\x01") == []
    now = 0.2
    assert one.feed(b"\x55\x01\x02") == [Junk("truncated", b"\x55\x01"), Received(b"\x55\x01\x02")]


def test_a_check_that_lies_outside_does_not_hold() -> None:
    assert not FrameCheck("sum8", at=9).holds(b"\x01\x02")
    assert FrameCheck("sum8", trailing=1).holds(b"\x01\x02\x03\xff")
