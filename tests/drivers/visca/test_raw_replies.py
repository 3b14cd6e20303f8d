"""Bare answers find their own question."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import Junk
from drivers.visca import codec
from drivers.visca.raw_replies import LATE, LONG, RawReplies
from drivers.visca.replies import Acknowledged, Answered, Completed, Denied

POWER, ZOOM, VERSION = frozenset({1}), frozenset({4}), frozenset({7})


@dataclass
class Desk:
    """The answers of camera 1, with a clock that is moved by hand."""

    at: float = 0.0
    replies: RawReplies = field(init=False)

    def __post_init__(self) -> None:
        self.replies = RawReplies(1, lambda: self.at)

    def command(self, *, slow: bool = False) -> int:
        number = self.replies.number()
        self.replies.command(number, slow=slow)
        return number

    def inquiry(self, sizes: frozenset[int]) -> int:
        number = self.replies.number()
        self.replies.inquiry(number, sizes)
        return number

    def dirty(self) -> bool:
        return self.replies.dirty

    def never_acknowledges(self) -> bool:
        return self.replies.never_acknowledges

    def hear(self, text: str) -> list[object]:
        return list(self.replies.feed(bytes.fromhex(text)))


def test_two_commands_in_two_sockets_complete_in_any_order() -> None:
    desk = Desk()
    first = desk.command()
    assert desk.hear("90 41 ff") == [Acknowledged(first, 1)]
    second = desk.command()
    assert desk.hear("90 42 ff") == [Acknowledged(second, 2)]
    assert desk.hear("90 52 ff 90 51 ff") == [Completed(second), Completed(first)]
    assert not desk.dirty()


def test_an_acknowledgement_of_a_cancelled_command_is_not_the_stops() -> None:
    desk = Desk()
    drive = desk.command()
    desk.replies.give_up(drive)
    stop = desk.command()
    assert desk.hear("90 41 ff") == [Acknowledged(drive, 1)]
    assert desk.hear("90 42 ff") == [Acknowledged(stop, 2)]


def test_each_copy_is_acknowledged() -> None:
    desk = Desk()
    number = desk.command()
    desk.replies.command(number)
    assert desk.hear("90 41 ff 90 42 ff") == [Acknowledged(number, 1), Acknowledged(number, 2)]
    assert desk.hear("90 41 ff") == [codec.Ack(1, 1)]


def test_an_answer_is_known_by_its_length() -> None:
    desk = Desk()
    power, zoom = desk.inquiry(POWER), desk.inquiry(ZOOM)
    assert desk.hear("90 50 02 00 00 00 ff") == [Answered(zoom, b"\x02\x00\x00\x00")]
    assert desk.hear("90 50 02 ff") == [Answered(power, b"\x02")]
    assert desk.hear("90 50 03 ff") == [codec.Answer(1, b"\x03")]


def test_a_late_answer_is_given_to_the_question_that_was_given_up() -> None:
    desk = Desk()
    power = desk.inquiry(POWER)
    desk.replies.give_up(power)
    autofocus = desk.inquiry(POWER)
    assert desk.hear("90 50 03 ff") == [Answered(power, b"\x03")]
    assert desk.hear("90 50 02 ff") == [Answered(autofocus, b"\x02")]


def test_an_answer_after_lost_ones_makes_the_line_clean() -> None:
    desk = Desk()
    lost = desk.command()
    desk.replies.give_up(lost)
    assert desk.dirty()
    fence = desk.inquiry(VERSION)
    assert desk.hear("90 50 00 01 05 13 01 00 02 ff")[0] == Answered(
        fence, bytes.fromhex("00 01 05 13 01 00 02")
    )
    command = desk.command()
    assert desk.hear("90 41 ff") == [Acknowledged(command, 1)]
    assert not desk.dirty()


def test_what_never_came_is_forgotten_after_a_while() -> None:
    desk = Desk()
    desk.replies.give_up(desk.command())
    desk.at += LATE - 0.1
    assert desk.dirty()
    desk.at += 0.2
    assert not desk.dirty()


def test_what_is_still_awaited_is_never_forgotten() -> None:
    desk = Desk()
    number = desk.command()
    desk.at += 100
    assert not desk.dirty()
    assert desk.hear("90 41 ff") == [Acknowledged(number, 1)]


@pytest.mark.parametrize(
    "answer, fault", [("90 60 02 ff", 2), ("90 60 ff", 0), ("90 60 41 ff", 0x41)]
)
def test_an_error_without_a_socket_answers_the_oldest_question(answer: str, fault: int) -> None:
    desk = Desk()
    number = desk.inquiry(POWER)
    assert desk.hear(answer) == [Denied(number, fault)]
    assert not desk.dirty()


def test_busy_sockets_are_told_of_commands_only() -> None:
    desk = Desk()
    desk.inquiry(POWER)
    command = desk.command()
    assert desk.hear("90 60 03 ff") == [Denied(command, 3)]


def test_an_error_with_a_socket_ends_what_runs_there() -> None:
    desk = Desk()
    running = desk.command()
    desk.hear("90 41 ff")
    waiting = desk.command()
    assert desk.hear("90 61 41 ff") == [Denied(running, 0x41)]
    assert desk.hear("90 62 41 ff") == [Denied(waiting, 0x41)]


def test_cancelled_and_no_socket_never_end_another_command() -> None:
    desk = Desk()
    waiting = desk.command()
    assert desk.hear("90 61 04 ff 90 61 05 ff") == [codec.Error(1, 1, 4), codec.Error(1, 1, 5)]
    assert desk.hear("90 41 ff") == [Acknowledged(waiting, 1)]
    assert desk.hear("90 61 04 ff") == [Denied(waiting, 4)]


def test_an_error_after_nothing_was_asked_is_nobodys() -> None:
    assert Desk().hear("90 60 02 ff") == [codec.Error(1, 0, 2)]


def test_a_camera_that_tells_no_sockets() -> None:
    desk = Desk()
    preset = desk.command(slow=True)
    assert desk.hear("90 40 ff") == [Acknowledged(preset, 0)]
    drive = desk.command()
    assert desk.hear("90 40 ff") == [Acknowledged(drive, 0)]
    assert desk.hear("90 50 ff") == [Completed(drive)]
    assert desk.hear("90 50 ff") == [Completed(preset)]


def test_a_quick_command_that_never_completes_does_not_hold_up_a_slow_one() -> None:
    desk = Desk()
    desk.command()
    desk.hear("90 40 ff")
    preset = desk.command(slow=True)
    desk.hear("90 40 ff")
    desk.at += LATE + 0.1
    assert not desk.dirty()
    assert desk.hear("90 50 ff") == [Completed(preset)]


def test_a_camera_that_never_acknowledges() -> None:
    desk = Desk()
    number = desk.command()
    assert desk.hear("90 51 ff") == [codec.Completion(1, 1)]
    assert desk.replies.take_finished(number)
    assert not desk.replies.take_finished(number)


def test_once_known_to_never_acknowledge_its_completions_count_at_once() -> None:
    desk = Desk()
    first = desk.command()
    desk.hear("90 51 ff")
    assert not desk.never_acknowledges()
    desk.replies.take_finished(first)
    assert desk.never_acknowledges()
    second = desk.command()
    assert desk.hear("90 51 ff") == [Completed(second)]
    third = desk.command()
    assert desk.hear("90 41 ff") == [Acknowledged(third, 1)]
    assert not desk.never_acknowledges()
    desk.replies.reset()
    fourth = desk.command()
    desk.hear("90 51 ff")
    assert desk.replies.take_finished(fourth)


def test_an_acknowledgement_after_a_stray_completion_still_counts_as_one() -> None:
    desk = Desk()
    number = desk.command(slow=True)
    desk.hear("90 52 ff")
    assert desk.hear("90 41 ff") == [Acknowledged(number, 1)]
    assert not desk.replies.take_finished(number)
    assert desk.hear("90 51 ff") == [Completed(number)]


def test_the_late_end_of_an_abandoned_preset_is_not_the_next_commands() -> None:
    desk = Desk()
    preset = desk.command(slow=True)
    desk.hear("90 41 ff")
    drive = desk.command()
    assert desk.hear("90 51 ff") == [Completed(preset)]
    assert not desk.replies.take_finished(drive)


def test_a_socket_that_is_used_again_has_ended_though_nobody_said_so() -> None:
    desk = Desk()
    desk.command()
    desk.hear("90 41 ff")
    second = desk.command()
    desk.hear("90 41 ff")
    assert desk.hear("90 51 ff 90 51 ff") == [Completed(second), codec.Completion(1, 1)]


def test_clearing_is_completed_without_acknowledgement_and_forgets_the_rest() -> None:
    desk = Desk()
    desk.replies.give_up(desk.command())
    number = desk.replies.number()
    desk.replies.clearing(number)
    assert desk.hear("90 50 ff") == [Completed(number)]
    assert not desk.dirty()


@pytest.mark.parametrize("ending", ["broadcast", "reset"])
def test_a_cleared_chain_and_a_new_connection_forget_everything(ending: str) -> None:
    desk = Desk()
    desk.command(slow=True)
    desk.hear("90 41 ff")
    desk.replies.give_up(desk.command())
    if ending == "broadcast":
        assert desk.hear("88 01 00 01 ff") == [codec.Cleared()]
    else:
        desk.replies.reset()
    assert not desk.dirty()
    assert desk.hear("90 51 ff") == [codec.Completion(1, 1)]


def test_other_cameras_are_left_out_and_news_of_the_chain_is_not() -> None:
    desk = Desk()
    desk.command()
    assert desk.hear("a0 41 ff a0 50 02 ff b0 60 03 ff") == []
    assert desk.hear("b0 38 ff 88 30 04 ff") == [codec.NetworkChange(3), codec.AddressSet(3)]
    assert desk.hear("12 34 ff") == [Junk("unknown", b"\x12\x34")]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["command", "power", "zoom", "version"]),
            st.sampled_from("sqa"),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_is_lost_or_late_no_answer_ends_a_later_question(
    steps: list[tuple[str, str, int]],
) -> None:
    """A camera that answers in order: `s` loses the question, `q` its answer; up to three answers wait on the way."""
    desk = Desk()
    on_the_way: deque[tuple[int, str]] = deque()
    texts = {
        "command": "90 41 ff",
        "power": "90 50 02 ff",
        "zoom": "90 50 02 00 00 00 ff",
        "version": "90 50 00 01 05 13 01 00 02 ff",
    }
    sizes = {"power": POWER, "zoom": ZOOM, "version": VERSION}

    def deliver() -> None:
        true, text = on_the_way.popleft()
        for message in desk.hear(text):
            if isinstance(message, Acknowledged | Answered):
                assert message.number <= true

    for kind, fate, delay in steps:
        number = desk.inquiry(sizes[kind]) if kind in sizes else desk.command()
        if fate == "a":
            on_the_way.append((number, texts[kind]))
        while len(on_the_way) > delay:
            deliver()
        desk.replies.give_up(number)
    while on_the_way:
        deliver()


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_arbitrary_bytes_never_raise_and_nothing_grows(chunks: list[bytes]) -> None:
    desk = Desk()
    for chunk in chunks:
        desk.replies.give_up(desk.command(slow=True))
        desk.replies.give_up(desk.inquiry(POWER))
        desk.hear(chunk.hex())
    desk.at += LONG + 1
    assert not desk.dirty()
    assert len(desk.replies._running) <= 15
