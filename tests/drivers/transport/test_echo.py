"""Adapters that hear themselves."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from drivers.transport.echo import SHORTEST, SOON, EchoSuspicion, OwnEcho


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({c % (len(data) + 1) for c in cuts} | {0, len(data)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(st.binary(max_size=20), st.binary(max_size=20), st.lists(st.integers(0, 40), max_size=5))
def test_our_own_bytes_are_taken_out_however_they_are_cut(
    sent: bytes, answer: bytes, cuts: list[int]
) -> None:
    echo = OwnEcho()
    echo.sent(sent)
    assert b"".join(echo.strip(p) for p in pieces(sent + answer, cuts)) == answer
    assert echo.collisions == 0


@given(st.lists(st.binary(min_size=1, max_size=8), max_size=5))
def test_several_frames_come_back_in_their_order(frames: list[bytes]) -> None:
    echo = OwnEcho()
    for frame in frames:
        echo.sent(frame)
    assert echo.strip(b"".join(frames)) == b""
    assert echo.strip(b"answer") == b"answer"


def test_another_byte_than_was_sent_is_a_collision_and_ends_the_expectation() -> None:
    echo = OwnEcho()
    echo.sent(b"\x01\x02\x03")
    assert echo.strip(b"\x01\xff") == b"\xff"
    assert echo.collisions == 1
    assert echo.strip(b"\x02\x03") == b"\x02\x03"
    assert echo.collisions == 1


def test_a_new_line_expects_nothing() -> None:
    echo = OwnEcho()
    echo.sent(b"abc")
    echo.reset()
    assert echo.strip(b"abc") == b"abc"
    assert echo.collisions == 0


@given(st.binary(), st.binary())
def test_nothing_ever_raises_and_nothing_is_invented(sent: bytes, heard: bytes) -> None:
    echo = OwnEcho()
    echo.sent(sent)
    assert heard.endswith(echo.strip(heard))


def test_our_frame_with_something_behind_it_is_suspicious_and_said_once() -> None:
    suspicion = EchoSuspicion()
    suspicion.sent(b"\x81\x09\x04\xff", 0.0)
    assert not suspicion.heard(b"\x81\x09", 0.01)
    assert not suspicion.heard(b"\x04\xff", 0.02)
    assert suspicion.heard(b"\x90\x50\xff", 0.03)
    suspicion.sent(b"\x81\x09\x04\xff", 1.0)
    assert not suspicion.heard(b"\x81\x09\x04\xff\x90", 1.01)


def test_a_device_may_answer_with_what_it_was_told() -> None:
    suspicion = EchoSuspicion()
    for _ in range(3):
        suspicion.sent(b"\x55\x12\x34\x03", 0.0)
        assert not suspicion.heard(b"\x55\x12\x34\x03", 0.05)
        assert not suspicion.heard(b"\x55 a notice, later", 0.05 + SOON)
    assert not suspicion.certain


def test_answers_and_short_frames_are_no_suspicion() -> None:
    suspicion = EchoSuspicion()
    assert not suspicion.heard(b"unasked", 0.0)
    suspicion.sent(b"ab"[: SHORTEST - 1], 0.0)
    assert not suspicion.heard(b"abc", 0.0)
    suspicion.sent(b"hello", 0.0)
    assert not suspicion.heard(b"help me", 0.0)
