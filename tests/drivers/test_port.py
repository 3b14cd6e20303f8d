"""A device's place on its link: ask, tell, wait, and what a driver's mistakes do not do to the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, Self, TypeVar

import pytest
from structlog.testing import capture_logs

from drivers.clock import VirtualClock
from drivers.commands import Priority, RetryClass
from drivers.errors import Garbled, NoReply, Refused, Unreachable
from drivers.job import Denial, Ended, Gate, GateRefused, Job, current_job, open_gate
from drivers.link import Link
from drivers.port import DRIVER_FAULT, LATE, Port
from drivers.transport.frames import Collided
from tests.drivers.line import Lamp, Lift, Line, LineDecoder, ask, finish, lamps, obliging, running

T = TypeVar("T")


class Bare(Lamp):
    """Answers `OK`, without saying to what."""

    bare_replies = True


def job(clock: VirtualClock, **fields: Any) -> Job:
    given: dict[str, Any] = {
        "device": "a",
        "name": "set",
        "priority": Priority.USER,
        "retry": RetryClass.ABSOLUTE,
        "retries": 2,
        "ttl": 10.0,
        "timeout": 1.0,
        **fields,
    }
    return Job(accepted=clock.monotonic(), **given)


def start(one: Job, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
    """Do a piece of work in the name of a job, as a command's method is."""

    async def run() -> T:
        current_job.set(one)
        return await work()

    task = asyncio.get_running_loop().create_task(run(), context=copy_context())
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # read, or looked at
    one.task = task
    return task


def ok(message: object) -> str | None:
    if message == "no":
        raise Refused("no")
    return message if isinstance(message, str) and message == "ok" else None


class Desk:
    """One lamp on a line, with the tools of a test; `async with` runs it."""

    def __init__(self, *, lamp: type[Lamp] = Lamp, others: int = 0, **line: Any) -> None:
        self.clock = VirtualClock(pause=0)
        self.line = Line(self.clock, **line)
        self.line.answer = obliging
        names = ["a", *(f"b{n}" for n in range(others))]
        self.link, made = lamps(self.line, *names, lamp=lamp)
        self.lamp = made["a"]
        self.port = self.lamp.link
        self._running = running(self.link, self.clock)

    async def __aenter__(self) -> Self:
        self.ears = await self._running.__aenter__()
        self.line.sent.clear()
        self.line.answer = lambda _text: None
        self.began = self.clock.monotonic()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._running.__aexit__(None, None, None)

    def exchange(self, gate: Gate = open_gate, **fields: Any) -> asyncio.Task[str]:
        one = job(self.clock, gate=gate, **fields)
        return start(one, lambda: self.port.exchange(b"hello", until=ok))

    def times(self, text: str) -> list[float]:
        return [round(at - self.began, 3) for at, sent in self.line.sent if sent == text]


# -- asking -----------------------------------------------------------------------------------------------------------


async def test_the_answer_is_what_until_takes_and_everything_reaches_the_device() -> None:
    async with Desk() as desk:
        task = desk.exchange()
        await desk.clock.advance(0.1)
        desk.line.feed("a is 7")
        desk.line.feed("ok")
        await desk.clock.advance(0.1)
        assert task.result() == "ok"
        assert desk.lamp.value("level") == 7


async def test_silence_is_asked_again_as_often_as_the_class_allows() -> None:
    async with Desk() as desk:
        task = desk.exchange()
        await desk.clock.advance(5.0)
        assert isinstance(task.exception(), NoReply)
        assert desk.times("hello") == [0.0, 1.0, 2.0]
        assert desk.port.failures == 3


@pytest.mark.parametrize("retry", [RetryClass.RELATIVE, RetryClass.MOTION])
async def test_what_is_relative_or_moves_is_never_asked_again(retry: RetryClass) -> None:
    async with Desk() as desk:
        task = desk.exchange(retry=retry)
        await desk.clock.advance(5.0)
        assert isinstance(task.exception(), NoReply)
        assert desk.times("hello") == [0.0]


async def test_a_transport_that_numbers_its_messages_may_send_copies_of_anything() -> None:
    async with Desk() as desk:
        one = job(desk.clock, retry=RetryClass.MOTION)
        task = start(one, lambda: desk.port.exchange(b"hello", until=ok, timeout=0.2, resends=3))
        await desk.clock.advance(5.0)
        assert isinstance(task.exception(), NoReply)
        assert desk.times("hello") == [0.0, 0.2, 0.4, 0.6]


