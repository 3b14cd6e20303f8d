"""Who may transmit next on one endpoint (control.md 2): each property of the lane, on a clock that tests move."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drivers.clock import VirtualClock, settle
from drivers.commands import Priority, RetryClass
from drivers.errors import DriverError, Unreachable
from drivers.job import Job, Preempted
from drivers.lane import Lane, Slot

SAFETY, USER, SCENE, POLL = Priority.SAFETY, Priority.USER, Priority.SCENE, Priority.POLL


class Rails:
    """A lane whose users transmit as soon as they are granted a turn, and note when that was."""

    def __init__(self, *, window: int = 1, gap: float = 0.0) -> None:
        self.clock = VirtualClock(pause=0)
        self.lane = Lane(self.clock, window, gap)
        self.lane.open()
        self.start = self.clock.monotonic()
        self.sent: list[tuple[str, float]] = []
        self.slots: dict[str, Slot] = {}
        self.gave_up: list[tuple[str, DriverError]] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def job(self, name: str, priority: Priority = USER, **fields: Any) -> Job:
        given: dict[str, Any] = {"device": name[0], "retry": RetryClass.ABSOLUTE, **fields}
        return Job(
            name=name, priority=priority, accepted=self.start, ttl=10.0, timeout=1.0, **given
        )

    def ask(
        self,
        name: str,
        priority: Priority = USER,
        *,
        expects: bool = True,
        wire: float = 0.0,
        answer_after: float | None = None,
        **fields: Any,
    ) -> asyncio.Task[None]:
        """Let `name` (its first letter is its device) ask for a turn; it holds it until `answer`."""
        job = self.job(name, priority, **fields)

        async def run() -> None:
            slot = await self.lane.acquire(job, expects=expects)
            self.slots[name] = slot
            self.sent.append((name, round(self.clock.monotonic() - self.start, 6)))
            self.lane.sent(slot, wire)
            if answer_after is not None:
                self.clock.call_later(answer_after, lambda: self.answer(name))
            if expects:
                slot.give_up = lambda error: self.gave_up.append((name, error))
            else:
                self.lane.release(slot)

        self.tasks[name] = asyncio.create_task(run())
        return self.tasks[name]

    def answer(self, name: str) -> None:
        self.lane.received()
        self.lane.release(self.slots[name])

    def names(self) -> list[str]:
        return [name for name, _ in self.sent]

    async def go(self, seconds: float = 0.0) -> None:
        await self.clock.advance(seconds)


# -- priority and order -----------------------------------------------------------------------------------------------


async def test_the_order_of_priorities_and_first_in_first_out_inside_one() -> None:
    rails = Rails()
    rails.ask("first")
    await rails.go()
    for name, priority in [
        ("poll", POLL),
        ("scene", SCENE),
        ("user1", USER),
        ("user2", USER),
        ("stop", SAFETY),
    ]:
        rails.ask(name, priority)
    await rails.go()
    assert rails.names() == ["first", "stop"]
    for name in ["first", "stop", "user1", "user2", "scene"]:
        rails.answer(name)
        await rails.go()
    assert rails.names() == ["first", "stop", "user1", "user2", "scene", "poll"]


async def test_a_repeated_question_keeps_its_place_before_what_was_asked_later() -> None:
    rails = Rails()
    first, second = rails.job("a"), rails.job("b")
    held = await rails.lane.acquire(rails.job("c"), expects=True)
    rails.lane.sent(held, 0.0)
    later = asyncio.create_task(rails.lane.acquire(second, expects=True))
    await rails.go()
    again = asyncio.create_task(rails.lane.acquire(first, expects=True))
    await rails.go()
    rails.lane.release(held)
    await rails.go()
    assert (again.done(), later.done()) == (True, False)
    later.cancel()
    await asyncio.wait({later})


async def test_a_poll_three_periods_late_counts_as_a_scene() -> None:
    rails = Rails()
    rails.ask("now")
    await rails.go()
    late_at = rails.clock.monotonic() + 5.0
    rails.ask("poll", POLL, late_at=late_at)
    rails.ask("scene", SCENE)
    await rails.go(4.9)
    rails.answer("now")
    await rails.go()
    assert rails.names() == ["now", "scene"]
    rails.ask("scene2", SCENE)
    await rails.go(0.2)
    rails.answer("scene")
    await rails.go()
    assert rails.names() == ["now", "scene", "poll"]


# -- window -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", [1, 2, 64])
async def test_as_many_answers_are_awaited_at_once_as_the_window_says(window: int) -> None:
    rails = Rails(window=window)
    for number in range(window + 2):
        rails.ask(f"{chr(97 + number % 26)}{number}")
    await rails.go()
    assert len(rails.sent) == window
    rails.answer(rails.names()[0])
    await rails.go()
    assert len(rails.sent) == window + 1


@pytest.mark.parametrize("window, gap, at_once", [(64, 0.0, 5), (64, 0.05, 1), (1, 0.0, 1)])
async def test_a_line_for_many_without_a_gap_grants_all_that_is_due_in_one_turn(
    window: int, gap: float, at_once: int
) -> None:
    lane = Lane(VirtualClock(pause=0), window, gap)
    job = Rails().job
    lane.open()
    waits = [asyncio.create_task(lane.acquire(job(name), expects=True)) for name in "abcde"]
    for _ in range(3):
        await asyncio.sleep(0)  # nobody transmits, so `sent` lets nobody follow
    assert sum(wait.done() for wait in waits) == at_once
    for wait in waits:
        wait.cancel()
    await asyncio.wait(waits)


async def test_what_expects_no_answer_holds_nothing() -> None:
    rails = Rails()
    for name in ["a", "b", "c"]:
        rails.ask(name, expects=False)
    await rails.go()
    assert rails.names() == ["a", "b", "c"]


async def test_one_exchange_for_each_device_and_key_however_wide_the_window() -> None:
    rails = Rails(window=64)
    rails.ask("a1", key="level")
    rails.ask("a2", key="level")
    rails.ask("a3", key="cct")
    rails.ask("b1", key="level")
    rails.ask("a4")
    await rails.go()
    assert rails.names() == ["a1", "a3", "b1", "a4"]
    rails.answer("a1")
    await rails.go()
    assert rails.names()[-1] == "a2"


async def test_no_poll_beside_a_command_of_its_device() -> None:
    rails = Rails(window=64)
    rails.ask("a1")
    await rails.go()
    rails.ask("a2", POLL)
    rails.ask("b1", POLL)
    await rails.go()
    assert rails.names() == ["a1", "b1"]
    rails.answer("a1")
    await rails.go()
    assert rails.names() == ["a1", "b1", "a2"]


# -- gap --------------------------------------------------------------------------------------------------------------


async def test_the_gap_counts_from_the_computed_end_of_the_last_transmission() -> None:
    rails = Rails(gap=0.05)
    for name in ["a", "b", "c"]:
        rails.ask(name, expects=False, wire=0.02)
    await rails.go(1.0)
    assert rails.sent == [("a", 0.0), ("b", 0.07), ("c", 0.14)]


async def test_the_gap_counts_from_the_last_received_byte() -> None:
    rails = Rails(gap=0.05)
    rails.ask("a")
    await rails.go(0.1)
    rails.ask("b")
    rails.answer("a")
    await rails.go(0.03)
    rails.lane.received()
    await rails.go(1.0)
    assert rails.sent == [("a", 0.0), ("b", 0.18)]


async def test_the_gap_holds_with_a_wide_window_too() -> None:
    rails = Rails(window=2, gap=0.05)
    rails.ask("a", wire=0.01)
    rails.ask("b", wire=0.01)
    await rails.go(1.0)
    assert rails.sent == [("a", 0.0), ("b", 0.06)]


# -- quiet and dirty --------------------------------------------------------------------------------------------------


async def test_a_quiet_line_lets_only_stop_pass() -> None:
    rails = Rails()
    rails.lane.quiet(40.0)
    rails.lane.quiet(1.0)
    rails.ask("user", USER)
    rails.ask("stop", SAFETY)
    await rails.go(1.0)
    rails.answer("stop")
    await rails.go(38.9)
    assert rails.names() == ["stop"]
    await rails.go(0.2)
    assert rails.sent[1:] == [("user", 40.0)]


async def test_a_dirty_line_holds_questions_back_and_nothing_else() -> None:
    rails = Rails()
    rails.lane.soil(0.5)
    rails.ask("user")
    rails.ask("tell", expects=False)
    rails.ask("stop", SAFETY)
    await rails.go(0.4)
    assert sorted(rails.names()) == ["stop", "tell"]
    rails.answer("stop")
    await rails.go(1.0)
    assert rails.sent[-1] == ("user", 0.9)


async def test_a_line_stays_dirty_until_it_has_been_silent_for_the_whole_window() -> None:
    rails = Rails()
    rails.lane.soil(0.5)
    rails.ask("user")
    for _ in range(4):
        await rails.go(0.4)
        rails.lane.received()
    assert rails.sent == []
    await rails.go(0.49)
    assert rails.sent == []
    await rails.go(0.02)
    assert rails.sent == [("user", 2.1)]


async def test_what_comes_after_a_clean_line_soils_nothing() -> None:
    rails = Rails()
    rails.lane.soil(0.5)
    await rails.go(1.0)
    rails.lane.received()
    rails.ask("user")
    await rails.go()
    assert rails.names() == ["user"]


# -- STOP -------------------------------------------------------------------------------------------------------------


async def test_stop_waits_for_the_frame_being_sent_and_the_gap_and_nobody_overtakes_it() -> None:
    rails = Rails(gap=0.05)
    rails.ask("user", expects=False, wire=0.02)
    await rails.go(0.01)
    rails.ask("late", expects=False)
    rails.ask("stop", SAFETY, expects=False)
    await rails.go(1.0)
    assert rails.sent == [("user", 0.0), ("stop", 0.07), ("late", 0.12)]


async def test_stop_takes_the_line_from_whoever_waits_for_an_answer() -> None:
    rails = Rails()
    rails.ask("b")
    await rails.go(0.5)
    rails.ask("stop", SAFETY)
    await rails.go()
    assert rails.sent == [("b", 0.0), ("stop", 0.5)]
    ((name, error),) = rails.gave_up
    assert name == "b"
    assert isinstance(error, Preempted)


async def test_stop_leaves_other_waits_alone_where_several_may_wait() -> None:
    rails = Rails(window=2)
    rails.ask("b")
    rails.ask("c")
    await rails.go()
    rails.ask("stop", SAFETY)
    await rails.go()
    assert rails.names() == ["b", "c", "stop"]
    assert rails.gave_up == []


async def test_one_stop_does_not_end_the_others_wait() -> None:
    rails = Rails()
    rails.ask("a", SAFETY)
    await rails.go()
    rails.ask("b", SAFETY)
    await rails.go()
    assert rails.names() == ["a", "b"]
    assert rails.gave_up == []


async def test_stop_that_comes_between_a_grant_and_its_transmission_follows_at_once() -> None:
    rails = Rails()
    granted = asyncio.create_task(rails.lane.acquire(rails.job("b"), expects=True))
    await asyncio.sleep(0)
    rails.ask("stop", SAFETY)  # the grant is there, the frame is not out yet
    slot = await granted
    await asyncio.sleep(0)
    assert (rails.lane.waiting(), rails.sent) == (1, [])
    rails.lane.sent(slot, 0.0)
    await rails.go()
    assert rails.names() == ["stop"]


async def test_a_chatty_line_does_not_hold_stop_up() -> None:
    rails = Rails(gap=0.05)
    rails.lane.received()
    rails.ask("stop", SAFETY)
    for _ in range(20):
        await rails.go(0.01)
        rails.lane.received()
    assert rails.sent == [("stop", 0.05)]


# -- polls ------------------------------------------------------------------------------------------------------------


async def test_polls_take_at_most_three_tenths_of_the_line() -> None:
    rails = Rails()
    for name in ["p1", "p2", "p3"]:
        rails.ask(name, POLL, wire=0.01, answer_after=0.3)
    await rails.go(5.0)
    assert rails.sent == [("p1", 0.0), ("p2", 1.0), ("p3", 2.0)]


async def test_a_frame_that_nobody_answers_takes_its_time_on_the_wire() -> None:
    rails = Rails()
    rails.ask("p1", POLL, expects=False, wire=0.3)
    rails.ask("p2", POLL, expects=False, wire=0.3)
    await rails.go(2.0)
    assert rails.sent == [("p1", 0.0), ("p2", 1.0)]


async def test_what_is_no_poll_does_not_wait_for_the_share_of_polls() -> None:
    rails = Rails()
    rails.ask("poll", POLL)
    await rails.go(0.3)
    rails.answer("poll")
    rails.ask("again", POLL)
    rails.ask("late", POLL, late_at=rails.clock.monotonic() + 0.1)
    rails.ask("user")
    await rails.go()
    rails.answer("user")
    await rails.go(2.0)
    assert rails.sent == [("poll", 0.0), ("user", 0.3), ("late", 0.4)]
    rails.answer("late")


async def test_networks_share_no_wire() -> None:
    rails = Rails(window=64)
    rails.ask("a", POLL)
    await rails.go(1.0)
    rails.answer("a")
    rails.ask("b", POLL)
    await rails.go()
    assert rails.names() == ["a", "b"]


# -- open and closed --------------------------------------------------------------------------------------------------


async def test_a_closed_lane_sends_everybody_away_and_keeps_nothing_for_later() -> None:
    rails = Rails()
    rails.ask("held")
    await rails.go()
    waiting = rails.ask("waiting")
    await rails.go()
    rails.lane.close()
    await rails.go()
    assert isinstance(waiting.exception(), Unreachable)
    with pytest.raises(Unreachable):
        await rails.lane.acquire(rails.job("new"), expects=True)
    rails.lane.release(rails.slots["held"])
    rails.lane.open()
    await rails.go(1.0)
    assert rails.names() == ["held"]
    assert rails.lane.waiting() == 0


async def test_a_new_connection_owes_nothing_to_the_old_one() -> None:
    rails = Rails(gap=1.0)
    rails.ask("a", POLL, expects=False, wire=1.0)
    await rails.go()
    rails.lane.soil(60.0)
    rails.lane.quiet(60.0)
    rails.lane.close()
    rails.lane.open()
    rails.ask("b")
    await rails.go()
    assert rails.names() == ["a", "b"]


async def test_one_who_is_cancelled_while_the_lane_closes_leaves_no_complaint() -> None:
    rails = Rails()
    rails.ask("held")
    await rails.go()
    waiting = rails.ask("waiting")
    await rails.go()
    heard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: heard.append(context))
    rails.lane.close()
    waiting.cancel()
    await asyncio.wait({waiting})
    await settle(0)
    assert heard == []


async def test_one_who_gives_up_while_waiting_or_granted_leaves_the_place_to_the_next() -> None:
    rails = Rails()
    rails.ask("held")
    await rails.go()
    granted, waiting, _ = (rails.ask(name) for name in "abc")
    await rails.go()
    rails.answer("held")  # grants `a`, which has not taken it yet
    granted.cancel()
    waiting.cancel()
    await rails.go()
    assert rails.names() == ["held", "c"]


async def test_in_flight_is_who_holds_a_slot() -> None:
    rails = Rails()
    rails.ask("a")
    await rails.go()
    job = rails.slots["a"].job
    flying = [job.in_flight]
    rails.answer("a")
    flying.append(job.in_flight)
    assert flying == [True, False]


async def test_a_collision_ends_the_wait_of_the_exchange_on_the_line() -> None:
    rails = Rails()
    rails.ask("a")
    await rails.go()
    error = DriverError("collided")
    rails.lane.interrupt(error)
    assert rails.gave_up == [("a", error)]
