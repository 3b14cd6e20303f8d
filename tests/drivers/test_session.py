"""A device's life while its link is up: start, polls, silence, and being back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from structlog.testing import capture_logs

from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind, Priority
from drivers.errors import NoReply, Refused, Unreachable
from drivers.execute import probe
from drivers.job import current_job
from drivers.link import Link
from drivers.points import PointSpec
from drivers.session import FAST, PROBE_EVERY, SPREAD, PortState, Session
from tests.drivers.line import (
    Answer,
    Ears,
    Lamp,
    Lift,
    Line,
    ask,
    finish,
    lamps,
    obliging,
    running,
)

POLL = 10.0


class Talker(Lamp):
    """A lamp with everything that a start can have; `steps` tells what was done, and in whose name."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.steps: list[str] = []
        self.errors: dict[str, Exception] = {}

    async def _step(self, name: str) -> None:
        self.steps.append(name)
        if name in self.errors:
            raise self.errors[name]

    async def open_bus(self) -> None:
        await self._step("bus")
        await self.link.exchange(b"bus", until=lambda m: m if m == "bus ok" else None)

    async def handshake(self) -> None:
        await self._step("handshake")

    async def refresh(self, points: frozenset[str]) -> None:
        await self._step("query" if current_job.get().priority is not Priority.POLL else "poll")
        await super().refresh(points)

    async def probe(self) -> None:
        await self._step("probe")
        await Lamp.refresh(self, frozenset())


class Mover(Talker, Lift):
    """The same with a motor."""

    async def stop(self) -> None:
        await self._step("stop")
        await self.link.send(b"stop")


class Warming(Talker):
    """A lamp with a value that is on the way to another one."""

    points = (PointSpec("level", "number", poll="10s", via=("66",)),)

    def on_message(self, message: object) -> None:
        if str(message).startswith("a is "):
            self.report("level", str(message).removeprefix("a is "))


class Plain(Talker):
    """Has nothing that is asked for by the clock."""

    points = (PointSpec("level", "number"),)


def kind(text: str) -> str | None:
    """Answer everything."""
    return "bus ok" if text == "bus" else obliging(text)


def mute(text: str) -> str | None:
    """Answer nothing."""
    return None


def only_bus(text: str) -> str | None:
    """Open the line, and say nothing more."""
    return "bus ok" if text == "bus" else None


@dataclass
class Stage:
    clock: VirtualClock
    line: Line
    link: Link
    made: dict[str, Any]
    ears: Ears

    @property
    def lamp(self) -> Any:
        return self.made["a"]

    @property
    def session(self) -> Session:
        return self.link.sessions["a"]

    def states(self) -> list[str]:
        return [str(state) for device, state in self.ears.states if device == "a"]

    def asked(self) -> list[float]:
        return [at for at, text in self.line.sent if text == "a?"]


@asynccontextmanager
async def staged(
    lamp: type[Lamp] = Talker,
    *ids: str,
    settle: float = 1.0,
    errors: Mapping[str, Exception] = MappingProxyType({}),
    answer: Answer = kind,
) -> AsyncIterator[Stage]:
    clock = VirtualClock(pause=0)
    wire = Line(clock)
    wire.answer = answer
    link, made = lamps(wire, *(ids or ("a",)), lamp=lamp)
    for device in made.values():
        if isinstance(device, Talker):
            device.errors.update(errors)
    async with running(link, clock, settle=settle) as ears:
        yield Stage(clock, wire, link, made, ears)


# -- the start --------------------------------------------------------------------------------------------------------


async def test_the_order_of_a_start() -> None:
    async with staged(Mover) as stage:
        assert stage.lamp.steps == ["stop", "bus", "handshake", "query"]
        assert stage.states() == ["starting", "online"]
        assert stage.lamp.value("online") is True


async def test_online_comes_only_after_every_point_was_read() -> None:
    async with staged(settle=0.0, answer=only_bus) as stage:
        await stage.clock.advance(0.5)
        assert stage.states() == ["starting"]
        assert stage.lamp.value("online") is None
        stage.line.feed("a is 5")
        await stage.clock.advance(0.1)
        assert stage.states() == ["starting", "online"]


