"""A motor keeps its pauses and limits whatever is asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.commands import Outcome, OutcomeKind
from drivers.motion import MotionSpec, Stroke
from drivers.points import PointValue
from roomd.control.motion import Motor

SENT = Outcome(OutcomeKind.SENT, tx=1)
CONFIRMED = Outcome(OutcomeKind.CONFIRMED, tx=1)
TIMEOUT = Outcome(OutcomeKind.TIMEOUT, "no_reply", tx=1)
OFFLINE = Outcome(OutcomeKind.OFFLINE, "unreachable")
FAILED = Outcome(OutcomeKind.FAILED, "refused_by_device", tx=1)
SPEC = MotionSpec(up=Stroke("up", 10.0), down=Stroke("down", 8.0), reverse_pause=0.5, max_run=20.0)


class Line:
    """What left for the motor, with its time, and what was told of it."""

    def __init__(self, spec: MotionSpec = SPEC, kind: str = "lift") -> None:
        self.clock = VirtualClock()
        self.sent: list[tuple[float, str]] = []
        self.told: dict[str, PointValue] = {}
        self.heard: list[tuple[str, PointValue]] = []
        self.answers: dict[str, Outcome] = {}
        self.takes: dict[str, float] = {}
        """Command -> seconds until its outcome."""
        self.motor = Motor(kind, spec, self.clock, self.halt, self.tell)

    def tell(self, point: str, value: PointValue) -> None:
        self.told[point] = value
        self.heard.append((point, value))

    async def halt(self) -> Outcome:
        self.sent.append((self.clock.monotonic(), "stop"))
        await self.clock.sleep(self.takes.get("stop", 0))
        return self.answers.get("stop", SENT)

    async def run(self, command: str, args: dict[str, Any], left: Callable[[], None]) -> Outcome:
        outcome = self.answers.get(command, SENT)
        if outcome.tx:
            self.sent.append((self.clock.monotonic(), command))
            left()
        await self.clock.sleep(self.takes.get(command, 0))
        return outcome

    def drive(self, command: str) -> asyncio.Task[Outcome]:
        return asyncio.create_task(self.motor.drive(command, {}, self.run))

    def goto(self, position: float) -> asyncio.Task[Outcome]:
        return asyncio.create_task(self.motor.goto(position, self.run))

    def commands(self) -> list[str]:
        return [command for _, command in self.sent]

    def at(self, command: str) -> float:
        """Return when a command left last."""
        return max(at for at, sent in self.sent if sent == command)

    async def homed(self, command: str = "up") -> Line:
        """Drive to an end, and forget what was sent for it."""
        self.drive(command)
        await self.clock.advance(15.0)
        self.sent.clear()
        return self


# -- turning round ------------------------------------------------------------------------------------------------


async def test_the_other_direction_is_stop_pause_go() -> None:
    line = Line()
    first = line.drive("up")
    await line.clock.advance(1.0)
    line.drive("down")
    await line.clock.advance(1.0)
    assert line.commands() == ["up", "stop", "down"]
    assert line.at("down") - line.at("stop") >= 0.5
    assert first.result() == SENT


async def test_the_other_direction_does_not_wait_for_the_answer_to_the_first() -> None:
    line = Line()
    line.takes["up"] = 5.0
    first = line.drive("up")
    await line.clock.advance(1.0)
    line.drive("down")
    await line.clock.advance(0.1)
    assert line.commands() == ["up", "stop"]
    await line.clock.advance(5.0)
    assert line.commands() == ["up", "stop", "down"]
    assert first.done()


async def test_the_first_of_two_directions_is_superseded() -> None:
    line = Line()
    line.answers["up"] = Outcome(OutcomeKind.CANCELLED, "stopped", tx=1)  # by the stop between
    line.takes["up"] = 1.2
    first = line.drive("up")
    await line.clock.advance(1.0)
    line.drive("down")
    await line.clock.advance(1.0)
    assert (first.result().kind, first.result().tx) == (OutcomeKind.SUPERSEDED, 1)


async def test_after_a_stop_the_other_direction_still_waits_and_the_same_does_not() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    await line.motor.stop()
    line.drive("up")
    await line.clock.advance(0.1)
    assert line.commands() == ["up", "stop", "up"]
    await line.motor.stop()
    line.drive("down")
    await line.clock.advance(0.4)
    assert line.commands() == ["up", "stop", "up", "stop"]
    await line.clock.advance(0.2)
    assert line.commands() == ["up", "stop", "up", "stop", "down"]


async def test_what_is_asked_while_a_stop_is_under_way_waits_for_its_last_copy() -> None:
    line = Line()
    line.takes["stop"] = 0.3
    line.drive("up")
    await line.clock.advance(1.0)
    stopping = asyncio.create_task(line.motor.stop())
    await line.clock.advance(0.1)
    line.drive("up")
    await line.clock.advance(0.1)
    assert line.commands() == ["up", "stop"]
    await line.clock.advance(0.2)
    assert stopping.done()
    assert line.commands() == ["up", "stop", "up"]
    assert line.told["moving"] == "up"
    assert line.motor.moving


async def test_stop_during_the_pause_keeps_it_standing() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    turning = line.drive("down")
    await line.clock.advance(0.1)
    await line.motor.stop()
    await line.clock.advance(5.0)
    assert "down" not in line.commands()
    assert turning.result() == Outcome(OutcomeKind.CANCELLED, "stopped")


async def test_of_two_stops_the_last_lets_it_go_on() -> None:
    line = Line()
    line.takes["stop"] = 0.3
    line.drive("up")
    await line.clock.advance(1.0)
    stops = [asyncio.create_task(line.motor.stop())]
    await line.clock.advance(0.2)
    stops.append(asyncio.create_task(line.motor.stop()))
    line.drive("up")
    await line.clock.advance(0.2)
    assert [stop.done() for stop in stops] == [True, False]
    assert line.commands() == ["up", "stop", "stop"]
    await line.clock.advance(0.2)
    assert line.commands() == ["up", "stop", "stop", "up"]


@pytest.mark.parametrize("answer", [OFFLINE, TIMEOUT, FAILED])
async def test_without_a_stop_that_was_taken_it_does_not_turn_round(answer: Outcome) -> None:
    line = Line()
    line.answers["stop"] = answer
    line.drive("up")
    await line.clock.advance(1.0)
    turning = line.drive("down")
    await line.clock.advance(2.0)
    assert turning.result() == answer
    assert "down" not in line.commands()


async def test_of_two_that_wait_for_the_pause_the_newest_goes() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    first = line.drive("down")
    await line.clock.advance(0.1)
    line.drive("down")
    await line.clock.advance(2.0)
    assert first.result().kind is OutcomeKind.SUPERSEDED
    assert line.commands() == ["up", "stop", "down"]


async def test_opposite_taps_in_the_same_tick_mean_stop() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(0.001)
    second = line.drive("down")
    await line.clock.advance(5.0)
    assert line.commands() == ["up", "stop"]
    assert second.result() == Outcome(OutcomeKind.CANCELLED, "stopped")


async def test_opposite_taps_in_the_same_tick_mean_stop_also_while_both_wait() -> None:
    line = await Line().homed("up")
    await line.motor.stop()
    first, second = line.drive("down"), line.drive("up")
    await line.clock.advance(5.0)
    assert line.commands() == ["stop", "stop"]
    assert {first.result().kind, second.result().kind} == {OutcomeKind.CANCELLED}


# -- limits -------------------------------------------------------------------------------------------------------


async def test_a_full_run_is_stopped_past_the_end_and_is_homed() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(11.9)
    assert line.told["moving"] == "up"
    await line.clock.advance(0.2)
    assert (line.told["moving"], line.told["end"], line.told["homed"]) == ("none", "top", True)
    assert line.told["position"] == 100
    assert line.commands() == ["up", "stop"]


async def test_the_longest_run_ends_in_stop_and_a_fault_until_the_next_start() -> None:
    short = MotionSpec(up=Stroke("up", 10.0), down=Stroke("down", 8.0), max_run=5.0)
    line = Line(short)
    line.drive("up")
    await line.clock.advance(5.1)
    assert line.commands() == ["up", "stop"]
    assert line.told["fault"] == "max_run"
    line.drive("up")
    await line.clock.advance(0.1)
    assert line.told["fault"] == ""


async def test_at_a_limit_it_is_stopped_again_until_a_stop_is_taken() -> None:
    line = Line()
    line.answers["stop"] = OFFLINE
    line.drive("up")
    await line.clock.advance(14.5)
    assert line.commands() == ["up", "stop", "stop", "stop"]
    assert line.motor.moving
    line.answers["stop"] = TIMEOUT
    await line.clock.advance(5.0)
    assert line.commands().count("stop") == 4
    assert not line.motor.moving


async def test_a_stop_that_ends_nothing_leaves_the_longest_run_at_work() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    line.answers["stop"] = FAILED
    assert await line.motor.stop() == FAILED
    assert line.motor.moving
    line.answers["stop"] = SENT
    await line.clock.advance(12.0)
    assert not line.motor.moving


async def test_duty_refuses_and_says_for_how_long() -> None:
    spec = MotionSpec(
        up=Stroke("up", 10.0), down=Stroke("down", 8.0), duty_run=10.0, duty_per=100.0
    )
    line = Line(spec)
    line.drive("up")
    await line.clock.advance(13.0)
    refused = line.drive("down")
    await line.clock.advance(0.1)
    assert (refused.result().kind, refused.result().code) == (OutcomeKind.REFUSED, "duty")
    assert refused.result().params == {"seconds": 99}
    await line.clock.advance(100.0)
    line.drive("down")
    await line.clock.advance(0.1)
    assert line.commands() == ["up", "stop", "down"]


async def test_asking_again_does_not_begin_the_longest_run_anew() -> None:
    line = Line(MotionSpec(up=Stroke("up", 60.0), down=Stroke("down", 60.0), max_run=20.0))
    for _ in range(4):
        line.drive("up")
        await line.clock.advance(6.0)
    assert line.commands() == ["up", "up", "up", "up", "stop"]
    assert line.at("stop") - line.sent[0][0] == pytest.approx(20.0, abs=0.1)


# -- goto ---------------------------------------------------------------------------------------------------------


async def test_goto_needs_a_known_place_and_stops_on_the_way() -> None:
    line = Line()
    assert (await line.motor.goto(50, line.run)).code == "not_homed"
    await line.homed("up")
    going = line.goto(50)
    await line.clock.advance(6.0)
    assert going.result().kind is OutcomeKind.SENT
    assert line.commands() == ["down", "stop"]
    assert line.told["position"] == 50


async def test_goto_counts_from_the_first_byte_and_not_from_the_answer() -> None:
    line = await Line().homed("up")
    line.takes["down"] = 1.0
    line.goto(50)
    await line.clock.advance(6.0)
    assert line.at("stop") - line.at("down") == pytest.approx(4.0, abs=0.05)


async def test_goto_an_end_runs_the_whole_way_and_where_it_is_nothing_runs() -> None:
    line = await Line().homed("up")
    there = line.goto(100)
    await line.clock.advance(0.1)
    assert (there.result(), line.commands()) == (Outcome(OutcomeKind.SENT), [])
    line.goto(0)
    await line.clock.advance(9.9)
    assert line.commands() == ["down"]
    await line.clock.advance(0.2)
    assert (line.told["end"], line.told["position"]) == ("bottom", 0)


async def test_goto_while_it_moves_reckons_from_where_it_was_stopped() -> None:
    line = await Line().homed("up")
    line.drive("down")
    await line.clock.advance(4.0)
    line.goto(75)
    await line.clock.advance(5.0)
    assert line.commands() == ["down", "stop", "up", "stop"]
    assert line.told["position"] == 75


async def test_goto_while_it_moves_and_cannot_be_stopped_ends_as_its_stop() -> None:
    line = await Line().homed("up")
    line.drive("down")
    await line.clock.advance(4.0)
    line.answers["stop"] = OFFLINE
    going = line.goto(75)
    await line.clock.advance(1.0)
    assert going.result() == OFFLINE


async def test_a_tap_during_goto_runs_on_to_the_end() -> None:
    line = await Line().homed("up")
    line.goto(50)
    await line.clock.advance(1.0)
    line.drive("down")
    await line.clock.advance(20.0)
    assert line.commands() == ["down", "down", "stop"]
    assert line.told["end"] == "bottom"


async def test_where_goto_would_go_is_known_beforehand() -> None:
    line = Line()
    assert line.motor.towards(50) is None
    await line.homed("up")
    assert line.motor.towards(50) == "down"
    assert [line.motor.towards(p) for p in (100, "50", True, None)] == [None] * 4
    screen = await Line(kind="screen").homed("up")
    assert screen.motor.towards(50) == "down"


async def test_a_screen_counts_downwards() -> None:
    line = Line(kind="screen")
    line.drive("down")
    await line.clock.advance(11.0)
    assert (line.told["position"], line.told["end"]) == (100, "bottom")


async def test_a_curtain_is_open_or_closed() -> None:
    spec = MotionSpec(up=Stroke("open", 10.0), down=Stroke("close", 10.0))
    line = Line(spec, "curtain")
    line.drive("close")
    await line.clock.advance(13.0)
    assert (line.told["position"], line.told["end"]) == (0, "closed")
    line.drive("open")
    await line.clock.advance(5.0)
    assert (line.told["moving"], line.told["end"]) == ("open", "mid")


async def test_the_position_is_told_while_it_runs() -> None:
    line = await Line().homed("up")
    line.heard.clear()
    line.drive("down")
    await line.clock.advance(2.1)
    assert [v for p, v in line.heard if p == "position"] == [94, 88, 81, 75]


# -- what was never taken -----------------------------------------------------------------------------------------


async def test_what_never_left_is_never_told() -> None:
    line = Line()
    line.answers["up"] = OFFLINE
    line.drive("up")
    await line.clock.advance(0.1)
    assert line.heard == []
    assert (line.motor.moving, line.motor.running, line.motor.busy) == (False, None, False)


async def test_what_the_device_refuses_stands_where_it_stood() -> None:
    line = await Line().homed("up")
    line.answers["down"] = FAILED
    line.drive("down")
    await line.clock.advance(0.1)
    assert (line.told["moving"], line.told["end"]) == ("none", "top")
    assert not line.motor.moving
    await line.clock.advance(60)
    assert line.commands() == ["down"]


async def test_no_answer_may_mean_that_it_moves() -> None:
    line = Line()
    line.answers["up"] = TIMEOUT
    line.drive("up")
    await line.clock.advance(1.0)
    assert line.motor.running == "up"
    await line.clock.advance(12.0)
    assert line.commands() == ["up", "stop"]


async def test_a_second_ask_that_is_refused_does_not_end_the_first() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    line.answers["up"] = FAILED
    line.drive("up")
    await line.clock.advance(1.0)
    assert line.motor.moving
    await line.clock.advance(12.0)
    assert line.commands()[-1] == "stop"


async def test_a_first_ask_that_is_refused_late_leaves_the_second_in_charge() -> None:
    line = Line()
    line.answers["up"], line.takes["up"] = FAILED, 0.5
    line.drive("up")
    await line.clock.advance(0.3)
    line.answers["up"] = SENT
    line.drive("up")
    await line.clock.advance(1.0)
    assert line.motor.moving
    await line.clock.advance(12.0)
    assert line.commands() == ["up", "up", "stop"]


async def test_a_run_that_was_stopped_before_it_left_does_not_begin() -> None:
    line = Line()

    async def late(command: str, args: dict[str, Any], left: Callable[[], None]) -> Outcome:
        await line.clock.sleep(1.0)
        left()
        return Outcome(OutcomeKind.CANCELLED, "stopped")

    asked = asyncio.create_task(line.motor.drive("up", {}, late))
    await line.clock.advance(0.5)
    await line.motor.stop()
    await line.clock.advance(1.0)
    assert asked.result() == Outcome(OutcomeKind.CANCELLED, "stopped")
    assert line.told["moving"] == "none"
    assert not line.motor.moving


# -- what the device says -----------------------------------------------------------------------------------------


async def test_the_devices_own_word_overrides_the_estimate() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(3.0)
    line.motor.observe_end("top")
    assert (line.told["moving"], line.told["position"]) == ("none", 100)


async def test_the_other_end_says_where_it_started_from() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(0.1)
    line.motor.observe_end("bottom")
    await line.clock.advance(0.5)
    assert line.told["moving"] == "up"
    assert line.told["homed"] is True
    line.motor.observe_end("mid")
    assert line.told["moving"] == "up"


async def test_an_end_that_is_reported_and_does_not_come_is_a_fault() -> None:
    line = Line()
    line.motor.observe_end("bottom")
    line.drive("up")
    await line.clock.advance(12.1)
    assert line.told["fault"] == "no_limit"
    assert line.commands() == ["up", "stop"]
    assert (line.told["homed"], line.told["end"]) == (False, "unknown")


async def test_a_lost_device_is_sent_a_stop_and_nobody_knows_where_it_stands() -> None:
    line = await Line().homed("up")
    line.drive("down")
    await line.clock.advance(1.0)
    line.answers["stop"] = OFFLINE
    line.motor.forget()
    await line.clock.advance(0.1)
    assert line.commands() == ["down", "stop"]
    assert not line.motor.estimate.homed
    assert not line.motor.moving
    busy: list[bool] = []
    for _ in range(2):
        await line.clock.advance(9.8)
        busy.append(line.motor.busy)
    assert busy == [True, False]
    assert line.commands() == ["down", "stop"]


async def test_a_device_that_is_back_has_its_pause_in_both_directions() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    line.motor.forget()
    await line.clock.advance(1.0)
    line.sent.clear()
    line.motor.found()
    line.drive("up")
    await line.clock.advance(0.4)
    assert line.commands() == []
    await line.clock.advance(0.2)
    assert line.commands() == ["up"]


async def test_after_the_stop_of_a_new_connection_it_is_taken_to_stand() -> None:
    line = Line()
    line.motor.was_stopped()
    assert line.told == {"moving": "none"}
    line.drive("up")
    await line.clock.advance(0.1)
    line.motor.was_stopped()
    assert line.told["moving"] == "up"
    other = Line(MotionSpec(SPEC.up, SPEC.down, stop_on_start=False))
    other.motor.was_stopped()
    assert other.told == {}


async def test_a_lost_device_that_stood_is_left_alone() -> None:
    line = await Line().homed("up")
    line.motor.forget()
    await line.clock.advance(1.0)
    assert line.commands() == []
    assert not line.motor.estimate.homed


async def test_after_a_stop_it_is_busy_for_its_pause() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    await line.motor.stop()
    busy = [line.motor.busy]
    await line.clock.advance(0.6)
    assert [*busy, line.motor.busy] == [True, False]


# -- a device that knows its own way ------------------------------------------------------------------------------


async def test_a_way_of_its_own_has_the_longest_run_too() -> None:
    line = await Line().homed("up")
    line.drive("preset")
    await line.clock.advance(0.6)
    assert line.commands() == ["preset"]
    assert line.motor.running == "preset"
    assert not line.motor.estimate.homed
    await line.clock.advance(20.0)
    assert line.commands() == ["preset", "stop"]
    assert line.told["fault"] == "max_run"


async def test_a_way_of_its_own_turns_round_with_a_pause_always() -> None:
    line = Line()
    line.drive("preset")
    await line.clock.advance(1.0)
    line.drive("preset")
    await line.clock.advance(1.0)
    assert line.commands() == ["preset", "stop", "preset"]
    assert line.at("preset") - line.at("stop") >= 0.5


async def test_a_tick_after_the_end_says_nothing() -> None:
    line = await Line().homed("up")
    line.motor._tick()
    line.drive("preset")
    await line.clock.advance(0.1)
    line.heard.clear()
    line.motor._tick()
    assert line.heard == []
