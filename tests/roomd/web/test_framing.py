"""A client's frames are masked, however they are cut; the first that is not ends the connection."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roomd.web.framing import MaskCheck, text_frame


def frame(payload: bytes, *, masked: bool = True, opcode: int = 1) -> bytes:
    size = len(payload)
    mask = 0x80 if masked else 0
    if size < 126:
        head = bytes([0x80 | opcode, mask | size])
    elif size < 65536:
        head = bytes([0x80 | opcode, mask | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, mask | 127]) + size.to_bytes(8, "big")
    return head + (b"\x01\x02\x03\x04" if masked else b"") + payload


SIZES = st.sampled_from([0, 1, 2, 125, 126, 127, 300, 65535, 65536])


@given(st.lists(SIZES, max_size=4), st.lists(st.integers(1, 4000), max_size=60))
def test_masked_frames_pass_however_they_are_cut(sizes: list[int], cuts: list[int]) -> None:
    stream = b"".join(frame(b"\x00" * size) for size in sizes)
    check = MaskCheck()
    for cut in cuts:
        assert check.feed(stream[:cut])
        stream = stream[cut:]
    assert check.feed(stream)


@given(st.lists(SIZES, max_size=3), SIZES, st.integers(1, 50))
def test_the_first_unmasked_frame_is_found_however_it_is_cut(
    sizes: list[int], bad: int, cut: int
) -> None:
    good = b"".join(frame(b"\x00" * size) for size in sizes)
    check = MaskCheck()
    assert check.feed(good)
    found = [check.feed(frame(b"x" * bad, masked=False)[at : at + 1]) for at in range(2)]
    assert found == [True, False]
    again = MaskCheck()
    assert not again.feed(good + frame(b"x" * bad, masked=False))


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_any_bytes_are_judged(pieces: list[bytes]) -> None:
    check = MaskCheck()
    for piece in pieces:
        if not check.feed(piece):
            break
        assert len(check._header) < 14


@given(SIZES)
def test_a_text_is_framed_as_a_server_frames_it(size: int) -> None:
    text = b"x" * size
    assert text_frame(text) == frame(text, masked=False)