async def test_the_first_of_its_kind_opens_the_line_and_the_others_wait_for_it() -> None:
    async with staged(Talker, "a", "b", settle=0.5, answer=mute) as stage:
        assert (stage.made["a"].steps, stage.made["b"].steps) == (["bus"], [])
        stage.line.answer = obliging
        stage.line.feed("bus ok")
        await stage.clock.advance(0.5)
        assert stage.made["a"].steps[:2] == ["bus", "handshake"]
        assert stage.made["b"].steps[0] == "handshake"


async def test_a_line_that_does_not_open_keeps_nobody_from_being_asked() -> None:
    async with staged(Talker, "a", "b", settle=5.0, answer=obliging) as stage:
        assert [stage.link.sessions[d].state for d in "ab"] == [PortState.ONLINE] * 2


@pytest.mark.parametrize("step", ["stop", "handshake"])
@pytest.mark.parametrize("error", [NoReply("silent"), Refused("not now")], ids=["silent", "no"])
async def test_a_step_that_fails_for_now_does_not_end_the_start(
    step: str, error: Exception
) -> None:
    async with staged(Mover, errors={step: error}) as stage:
        assert stage.lamp.steps == ["stop", "bus", "handshake", "query"]
        assert stage.states()[-1] == "online"


async def test_a_handshake_that_is_refused_for_good_closes_the_connection_until_somebody_asks() -> (
    None
):
    error = Refused("auth", permanent=True)
    async with staged(errors={"handshake": error}, settle=60.0) as stage:
        assert stage.line.opened == 1
        assert stage.lamp.steps.count("handshake") == 1
        assert stage.link.error is error
        assert stage.states() == ["starting", "silent", "offline"]


async def test_commands_may_pass_once_the_handshake_was_tried() -> None:
    async with staged(errors={"handshake": NoReply("silent")}, settle=0.0) as stage:
        task = ask(stage.link, stage.lamp, "set", level=3)
        (outcome,) = await finish(stage.clock, task)
        assert outcome.kind is OutcomeKind.CONFIRMED


async def test_a_device_that_is_silent_from_the_start_is_offline_by_itself() -> None:
    async with staged(settle=0.0, answer=only_bus) as stage:
        await stage.clock.advance(5.0)
        assert stage.states() == ["starting", "silent"]
        assert stage.lamp.value("online") is False
        assert stage.link.up.is_set()


async def test_a_no_to_the_first_question_is_an_answer() -> None:
    async with staged(errors={"query": Refused("ERR3")}) as stage:
        assert stage.states()[-1] == "online"


async def test_where_silence_says_nothing_the_link_is_enough() -> None:
    class Deaf(Plain):
        silence_is_offline = False

    async with staged(Deaf) as stage:
        stage.line.answer = lambda _text: None
        await stage.clock.advance(60.0)
        assert stage.states() == ["starting", "online"]
        assert stage.lamp.steps == ["bus", "handshake"]


# -- polls ------------------------------------------------------------------------------------------------------------


async def test_a_point_is_asked_by_its_period_give_or_take_a_tenth() -> None:
    async with staged(settle=300.0) as stage:
        steps = [after - before for before, after in itertools.pairwise(stage.asked())]
        assert len(steps) > 25
        assert all(POLL * (1 - SPREAD) <= step <= POLL * (1 + SPREAD) for step in steps)
        assert max(steps) - min(steps) > POLL * SPREAD * 0.5


async def test_a_value_on_its_way_is_asked_every_two_seconds() -> None:
    async with staged(Warming) as stage:
        stage.line.answer = lambda _text: "a is 66"
        stage.line.feed("a is 66")
        before = len(stage.asked())
        await stage.clock.advance(20.0)
        assert 8 <= len(stage.asked()) - before <= 12
        stage.line.answer = lambda _text: "a is 70"
        await stage.clock.advance(3.0)
        before = len(stage.asked())
        await stage.clock.advance(20.0)
        assert len(stage.asked()) - before <= 3


