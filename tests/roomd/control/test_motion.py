"""A motor keeps its pauses and limits whatever is asked of it."""

from __future__ import annotations

import asyncio
from typing import Any

from drivers.clock import VirtualClock
from drivers.commands import Outcome, OutcomeKind
from drivers.motion import MotionSpec, Stroke
from drivers.points import PointValue
from roomd.control.motion import Motor

SENT = Outcome(OutcomeKind.SENT, tx=1)
SPEC = MotionSpec(up=Stroke("up", 10.0), down=Stroke("down", 8.0), reverse_pause=0.5, max_run=20.0)


class Line:
    """What left for the motor, with its time, and what was told of it."""

    def __init__(self, spec: MotionSpec = SPEC, kind: str = "lift") -> None:
        self.clock = VirtualClock()
        self.sent: list[tuple[float, str]] = []
        self.told: dict[str, PointValue] = {}
        self.answer = SENT
        self.motor = Motor(kind, spec, self.clock, self.halt, self.told.__setitem__)

    async def halt(self) -> Outcome:
        return await self.run("stop", {})

    async def run(self, command: str, args: dict[str, Any]) -> Outcome:
        self.sent.append((self.clock.monotonic(), command))
        return self.answer

    def drive(self, command: str) -> asyncio.Task[Outcome]:
        return asyncio.create_task(self.motor.drive(command, {}, self.run))

    def commands(self) -> list[str]:
        return [command for _, command in self.sent]


async def test_the_other_direction_is_stop_pause_go() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    line.drive("down")
    await line.clock.advance(1.0)
    assert line.commands() == ["up", "stop", "down"]
    assert line.sent[2][0] - line.sent[1][0] >= 0.5


async def test_after_a_stop_the_other_direction_still_waits() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(1.0)
    await line.motor.stop()
    line.drive("down")
    await line.clock.advance(0.4)
    assert line.commands() == ["up", "stop"]
    await line.clock.advance(0.2)
    assert line.commands() == ["up", "stop", "down"]


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
    line.drive("down")
    await line.clock.advance(5.0)
    assert line.commands() == ["up", "stop"]


async def test_a_full_run_stands_at_the_end_and_is_homed() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(11.9)
    assert line.told["moving"] == "up"
    await line.clock.advance(0.2)
    assert (line.told["moving"], line.told["end"], line.told["homed"]) == ("none", "top", True)
    assert line.told["position"] == 100
    assert line.commands() == ["up"]


async def test_the_longest_run_ends_in_stop_and_a_fault() -> None:
    short = MotionSpec(up=Stroke("up", 10.0), down=Stroke("down", 8.0), max_run=5.0)
    line = Line(short)
    line.drive("up")
    await line.clock.advance(5.1)
    assert line.commands() == ["up", "stop"]
    assert line.told["fault"] == "max_run"


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
    assert line.commands() == ["up", "down"]


async def test_goto_needs_a_known_place_and_stops_on_the_way() -> None:
    line = Line()
    assert (await line.motor.goto(50, line.run)).code == "not_homed"
    line.drive("up")
    await line.clock.advance(13.0)
    going = asyncio.create_task(line.motor.goto(50, line.run))
    await line.clock.advance(6.0)
    assert going.result().kind is OutcomeKind.SENT
    assert line.commands() == ["up", "down", "stop"]
    assert line.told["position"] == 50


async def test_a_screen_counts_downwards() -> None:
    line = Line(kind="screen")
    line.drive("down")
    await line.clock.advance(11.0)
    assert (line.told["position"], line.told["end"]) == (100, "bottom")


async def test_a_refused_command_leaves_it_standing() -> None:
    line = Line()
    line.answer = Outcome(OutcomeKind.OFFLINE, "unreachable")
    line.drive("up")
    await line.clock.advance(0.1)
    assert line.told["moving"] == "none"
    assert not line.motor.moving


async def test_the_devices_own_word_overrides_the_estimate() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(3.0)
    line.motor.observe_end("top")
    assert (line.told["moving"], line.told["position"]) == ("none", 100)


async def test_a_lost_link_forgets_where_it_stands() -> None:
    line = Line()
    line.drive("up")
    await line.clock.advance(13.0)
    line.motor.forget()
    assert not line.motor.estimate.homed