async def test_a_frame_may_be_made_when_it_leaves() -> None:
    async with Desk() as desk:
        numbers = iter(range(1, 9))
        one = job(desk.clock)
        task = start(one, lambda: desk.port.exchange(lambda: b"n%d" % next(numbers), until=ok))
        await desk.clock.advance(1.5)
        desk.line.feed("ok")
        await desk.clock.advance(0.1)
        assert task.result() == "ok"
        assert desk.line.texts() == ["n1", "n2"]


async def test_a_no_is_raised_and_not_repeated() -> None:
    async with Desk() as desk:
        task = desk.exchange()
        await desk.clock.advance(0.1)
        desk.line.feed("no")
        await desk.clock.advance(3.0)
        assert isinstance(task.exception(), Refused)
        assert desk.times("hello") == [0.0]


async def test_the_time_on_the_wire_is_added_both_ways() -> None:
    async with Desk(byte_time=0.01) as desk:
        task = desk.exchange(retries=0)
        await desk.clock.advance(1.0 + 0.05 + 0.31)
        assert not task.done()
        await desk.clock.advance(0.02)
        assert isinstance(task.exception(), NoReply)


async def test_no_copy_when_the_time_to_live_is_over() -> None:
    async with Desk() as desk:
        task = desk.exchange(ttl=1.5)
        await desk.clock.advance(5.0)
        assert isinstance(task.exception(), NoReply)
        assert desk.times("hello") == [0.0, 1.0]


async def test_no_copy_that_waited_for_its_turn_beyond_the_time_to_live() -> None:
    async with Desk() as desk:
        task = desk.exchange(ttl=1.5)
        await desk.clock.advance(0.5)
        desk.port.quiet(5.0)
        await desk.clock.advance(10.0)
        assert isinstance(task.exception(), NoReply)
        assert desk.times("hello") == [0.0]


async def test_no_copy_when_a_newer_one_waits() -> None:
    async with Desk() as desk:
        one = job(desk.clock)
        task = start(one, lambda: desk.port.exchange(b"hello", until=ok))
        await desk.clock.advance(0.5)
        one.give_way()
        await desk.clock.advance(5.0)
        assert isinstance(task.exception(), NoReply)
        assert desk.times("hello") == [0.0]


# -- the gate ---------------------------------------------------------------------------------------------------------


async def test_the_gate_is_asked_right_before_each_copy() -> None:
    async with Desk() as desk:
        asked: list[tuple[float, int]] = []

        def gate() -> Denial | None:
            asked.append((round(desk.clock.monotonic() - desk.began, 3), len(desk.line.sent)))
            return None

        desk.exchange(gate)
        await desk.clock.advance(5.0)
        assert asked == [(0.0, 0), (1.0, 1), (2.0, 2)]


async def test_nothing_happens_between_the_gates_answer_and_the_write() -> None:
    async with Desk() as desk:
        loop = asyncio.get_running_loop()
        turns: list[str] = []

        def gate() -> Denial | None:
            loop.call_soon(lambda: turns.append("another turn of the loop"))
            return None

        desk.line.answer = lambda _text: turns.append("written")
        desk.exchange(gate, retries=0)
        await desk.clock.advance(0.1)
        assert turns == ["written", "another turn of the loop"]


async def test_a_gate_that_says_no_keeps_the_bytes_back_and_the_line_goes_on() -> None:
    async with Desk() as desk:
        refused = desk.exchange(lambda: Denial("interlocked", {"rule": "r"}))
        await desk.clock.advance(0.1)
        error = refused.exception()
        assert isinstance(error, GateRefused)
        assert error.denial == Denial("interlocked", {"rule": "r"})
        assert desk.line.texts() == []
        desk.exchange()
        await desk.clock.advance(0.1)
        assert desk.line.texts() == ["hello"]


# -- telling ----------------------------------------------------------------------------------------------------------


async def test_copies_leave_with_their_gap_and_the_gate_is_asked_before_each() -> None:
    async with Desk(byte_time=0.01) as desk:
        asked = 0

        def gate() -> Denial | None:
            nonlocal asked
            asked += 1
            return None

        one = job(desk.clock, gate=gate)
        start(one, lambda: desk.port.send(b"12345", repeat=3, repeat_gap=0.2))
        await desk.clock.advance(5.0)
        assert desk.times("12345") == [0.0, 0.25, 0.5]
        assert (asked, one.tx) == (3, 3)