async def test_a_wish_that_is_pending_is_asked_for_every_two_seconds() -> None:
    class Slow(Lamp):
        def command_specs(self) -> Any:
            from drivers.commands import renamed  # noqa: PLC0415  # only here

            specs = super().command_specs()
            return specs | {"set": renamed(specs["set"], settles=30.0)}

    async with staged(Slow) as stage:
        stage.line.answer = lambda text: "a is 5" if "?" in text else "ignored"
        made: Any = stage.lamp
        made.__dict__["_is"] = lambda _word: lambda message: message or None
        before = len(stage.asked())
        task = ask(stage.link, made, "set", level=30)
        (outcome,) = await finish(stage.clock, task)
        assert outcome.code == "mismatch"
        assert 12 <= len(stage.asked()) - before <= 34


async def test_no_poll_leaves_while_a_command_of_its_device_is_in_flight() -> None:
    async with staged() as stage:
        stage.link.lane.window = 64
        stage.line.answer = lambda text: None if "level" in text else obliging(text)
        ask(stage.link, stage.lamp, "set", level=3)
        await stage.clock.advance(0.1)
        before = len(stage.asked())
        stage.session.ask_soon()
        await stage.clock.advance(0.5)
        assert len(stage.asked()) == before
        stage.line.feed("a level 3 ok")
        await stage.clock.advance(0.1)
        assert len(stage.asked()) == before + 1


async def test_a_poll_is_repeated_once() -> None:
    async with staged() as stage:
        stage.line.answer = mute
        stage.session.ask_soon()
        before = len(stage.asked())
        await stage.clock.advance(5.0)
        assert len(stage.asked()) - before == 2


async def test_a_hint_has_everything_asked_at_once_and_a_second_one_meanwhile_once_more() -> None:
    async with staged() as stage:
        stage.line.answer = lambda _text: None
        before = len(stage.asked())
        stage.session.ask_soon()
        await stage.clock.advance(0.1)
        assert len(stage.asked()) == before + 1
        stage.session.ask_soon()
        stage.line.feed("a is 6")
        await stage.clock.advance(0.1)
        stage.line.feed("a is 7")
        await stage.clock.advance(1.0)
        assert len(stage.asked()) == before + 2


async def test_a_poll_that_is_refused_is_an_answer() -> None:
    async with staged(errors={"poll": Refused("ERR3")}, settle=60.0) as stage:
        assert stage.states()[-1] == "online"


# -- silence ----------------------------------------------------------------------------------------------------------


async def test_three_misses_in_a_row_and_not_two_are_silence() -> None:
    async with staged() as stage:
        silent: list[bool] = []

        def answer(text: str) -> str | None:
            return None if silent and "?" in text else obliging(text)

        stage.line.answer = answer
        silent.append(True)
        await stage.clock.advance(2 * POLL + 3.0)
        assert stage.states()[-1] == "online"
        silent.clear()
        await stage.clock.advance(POLL + 2.0)
        silent.append(True)
        await stage.clock.advance(2 * POLL + 3.0)
        assert stage.states()[-1] == "online"
        await stage.clock.advance(POLL + 3.0)
        assert stage.states()[-1] == "silent"


async def test_a_silent_device_is_probed_every_five_seconds_once() -> None:
    async with staged() as stage:
        stage.line.answer = lambda _text: None
        await stage.clock.advance(60.0)
        stage.lamp.steps.clear()
        before = len(stage.asked())
        await stage.clock.advance(60.0)
        assert set(stage.lamp.steps) == {"probe"}
        assert 9 <= len(stage.lamp.steps) <= 60 / PROBE_EVERY
        assert len(stage.asked()) - before == len(stage.lamp.steps)


async def test_a_device_that_is_back_is_greeted_and_read_before_it_is_online() -> None:
    async with staged(Mover) as stage:
        stage.line.answer = lambda _text: None
        await stage.clock.advance(60.0)
        stage.lamp.steps.clear()
        stage.line.answer = obliging
        await stage.clock.advance(PROBE_EVERY + 1.5)
        assert stage.lamp.steps[-3:] == ["probe", "handshake", "query"]
        assert "stop" not in stage.lamp.steps
        assert stage.states()[-1] == "online"


