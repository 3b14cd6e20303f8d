"""Numbered answers find their own message, over a RESET too."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import Junk
from drivers.visca import codec_ip
from drivers.visca.replies import Acknowledged, Answered, Completed, Denied, Message, OutOfStep
from drivers.visca.sony_replies import KEPT, SonyReplies


def hear(replies: SonyReplies, sequence: int, text: str, kind: int = 0x0111) -> Message:
    body = bytes.fromhex(text)
    (found,) = replies.feed(struct.pack(">HHI", kind, len(body), sequence) + body)
    return found


def test_answers_come_with_the_number_of_their_message() -> None:
    replies = SonyReplies()
    preset, zoom = replies.ask(1), replies.ask(2)
    assert hear(replies, 1, "90 41 ff") == Acknowledged(preset, 1)
    assert hear(replies, 2, "90 50 02 ff") == Answered(zoom, b"\x02")
    assert hear(replies, 1, "90 51 ff") == Completed(preset)
    assert hear(replies, 2, "90 61 41 ff") == Denied(zoom, 0x41)


def test_the_camera_expected_another_number() -> None:
    replies = SonyReplies()
    number = replies.ask(7)
    assert hear(replies, 7, "0f 01", 0x0201) == OutOfStep(number)
    assert hear(replies, 7, "0f 02", 0x0201) == Denied(number, 2)
    assert hear(replies, 0, "01", 0x0201) == codec_ip.ControlReply(0, b"\x01")


@pytest.mark.parametrize("text, kind", [("90 41 ff", 0x0111), ("0f 01", 0x0201)])
def test_an_unknown_number_is_dropped(text: str, kind: int) -> None:
    replies = SonyReplies()
    replies.ask(1)
    assert hear(replies, 2, text, kind) == Junk("unknown")


@pytest.mark.parametrize("text", ["a0 41 ff", "b0 38 ff", "88 30 02 ff"])
def test_another_address_is_dropped(text: str) -> None:
    replies = SonyReplies()
    replies.ask(1)
    assert hear(replies, 1, text) == Junk("wrong_address")


def test_a_completion_from_before_the_reset_ends_its_own_command() -> None:
    replies = SonyReplies()
    preset = replies.ask(1)
    hear(replies, 1, "90 41 ff")
    replies.begin()
    power = replies.ask(1)
    assert hear(replies, 1, "90 51 ff") == Completed(preset)
    assert hear(replies, 1, "90 42 ff") == Acknowledged(power, 2)
    assert hear(replies, 1, "90 52 ff") == Completed(power)


def test_an_acknowledged_command_of_now_is_meant_first() -> None:
    replies = SonyReplies()
    replies.ask(1)
    hear(replies, 1, "90 41 ff")
    replies.begin()
    now = replies.ask(1)
    hear(replies, 1, "90 42 ff")
    assert hear(replies, 1, "90 52 ff") == Completed(now)


def test_what_was_asked_before_the_reset_is_still_answered() -> None:
    replies = SonyReplies()
    preset = replies.ask(5)
    hear(replies, 5, "90 41 ff")
    replies.begin()
    replies.ask(1)
    assert hear(replies, 5, "90 51 ff") == Completed(preset)


def test_what_was_taken_without_acknowledgement_completes_over_a_reset() -> None:
    replies = SonyReplies()
    preset = replies.ask(1)
    replies.executed(preset)
    replies.begin()
    replies.ask(1)
    assert hear(replies, 1, "90 51 ff") == Completed(preset)


def test_a_new_connection_knows_nothing() -> None:
    replies = SonyReplies()
    replies.ask(1)
    replies.begin()
    replies.ask(2)
    replies.reset()
    assert hear(replies, 1, "90 41 ff") == Junk("unknown")
    assert hear(replies, 2, "90 41 ff") == Junk("unknown")


def test_what_is_remembered_is_bounded() -> None:
    replies = SonyReplies()
    for begun in range(3):
        for sequence in range(2 * KEPT):
            replies.ask(1000 * begun + sequence)
        replies.begin()
    assert len(replies._asked) == 0
    assert len(replies._before) == KEPT
    for sequence in range(2 * KEPT):
        replies.ask(sequence)
    assert len(replies._asked) == KEPT


@given(st.lists(st.binary(max_size=30)))
def test_arbitrary_datagrams_never_raise(datagrams: list[bytes]) -> None:
    replies = SonyReplies()
    replies.ask(1)
    for datagram in datagrams:
        replies.feed(datagram)
    assert len(replies._asked) == 1