async def test_a_gate_that_closes_between_copies_ends_them() -> None:
    async with Desk() as desk:
        answers = iter([None, Denial("hold_lost")])
        one = job(desk.clock, gate=lambda: next(answers))
        task = start(one, lambda: desk.port.send(b"up", repeat=5, repeat_gap=0.2))
        await desk.clock.advance(5.0)
        assert isinstance(task.exception(), GateRefused)
        assert desk.line.texts() == ["up"]


@pytest.mark.parametrize(
    "priority, copies", [(Priority.USER, 2), (Priority.SAFETY, 4)], ids=["motion", "stop"]
)
async def test_no_copy_leaves_after_the_time_to_live_but_stops(
    priority: Priority, copies: int
) -> None:
    async with Desk() as desk:
        one = job(desk.clock, ttl=3.0, priority=priority)
        task = start(one, lambda: desk.port.send(b"up", repeat=4, repeat_gap=2.0))
        await desk.clock.advance(10.0)
        assert task.result() is None
        assert len(desk.times("up")) == copies


async def test_copies_die_with_a_newer_command() -> None:
    async with Desk() as desk:
        one = job(desk.clock)
        task = start(one, lambda: desk.port.send(b"up", repeat=5, repeat_gap=0.2))
        await desk.clock.advance(0.3)
        one.give_way()
        await desk.clock.advance(5.0)
        assert task.cancelled()
        assert desk.line.texts() == ["up", "up"]


async def test_an_ended_job_transmits_nothing_though_it_was_granted_its_turn() -> None:
    async with Desk() as desk:
        one = job(desk.clock)
        task = start(one, lambda: desk.port.exchange(b"hello", until=ok))
        one.task = None  # it is not cancelled; the check before the write has to notice
        one.replaced = True
        await desk.clock.advance(0.1)
        assert isinstance(task.exception(), Ended)
        assert desk.line.texts() == []


# -- listening --------------------------------------------------------------------------------------------------------


async def test_to_listen_holds_nobody_up() -> None:
    async with Desk() as desk:
        with desk.port.listen(ok) as completion:
            waiting = asyncio.create_task(completion.within(5.0))
            desk.line.answer = obliging
            (outcome,) = await finish(desk.clock, ask(desk.link, desk.lamp, "set", level=3))
            assert outcome.kind == "confirmed"
            assert not waiting.done()
            desk.line.feed("ok")
            await desk.clock.advance(0.1)
            assert waiting.result() == "ok"


async def test_a_lost_link_ends_every_wait() -> None:
    async with Desk() as desk:
        with desk.port.listen(ok) as completion:
            waiting = asyncio.create_task(completion.within(50.0))
            asking = desk.exchange()
            await desk.clock.advance(0.1)
            desk.line.lose()
            await desk.clock.advance(0.1)
            assert isinstance(waiting.exception(), Unreachable)
            assert isinstance(asking.exception(), Unreachable)


# -- bare answers: a late one never ends the next command -------------------------------------------------------------


async def after_a_bare_answer_is_owed(desk: Desk) -> None:
    """Ask the next question now; let the owed answer come 0.3 s later, and nothing more."""
    desk.line.sent.clear()
    desk.began = desk.clock.monotonic()
    following = desk.exchange(retries=0)
    await desk.clock.advance(0.3)
    desk.line.feed("ok")
    await desk.clock.advance(0.1)
    assert desk.line.texts() == []
    await desk.clock.advance(5.0)
    assert isinstance(following.exception(), NoReply)
    assert desk.times("hello") == [1.3]


async def test_a_late_bare_answer_is_discarded_before_the_next_question() -> None:
    async with Desk(lamp=Bare) as desk:
        desk.exchange(retries=0)
        await desk.clock.advance(1.01)
        await after_a_bare_answer_is_owed(desk)


async def test_a_cancelled_question_still_owes_its_bare_answer() -> None:
    async with Desk(lamp=Bare) as desk:
        task = desk.exchange(retries=0)
        await desk.clock.advance(0.1)
        task.cancel()
        await desk.clock.advance(0.0)
        await after_a_bare_answer_is_owed(desk)