async def test_a_device_that_is_lost_again_while_it_is_greeted_stays_silent() -> None:
    async with staged() as stage:
        stage.line.answer = lambda _text: None
        await stage.clock.advance(60.0)
        stage.lamp.errors["query"] = NoReply("gone again")
        stage.line.answer = obliging
        await stage.clock.advance(PROBE_EVERY + 1.5)
        assert stage.states()[-1] == "silent"


async def test_the_word_of_a_gateway_is_taken_at_once() -> None:
    async with staged() as stage:
        stage.link.available("a", online=False)
        assert stage.states()[-1] == "silent"
        await stage.clock.advance(0.5)
        stage.link.available("a", online=True)
        await stage.clock.advance(0.5)
        assert stage.states()[-1] == "online"


async def test_the_word_of_a_gateway_means_nothing_while_the_link_is_down() -> None:
    async with staged() as stage:
        stage.line.refuse_open = Unreachable("gone")
        stage.line.lose()
        await stage.clock.advance(0.1)
        stage.link.available("a", online=False)
        assert stage.states()[-1] == "offline"


async def test_a_person_may_ask_whether_it_is_there() -> None:
    async with staged() as stage:
        assert (await outcome_of(stage)).kind is OutcomeKind.CONFIRMED
        stage.line.answer = lambda _text: None
        silent = await outcome_of(stage)
        assert (silent.kind, silent.code) == (OutcomeKind.TIMEOUT, "no_reply")
        await stage.clock.advance(60.0)
        assert stage.states()[-1] == "silent"
        stage.line.answer = obliging
        assert (await outcome_of(stage)).kind is OutcomeKind.CONFIRMED
        await stage.clock.advance(1.5)  # its own probe may be waiting for an answer just then
        assert stage.states()[-1] == "online"
        stage.lamp.errors["probe"] = Refused("ERR3")
        assert (await outcome_of(stage)).code == "refused_by_device"
        stage.line.refuse_open = Unreachable("gone")
        stage.line.lose()
        await stage.clock.advance(0.1)
        assert (await outcome_of(stage)).kind is OutcomeKind.OFFLINE


async def outcome_of(stage: Stage) -> Any:
    task = asyncio.create_task(probe(stage.link, stage.lamp))
    (outcome,) = await finish(stage.clock, task)
    return outcome


# -- a driver's own mistakes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["handshake", "query", "poll"])
async def test_a_driver_that_fails_says_so_once_and_is_tried_again(step: str) -> None:
    with capture_logs() as logs:
        async with staged(Talker, "a", "b", settle=0.0) as stage:
            stage.lamp.errors[step] = KeyError("bug")
            stage.line.lose()
            await stage.clock.advance(60.0)
            faults = [r.value for r in stage.ears.reports if (r.device, r.point) == ("a", "fault")]
            assert faults[0] == "driver_error"
            assert "silent" in stage.states()
            assert stage.link.sessions["b"].state is PortState.ONLINE
            stage.lamp.errors.clear()
            await stage.clock.advance(PROBE_EVERY + 1.0)
            assert stage.states()[-1] == "online"
            assert stage.lamp.value("fault") == ""
    failed = [entry for entry in logs if entry["event"] == "device.session_failed"]
    assert [entry["device"] for entry in failed] == ["a"]


async def test_a_driver_that_says_that_its_device_is_out_of_reach_is_a_miss_and_no_end() -> None:
    async with staged(errors={"poll": Unreachable("its gateway is gone")}) as stage:
        await stage.clock.advance(4 * POLL)
        assert "silent" in stage.states()
        stage.lamp.errors.clear()
        await stage.clock.advance(PROBE_EVERY + 1.0)
        assert stage.states()[-1] == "online"


async def test_a_device_that_goes_while_it_starts_leaves_nothing_behind() -> None:
    async with staged(Talker, "a", "b", settle=0.1, answer=mute) as stage:
        await stage.link.detach("a")
        stage.line.answer = obliging
        await stage.clock.advance(3.0)
        assert stage.link.sessions["b"].state is PortState.ONLINE
        assert stage.link.lane.waiting() == 0


def test_fast_is_faster_than_every_probe() -> None:
    assert FAST < PROBE_EVERY
