"""Judging steps on a copy of the state."""

from __future__ import annotations

import json

from drivers.errors import Unreachable
from roomd.config.models.scenes import Scene
from roomd.control.preflight import Forecast, preflight
from roomd.control.room import Misconfigured
from roomd.control.scene_steps import Room
from tests.roomd.control.scene_room import SceneRoom, scene_room

DARK = {"id": "dark", "deny": {"device": "d"}, "unless": {"a.level": {"below": 10}}}


def steps_of(*steps: dict[str, object]) -> Scene:
    text = json.dumps({"name": {"zh": "场景", "en": "Scene"}, "steps": steps})
    return Scene.model_validate_json(text, strict=True)


def look(room: SceneRoom, *steps: dict[str, object], origin: str = "scene") -> list[Forecast]:
    there = Room(room.room.dispatch.devices, room.room.dispatch.zones, {}, room.room.store)
    return preflight(there, steps_of(*steps).steps, room.safety.interlocks, origin)


def verdicts(found: list[Forecast]) -> list[str]:
    return [f.verdict for f in found]


async def test_a_step_that_makes_the_next_one_possible_counts() -> None:
    async with scene_room() as room:
        room.rules(DARK)
        await room.room.do("a.set", level=80)
        up: dict[str, object] = {"device": "d", "command": "up"}
        assert verdicts(look(room, up)) == ["will_be_refused"]
        assert verdicts(look(room, {"set": {"a": {"level": 1}}}, up)) == ["ok", "ok"]
        assert verdicts(look(room, {"wait": {"a.level": [3, 4]}, "timeout": "5s"}, up)) == ["ok"]


async def test_branches_are_taken_by_what_would_be_so() -> None:
    async with scene_room() as room:
        branch: dict[str, object] = {
            "if": {"a.level": 1},
            "then": [{"set": {"c": {"level": 1}}}],
            "else": [{"set": {"c": {"level": 2}}}],
        }
        (_, taken) = look(room, {"set": {"a": {"level": 1}}}, branch)
        assert taken.args == {"level": 1}
        assert taken.step == "2.1"


async def test_offline_and_misconfigured_devices_are_named() -> None:
    async with scene_room() as room:
        room.room.lines["l1"].refuse_open = Unreachable("gone")
        room.room.lines["l1"].lose()
        room.room.dispatch.devices["c"].problem = Misconfigured("room.yaml", 7, 3, "x", {})
        await room.pass_(0.2)
        found = look(room, {"set": {"lamps": {"level": 9}}})
        by_device = {f.device: (f.verdict, f.code) for f in found}
        assert by_device["c"] == ("will_be_refused", "misconfigured")
        assert by_device["a"] == ("offline", "unreachable")


async def test_where_the_wish_comes_from_counts() -> None:
    async with scene_room() as room:
        (found,) = look(room, {"device": "b", "command": "up"}, origin="schedule")
        assert found.params["rule"] == "no_unattended_motion"
        shown = found.as_json()
        assert (shown["verdict"], shown["code"]) == ("will_be_refused", "interlocked")