async def test_a_question_that_stop_ended_still_owes_its_bare_answer() -> None:
    async with Desk(lamp=Bare) as desk:
        task = desk.exchange(retry=RetryClass.RELATIVE)
        await desk.clock.advance(0.1)
        stop = job(desk.clock, device="b", priority=Priority.SAFETY, retry=RetryClass.STOP)
        start(stop, lambda: desk.port.send(b"stop"))
        await desk.clock.advance(0.0)
        assert task.exception() is not None
        await after_a_bare_answer_is_owed(desk)


async def test_answers_that_name_their_question_hold_nobody_up() -> None:
    async with Desk() as desk:
        desk.exchange(retries=0)
        await desk.clock.advance(1.01)
        desk.line.sent.clear()
        desk.exchange()
        await desk.clock.advance(0.0)
        assert desk.line.texts() == ["hello"]


@pytest.mark.parametrize("timeout, seconds", [(0.01, LATE[0]), (0.4, 0.4), (30.0, LATE[1])])
async def test_how_long_a_bare_answer_is_waited_for(timeout: float, seconds: float) -> None:
    async with Desk(lamp=Bare) as desk:
        desk.exchange(retries=0, timeout=timeout)
        await desk.clock.advance(timeout + 0.001)
        owed = desk.clock.monotonic()
        desk.exchange(retries=0, timeout=1.0, device="b")
        await desk.clock.advance(2.0)
        assert desk.line.sent[-1][0] - owed == pytest.approx(seconds, abs=0.005)


async def test_stop_does_not_wait_for_a_bare_answer_that_is_owed() -> None:
    async with Desk(lamp=Bare) as desk:
        desk.exchange(retries=0)
        await desk.clock.advance(1.01)
        stop = job(desk.clock, priority=Priority.SAFETY, retry=RetryClass.STOP)
        start(stop, lambda: desk.port.exchange(b"stop", until=ok))
        await desk.clock.advance(0.0)
        assert desk.line.texts()[-1] == "stop"


# -- collisions -------------------------------------------------------------------------------------------------------


async def test_two_that_talk_at_once_is_a_damaged_frame_and_asked_again() -> None:
    async with Desk() as desk:
        task = desk.exchange()
        await desk.clock.advance(0.1)
        desk.line.bring(Collided(b"\xff"))
        await desk.clock.advance(0.1)
        assert desk.times("hello") == [0.0, 0.1]
        desk.line.feed("ok")
        await desk.clock.advance(0.1)
        assert task.result() == "ok"
        assert desk.link.counters["collisions"] == 1


async def test_a_collision_of_what_must_not_be_repeated_is_garbled() -> None:
    async with Desk() as desk:
        task = desk.exchange(retry=RetryClass.RELATIVE)
        await desk.clock.advance(0.1)
        desk.line.bring(Collided(b"\xff"))
        await desk.clock.advance(0.1)
        assert isinstance(task.exception(), Garbled)
        assert desk.times("hello") == [0.0]


# -- rubbish and mistakes ---------------------------------------------------------------------------------------------


async def test_rubbish_is_counted_by_reason_and_is_no_sign_of_life() -> None:
    async with Desk() as desk:
        await desk.clock.advance(1.0)
        before = desk.port.last_answer
        desk.line.bring(b"\xff\xfe\n\xfd\n")
        assert desk.port.junk == {"unknown": 2}
        assert desk.port.last_answer == before
        desk.line.feed("a is 9")
        assert desk.port.last_answer == desk.clock.monotonic()


class Endless(LineDecoder):
    """Finds every line too long."""

    def feed(self, chunk: bytes) -> list[Any]:
        from drivers.messages import Junk  # noqa: PLC0415  # only here

        return [Junk("too_long", chunk)]


@pytest.mark.parametrize(
    "kind, others, closes", [("tcp", 0, True), ("tcp", 1, False), ("serial", 0, False)]
)
async def test_a_frame_beyond_the_limit_closes_a_tcp_connection_that_is_not_shared(
    kind: str, others: int, closes: bool
) -> None:
    async with Desk(kind=kind, others=others) as desk:
        desk.port._decoder = Endless()
        desk.line.feed("x" * 100)
        await desk.clock.advance(0.01)
        assert desk.link.up.is_set() is not closes


def broken(message: object) -> None:
    raise KeyError(message)


def slow(message: object) -> None:
    time.sleep(0.02)  # that it blocks is the mistake


