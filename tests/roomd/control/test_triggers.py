"""Scenes when points become so, and only when somebody saw them become so."""

from __future__ import annotations

import json

from drivers.clock import VirtualClock
from drivers.points import PointSpec, PointValue, Quality, Report
from roomd.config.models.schedules import Trigger
from roomd.control.triggers import Triggers
from roomd.state.store import Store

ENTRY = Trigger.model_validate_json(
    json.dumps({"when": {"door.value": True, "co2.value": {"above": 1000}}, "scene": "air"}),
    strict=True,
)


class Porch:
    """A door and a meter."""

    def __init__(self) -> None:
        self.store = Store(VirtualClock(pause=0))
        self.store.declare("door", (PointSpec("value", "bool"),))
        self.store.declare("co2", (PointSpec("value", "number"),))
        self.started: list[str] = []
        self.triggers = Triggers(self.store, self.started.append)

    def say(self, device: str, value: PointValue, quality: Quality = Quality.OBSERVED) -> None:
        self.store.report(Report(device, "value", value, quality))


def porch() -> Porch:
    room = Porch()
    room.say("door", False)
    room.say("co2", 400.0)
    room.triggers.use((ENTRY,))
    return room


def test_it_fires_when_all_of_it_becomes_true() -> None:
    room = porch()
    room.say("door", True)
    assert room.started == []
    room.say("co2", 1200.0)
    assert room.started == ["air"]
    room.say("co2", 1300.0)
    assert room.started == ["air"]
    room.say("co2", 500.0)
    room.say("co2", 1200.0)
    assert room.started == ["air", "air"]


def test_what_comes_back_and_is_so_already_fires_nothing() -> None:
    room = porch()
    room.say("door", True)
    room.store.lose("co2")
    room.say("co2", 1200.0)
    assert room.started == []
    room.say("co2", 400.0)
    room.say("co2", 1200.0, Quality.ASSUMED)
    room.say("co2", 1200.0)
    assert room.started == []


def test_a_start_and_a_reload_fire_nothing() -> None:
    room = porch()
    room.say("door", True)
    room.say("co2", 1200.0)
    room.triggers.use((ENTRY,))
    room.say("co2", 1300.0)
    assert room.started == ["air"]
    room.triggers.close()
    room.say("co2", 400.0)
    room.say("co2", 1200.0)
    assert room.started == ["air"]
