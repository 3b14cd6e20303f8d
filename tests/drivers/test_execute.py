"""Every command ends in its one right outcome (control.md 1.2, 2)."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from drivers.clock import VirtualClock
from drivers.commands import Outcome, OutcomeKind, Priority
from drivers.errors import Misconfigured, Refused, Unreachable
from drivers.execute import Request, execute
from drivers.job import Denial
from drivers.session import PortState
from drivers.transport.frames import Collided
from tests.drivers.line import Ears, Lift, Line, ask, finish, lamps, obliging, running


async def test_an_acknowledged_and_reported_level_is_confirmed() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a")
    async with running(link, clock):
        (outcome,) = await finish(clock, ask(link, made["a"], "set", level=30))
    assert (outcome.kind, outcome.tx) == (OutcomeKind.CONFIRMED, 1)
    assert made["a"].value("level") == 30


async def test_silence_is_a_timeout_after_the_retries_and_the_effect_is_asked_for() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: "a is 5" if text == "a?" else None
    link, made = lamps(line, "a")
    async with running(link, clock):
        (outcome,) = await finish(clock, ask(link, made["a"], "set", level=30))
        await clock.advance(0.1)
    assert line.texts() == ["a?", "a level 30", "a level 30", "a level 30", "a?"]
    assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.TIMEOUT, "no_reply", 3)


async def test_a_relative_command_is_never_repeated() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: "a is 5" if text == "a?" else None
    link, made = lamps(line, "a")
    async with running(link, clock):
        (outcome,) = await finish(clock, ask(link, made["a"], "step"))
    assert (outcome.kind, outcome.tx) == (OutcomeKind.TIMEOUT, 1)


async def test_a_no_from_the_device_is_failed_and_not_repeated() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: "a is 5" if text == "a?" else f"{text} no"
    link, made = lamps(line, "a")
    async with running(link, clock):
        (outcome,) = await finish(clock, ask(link, made["a"], "set", level=30))
    assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.FAILED, "refused_by_device", 1)
    assert outcome.params == {"device_code": "no"}


async def test_accepted_but_read_back_otherwise_is_a_mismatch() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)

    def stubborn(text: str) -> str | None:
        return "a is 5" if text == "a?" else "a level 30 ok"

    line.answer = stubborn
    link, made = lamps(line, "a")
    made["a"].on_message = lambda message: (  # type: ignore[method-assign]  # it believes only what it reads back
        made["a"].report("level", 5) if message == "a is 5" else None
    )
    async with running(link, clock):
        (outcome,) = await finish(clock, ask(link, made["a"], "set", level=30))
    assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")
    assert outcome.params == {"point": "level", "wish": 30, "value": 5}


async def test_a_late_answer_is_not_taken_for_the_next_command() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: "a is 5" if text == "a?" else None
    link, made = lamps(line, "a")
    async with running(link, clock):
        first = ask(link, made["a"], "step")
        await finish(clock, first)
        second = ask(link, made["a"], "set", level=40)
        await clock.advance(0.1)
        line.feed("a step ok")
        await clock.advance(0.1)
        assert not second.done()
        await finish(clock, second)
    assert second.result().kind is OutcomeKind.TIMEOUT


async def test_a_closed_link_ends_offline_after_three_seconds_and_motion_at_once() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.refuse_open = Unreachable("nobody there")
    link, made = lamps(line, "a")
    async with running(link, clock):
        moving = ask(link, made["a"], "up")
        setting = ask(link, made["a"], "set", level=1)
        await clock.advance(0.1)
        assert moving.result().kind is OutcomeKind.OFFLINE
        assert not setting.done()
        await clock.advance(3.1)
        assert (setting.result().kind, setting.result().code) == (
            OutcomeKind.OFFLINE,
            "unreachable",
        )
    assert line.texts() == []


async def test_a_wait_for_the_lane_beyond_the_time_to_live_is_expired() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a")
    async with running(link, clock):
        link.lane.quiet(100)
        (outcome,) = await finish(clock, ask(link, made["a"], "set", level=1))
    assert (outcome.kind, outcome.tx) == (OutcomeKind.EXPIRED, 0)
    assert 9900 <= outcome.ms <= 10100


async def test_the_gate_is_asked_before_each_retry() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: "a is 5" if text == "a?" else None
    link, made = lamps(line, "a")
    asked: list[float] = []

    def gate() -> Denial | None:
        asked.append(clock.monotonic())
        return Denial("interlocked", {"rule": "r"}) if len(asked) == 2 else None

    async with running(link, clock):
        task = asyncio.create_task(
            execute(link, made["a"], Request("set", {"level": 1}, gate=gate))
        )
        (outcome,) = await finish(clock, task)
    assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.CANCELLED, "interlocked", 1)


async def test_a_gate_that_says_no_lets_no_byte_out() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a")
    async with running(link, clock):
        before = list(line.texts())
        task = asyncio.create_task(
            execute(
                link, made["a"], Request("set", {"level": 1}, gate=lambda: Denial("interlocked"))
            )
        )
        (outcome,) = await finish(clock, task)
        assert line.texts() == before
    assert (outcome.kind, outcome.tx) == (OutcomeKind.REFUSED, 0)


async def test_a_hundred_slider_values_over_a_slow_lane_end_at_the_last_in_few_frames() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a", gap=0.05)
    async with running(link, clock):
        line.sent.clear()
        tasks = []
        for level in range(1, 101):
            tasks.append(ask(link, made["a"], "set", level=level))
            await clock.advance(0.005)
        outcomes = await finish(clock, *tasks)
    levels = [text for text in line.texts() if " level " in text]
    assert levels[-1] == "a level 100"
    assert len(levels) <= 15
    assert outcomes[-1].kind is OutcomeKind.CONFIRMED
    assert {o.kind for o in outcomes} == {OutcomeKind.CONFIRMED, OutcomeKind.SUPERSEDED}


async def test_stop_overtakes_forty_queued_commands_and_nothing_of_its_device_follows() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock, byte_time=0.001)
    line.answer = obliging
    link, made = lamps(line, "a", "b", gap=0.05)
    async with running(link, clock, settle=2.0):
        tasks = [ask(link, made["a"], "step") for _ in range(40)]
        await clock.advance(0.06)
        line.sent.clear()
        pressed = clock.monotonic()
        stop = ask(link, made["a"], "stop")
        await clock.advance(3.0)
        outcomes = await finish(clock, stop, *tasks)
    at, first = line.sent[0]
    assert first == "a stop"
    assert at - pressed <= 0.05 + 0.010 + 0.05
    assert [t for t in line.texts() if t.startswith("a ")] == ["a stop"] * 3
    assert outcomes[0].kind is OutcomeKind.SENT
    assert {o.kind for o in outcomes[1:]} <= {OutcomeKind.CANCELLED, OutcomeKind.CONFIRMED}


async def test_stop_leaves_in_time_with_a_full_link_and_nothing_of_its_device_follows() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock, byte_time=0.001)
    line.answer = obliging
    ids = ("a", "b", "c", "d", "e")
    link, made = lamps(line, *ids, gap=0.05)
    async with running(link, clock, settle=5.0):
        tasks = [ask(link, made[ids[n % 5]], "step") for n in range(200)]
        await clock.advance(0.06)
        line.sent.clear()
        pressed = clock.monotonic()
        stop = ask(link, made["a"], "stop")
        await clock.advance(1.0)
        assert stop.result().kind is OutcomeKind.SENT
        mine = [(at, text) for at, text in line.sent if text.startswith("a ")]
        await finish(clock, *tasks)
    assert [text for _, text in mine] == ["a stop"] * 3
    assert mine[0][0] - pressed <= 0.05 + 0.010 + 0.05
    assert not [t for t in line.texts() if t.startswith("a ") and t != "a stop"]


async def test_a_slow_thirty_then_fifty_never_shows_thirty_again() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: obliging(text) if "30" not in text else None
    link, made = lamps(line, "a")
    async with running(link, clock):
        thirty = ask(link, made["a"], "set", level=30)
        await clock.advance(0.2)
        fifty = ask(link, made["a"], "set", level=50)
        outcomes = await finish(clock, thirty, fifty)
        await clock.advance(30.0)
    assert [t for t in line.texts() if " level " in t] == ["a level 30", "a level 50"]
    assert [(o.kind, o.tx) for o in outcomes] == [
        (OutcomeKind.SUPERSEDED, 1),
        (OutcomeKind.CONFIRMED, 1),
    ]


async def test_one_in_flight_that_is_answered_has_given_way_too() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: obliging(text) if "30" not in text else None
    link, made = lamps(line, "a")
    async with running(link, clock):
        thirty = ask(link, made["a"], "set", level=30)
        await clock.advance(0.2)
        fifty = ask(link, made["a"], "set", level=50)
        await clock.advance(0.1)
        line.feed("a level 30 ok")
        outcomes = await finish(clock, thirty, fifty)
    assert [o.kind for o in outcomes] == [OutcomeKind.SUPERSEDED, OutcomeKind.CONFIRMED]


async def test_a_scene_may_wait_longer_for_its_turn_than_a_person() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a", "b")
    async with running(link, clock):
        link.lane.quiet(20.0)
        scene = Request("set", {"level": 1}, priority=Priority.SCENE)
        tasks = [
            asyncio.create_task(execute(link, made["a"], scene)),
            ask(link, made["b"], "set", level=1),
        ]
        outcomes = await finish(clock, *tasks)
    assert [o.kind for o in outcomes] == [OutcomeKind.CONFIRMED, OutcomeKind.EXPIRED]


async def test_a_port_that_is_misconfigured_refuses_with_the_reason_and_stop_is_offline() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.refuse_open = Misconfigured("vid_pid 0403:6001 fits /dev/ttyUSB0, /dev/ttyUSB1")
    link, made = lamps(line, "a", lamp=Lift)
    async with running(link, clock):
        asked = [ask(link, made["a"], "set", level=1), ask(link, made["a"], "up")]
        setting, moving = await finish(clock, *asked)
        (stopping,) = await finish(clock, ask(link, made["a"], "stop"))
    for outcome in (setting, moving):
        assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "misconfigured")
        assert "/dev/ttyUSB0, /dev/ttyUSB1" in outcome.params["place"]
    assert (stopping.kind, stopping.ms <= 1000) == (OutcomeKind.OFFLINE, True)


async def test_a_collision_that_may_not_be_repeated_has_failed() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: "a is 5" if text == "a?" else None
    link, made = lamps(line, "a")
    async with running(link, clock):
        task = ask(link, made["a"], "step")
        await clock.advance(0.1)
        line.bring(Collided(b"x"))
        (outcome,) = await finish(clock, task)
    assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.FAILED, "garbled", 1)


async def test_a_bug_in_a_driver_is_raised_to_its_caller_and_the_next_command_runs() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a")
    async with running(link, clock):
        made["a"].__dict__["_is"] = lambda _word: lambda _message: 1 / 0
        task = ask(link, made["a"], "step")
        await asyncio.wait({asyncio.create_task(clock.advance(1.0))})
        assert isinstance(task.exception(), ZeroDivisionError)
        del made["a"].__dict__["_is"]
        (outcome,) = await finish(clock, ask(link, made["a"], "step"))
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert link.backlog.jobs["a"] == []


async def test_who_is_cancelled_while_the_command_ends_is_cancelled() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    link, made = lamps(line, "a")
    async with running(link, clock):
        task = ask(link, made["a"], "step")
        await clock.advance(0.1)
        link.backlog.jobs["a"][0].end_with(OutcomeKind.SUPERSEDED)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert link.backlog.jobs["a"] == []


def _note(heard: list[int], number: int, _task: asyncio.Task[Outcome]) -> None:
    heard.append(number)


async def test_every_command_of_a_storm_ends_once_and_in_time() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock, byte_time=0.001)
    heard: list[int] = []
    line.answer = lambda text: obliging(text) if len(text) % 3 else None
    link, made = lamps(line, "a", "b", lamp=Lift)
    async with running(link, clock, settle=3.0):
        tasks: list[asyncio.Task[Outcome]] = []
        for n in range(60):
            name = ("set", "step", "up", "down", "stop", "set")[n % 6]
            args = {"level": n} if name == "set" else {}
            task = ask(link, made["ab"[n % 2]], name, **args)
            task.add_done_callback(partial(_note, heard, n))
            tasks.append(task)
            await clock.advance(0.07)
            if n % 20 == 10:
                line.lose()
        outcomes = await finish(clock, *tasks)
    assert sorted(heard) == list(range(60))
    limits = {name: spec.deadline(Priority.USER) for name, spec in made["a"].commands.items()}
    assert all(o.ms / 1000 <= max(limits.values()) + 0.5 for o in outcomes)


async def test_stop_does_not_wait_for_a_neighbour_that_is_silent() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = lambda text: f"{text[:-1]} is 5" if text.endswith("?") else None
    link, made = lamps(line, "a", "b")
    async with running(link, clock):
        waiting = ask(link, made["b"], "set", level=3)
        await clock.advance(0.1)
        pressed = clock.monotonic()
        ask(link, made["a"], "stop")
        await clock.advance(0.05)
        stops = [at for at, text in line.sent if text == "a stop"]
        assert stops
        assert stops[0] - pressed <= 0.05
        await clock.advance(0.2)
        assert line.texts().count("b level 3") >= 2  # the neighbour's question is asked again
        await finish(clock, waiting)


async def test_copies_not_yet_sent_die_with_a_newer_move() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a")
    async with running(link, clock):
        line.sent.clear()
        first = ask(link, made["a"], "up")
        await clock.advance(0.1)
        second = ask(link, made["a"], "down")
        await clock.advance(1.0)
    assert line.texts() == ["a up", "a down", "a down"]
    assert (first.result().kind, first.result().tx) == (OutcomeKind.SUPERSEDED, 1)
    assert second.result().kind is OutcomeKind.SENT


async def test_a_queue_that_is_full_refuses_and_stop_is_never_refused() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a")
    async with running(link, clock):
        link.lane.quiet(5)
        tasks = [ask(link, made["a"], "step") for _ in range(65)]
        await clock.advance(0.01)
        assert tasks[64].result() == Outcome(OutcomeKind.REFUSED, "busy", {"device": "a"})
        stop = ask(link, made["a"], "stop")
        await clock.advance(1.0)
        assert stop.result().kind is OutcomeKind.SENT
        await finish(clock, *tasks)


async def test_after_a_loss_the_first_frame_is_stop_and_nothing_is_replayed() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, made = lamps(line, "a", lamp=Lift)
    async with running(link, clock, settle=2.0):
        moving = ask(link, made["a"], "up")
        await clock.advance(0.05)
        line.sent.clear()
        line.lose()
        await clock.advance(0.1)
        assert moving.done()
        await clock.advance(5.0)
    assert line.texts()[:3] == ["a stop"] * 3
    assert not [t for t in line.texts() if t.endswith((" up", " down"))]


async def test_reconnecting_follows_the_schedule_and_a_person_shortens_it() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.refuse_open = Unreachable("nobody there")
    link, made = lamps(line, "a")
    async with running(link, clock, settle=0.0):
        await clock.advance(0.2 + 0.5 + 1 + 2 + 0.01)
        assert line.opened == 5
        ask(link, made["a"], "set", level=1)
        await clock.advance(0.01)
        assert line.opened == 6


async def test_a_permanent_refusal_stops_the_attempts_until_somebody_asks() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.refuse_open = Refused("auth", permanent=True)
    link, _ = lamps(line, "a")
    async with running(link, clock, settle=60.0):
        assert line.opened == 1
        link.reconnect()
        await clock.advance(0.1)
        assert line.opened == 2


async def test_three_unanswered_polls_make_a_device_silent_and_one_answer_brings_it_back() -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    line.answer = obliging
    link, _ = lamps(line, "a")
    ears = link.listener
    assert isinstance(ears, Ears)
    async with running(link, clock):
        assert ears.states[-1] == ("a", PortState.ONLINE)
        line.answer = lambda _text: None
        await clock.advance(60)
        assert ears.states[-1] == ("a", PortState.SILENT)
        line.answer = obliging
        await clock.advance(6)
        assert ears.states[-1] == ("a", PortState.ONLINE)


@pytest.mark.parametrize("copies", [1, 2])
async def test_a_cancelled_caller_leaves_nothing_behind(copies: int) -> None:
    clock = VirtualClock(pause=0)
    line = Line(clock)
    link, made = lamps(line, "a")
    async with running(link, clock):
        tasks = [ask(link, made["a"], "step") for _ in range(copies)]
        await clock.advance(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert link.backlog.jobs["a"] == []
