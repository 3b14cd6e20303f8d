"""A room that is left: the countdown, 保持, the end scene; and everything that counts as somebody being there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.points import PointSpec, PointValue, Quality, Report
from roomd.config.models.schedules import Occupancy as Entry
from roomd.control.commands import Actor, Command, Origin
from roomd.control.occupancy import Occupancy
from roomd.state.store import Store

POINTS = (PointSpec("value", "bool"), PointSpec("count", "int"))


def entry(**fields: Any) -> Entry:
    given = {"from": ["pir.value"], "vacant_for": "20min", "warn": "2min", "scene": "end", **fields}
    return Entry.model_validate_json(json.dumps(given), strict=True)


class Hall:
    """A room with a sensor, and what it started and told."""

    def __init__(self) -> None:
        self.clock = VirtualClock(pause=0)
        self.store = Store(self.clock)
        self.store.declare("pir", POINTS)
        self.started: list[str] = []
        self.told: list[Mapping[str, Any]] = []
        self.occupancy = Occupancy(self.clock, self.store, self.started.append, self.told.append)

    def say(
        self, value: PointValue, quality: Quality = Quality.OBSERVED, point: str = "value"
    ) -> None:
        self.store.report(Report("pir", point, value, quality))

    def do(self, origin: Origin) -> None:
        self.occupancy.asked(Command("a", "on", {}, Actor("anna", "presenter"), origin))


def hall(value: PointValue = False) -> Hall:  # a value, not a switch
    room = Hall()
    room.say(value)
    room.occupancy.use(entry())
    return room


async def test_it_counts_down_then_runs_once() -> None:
    room = hall()
    await room.clock.advance(1199)
    assert room.told == []
    await room.clock.advance(1.5)
    assert room.told == [{"type": "countdown", "scene": "end", "seconds": 120}]
    await room.clock.advance(119)
    assert [m["seconds"] for m in room.told] == [*range(120, 0, -1)]
    assert room.started == []
    await room.clock.advance(1)
    assert room.started == ["end"]
    assert room.told[-1] == {"type": "countdown", "scene": "end", "seconds": None}
    await room.clock.advance(86_400)
    assert room.started == ["end"]


async def test_each_time_that_it_is_left_it_runs_again() -> None:
    room = hall()
    await room.clock.advance(1400)
    room.say(True)
    await room.clock.advance(3600)
    assert room.started == ["end"]
    room.say(False)
    await room.clock.advance(1400)
    assert room.started == ["end", "end"]


async def test_keep_ends_the_countdown_and_waiting_begins_anew() -> None:
    room = hall()
    assert not room.occupancy.keep()
    await room.clock.advance(1210)
    assert room.occupancy.countdown == {"type": "countdown", "scene": "end", "seconds": 110}
    assert room.occupancy.keep()
    assert room.told[-1]["seconds"] is None
    await room.clock.advance(1199)
    assert room.started == []
    await room.clock.advance(122)
    assert room.started == ["end"]


@pytest.mark.parametrize(
    "quality", [Quality.STALE, Quality.SUSPECT, Quality.UNKNOWN, Quality.ASSUMED]
)
async def test_a_sensor_that_cannot_be_believed_says_that_somebody_is_there(
    quality: Quality,
) -> None:
    room = hall()
    await room.clock.advance(1210)
    room.say(False, quality)
    assert room.told[-1]["seconds"] is None
    await room.clock.advance(7200)
    assert room.started == []


async def test_a_sensor_that_goes_offline_in_the_countdown_ends_it() -> None:
    room = hall()
    await room.clock.advance(1210)
    room.store.lose("pir")
    await room.clock.advance(7200)
    assert room.started == []


async def test_a_sensor_that_a_reload_takes_away_ends_it() -> None:
    room = hall()
    await room.clock.advance(600)
    room.store.remove("pir")
    await room.clock.advance(7200)
    assert (room.started, room.told) == ([], [])
    room.store.declare("pir", POINTS)
    room.say(False)
    await room.clock.advance(1210)
    room.store.remove("pir")
    await room.clock.advance(7200)
    assert room.started == []
    assert room.told[-1]["seconds"] is None


async def test_one_sensor_of_two_is_enough_to_be_there() -> None:
    room = Hall()
    room.occupancy.use(entry(**{"from": ["pir.value", "pir.count"]}))
    room.say(False)
    room.say(2, point="count")
    await room.clock.advance(7200)
    assert room.told == []
    room.say(0, point="count")
    await room.clock.advance(1400)
    assert room.started == ["end"]


@pytest.mark.parametrize(
    "origin, there",
    [
        ("panel", True),
        ("api", True),
        ("scene", True),
        ("cli", True),
        ("occupancy", False),
        ("schedule", False),
        ("mqtt", False),
        ("rule", False),
    ],
)
async def test_who_touches_something_is_there(origin: Origin, there: bool) -> None:
    room = hall()
    await room.clock.advance(1210)
    room.do(origin)
    await room.clock.advance(300)
    assert room.started == ([] if there else ["end"])


async def test_a_touch_without_an_entry_does_nothing() -> None:
    room = Hall()
    room.say(False)
    room.do("panel")
    await room.clock.advance(7200)
    assert (room.started, room.told) == ([], [])


async def test_a_reload_of_the_same_changes_nothing_and_none_ends_it() -> None:
    room = hall()
    await room.clock.advance(1210)
    room.occupancy.use(entry())
    assert room.occupancy.countdown is not None
    room.occupancy.use(None)
    assert room.told[-1]["seconds"] is None
    await room.clock.advance(7200)
    assert room.started == []


async def test_after_the_end_of_the_daemon_nothing_runs() -> None:
    room = hall()
    await room.clock.advance(1210)
    room.occupancy.close()
    room.occupancy.close()
    room.say(True)
    room.say(False)
    await room.clock.advance(7200)
    assert room.started == []