@pytest.mark.parametrize(
    "on_message, event", [(broken, "device.message_failed"), (slow, "device.message_slow")]
)
async def test_a_driver_that_fails_or_blocks_says_so_and_its_neighbours_go_on(
    on_message: Callable[[object], None], event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.port.SLOW_MESSAGE", 0.01)
    async with Desk(others=1) as desk:
        desk.lamp.__dict__["on_message"] = on_message
        with capture_logs() as logs:
            desk.line.feed("b0 is 9")
        assert [entry["event"] for entry in logs if entry["log_level"] != "info"] == [event]
        assert desk.lamp.value("fault") == DRIVER_FAULT
        assert desk.link.ports["b0"].device.value("level") == 9
        del desk.lamp.__dict__["on_message"]
        desk.line.feed("b0 is 8")
        assert desk.lamp.value("fault") == ""


async def test_a_device_keeps_its_own_fault_when_its_driver_works() -> None:
    async with Desk() as desk:
        desk.lamp.report("fault", "fan")
        desk.line.feed("a is 8")
        assert desk.lamp.value("fault") == "fan"


async def test_a_decoder_that_fails_begins_anew_and_its_neighbours_go_on() -> None:
    class Failing(LineDecoder):
        def feed(self, chunk: bytes) -> list[Any]:
            super().feed(chunk)
            raise KeyError(chunk)

    async with Desk(others=1) as desk:
        desk.port._decoder = failing = Failing()
        desk.line.bring(b"half")
        assert failing._rest == b""
        assert desk.lamp.value("fault") == DRIVER_FAULT
        desk.line.feed("\nb0 is 4")
        assert desk.link.ports["b0"].device.value("level") == 4


async def test_an_undeclared_point_is_dropped_counted_and_logged_once() -> None:
    async with Desk() as desk:
        with capture_logs() as logs:
            desk.lamp.report("colour", "red")
            desk.lamp.report("colour", "blue")
        assert desk.port.undeclared == {"colour": 2}
        assert [entry["event"] for entry in logs] == ["device.undeclared_point"]
        assert desk.lamp.value("colour") is None


async def test_a_port_without_its_device_hears_nothing_and_says_so() -> None:
    clock = VirtualClock(pause=0)
    link, _ = lamps(Line(clock))
    port = Port(link, "a")
    assert port.receive(b"a is 5\n") == []
    port.reset()
    with pytest.raises(RuntimeError, match="no device yet"):
        _ = port.device


# -- what the link is to a driver -------------------------------------------------------------------------------------


async def test_what_the_devices_of_a_line_have_in_common() -> None:
    async with Desk(others=1, kind="tcp") as desk:
        other = desk.link.ports["b0"]
        made = desk.port.shared("universe", list[int])
        assert other.shared("universe", list[int]) is made
        assert other.shared("other", list[int]) is not made
        assert [device.id for device in desk.port.neighbours()] == ["a", "b0"]
        assert (desk.port.transport_kind, desk.port.host) == ("tcp", "line")
        assert desk.port.wire_time(100) == 0.0


async def test_what_is_shared_goes_with_its_link() -> None:
    clock = VirtualClock(pause=0)
    first, second = lamps(Line(clock), "a"), lamps(Line(clock), "a")
    assert first[1]["a"].link.shared("x", list[int]) is not second[1]["a"].link.shared(
        "x", list[int]
    )


async def test_a_driver_may_have_its_points_asked_and_its_connection_closed() -> None:
    async with Desk() as desk:
        desk.line.answer = obliging
        desk.port.look()
        await desk.clock.advance(0.1)
        assert desk.line.texts() == ["a?"]
        opened = desk.line.opened
        desk.port.drop(Garbled("the chain changed"))
        await desk.clock.advance(0.3)
        assert desk.line.opened == opened + 1


async def test_the_time_to_an_answer_is_kept() -> None:
    async with Desk() as desk:
        desk.port.answer_ms.clear()
        desk.exchange()
        await desk.clock.advance(0.25)
        desk.line.feed("ok")
        await desk.clock.advance(0.1)
        assert list(desk.port.answer_ms) == [pytest.approx(250)]


async def test_a_lift_is_a_lamp_with_limits() -> None:
    link: Link
    link, made = lamps(Line(VirtualClock(pause=0)), "a", lamp=Lift)
    assert made["a"].motion is not None
    assert made["a"].motion.limit == 20.0
    assert link.ports["a"].device is made["a"]
