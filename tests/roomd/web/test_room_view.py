"""The room as pages get it: complete enough that no page needs to know a driver."""

from __future__ import annotations

from pathlib import Path

from roomd.control.room import Misconfigured, Zone
from roomd.web.answers import SnapshotMessage
from roomd.web.room_shape import RoomShape
from roomd.web.room_view import describe_device, describe_room, snapshot
from tests.support.lamp_room import LIFT, device, lamp_room, plan
from tests.support.web_room import make_services

ZONE = Zone("all", {"zh": "全部", "en": "All"}, ("a", "lift"))
ROOM = plan(device("a", "l1"), device("lift", "l2", LIFT), zones=(ZONE,))


async def test_the_room_and_its_snapshot_are_what_their_models_say(tmp_path: Path) -> None:
    async with lamp_room(ROOM) as room:
        services = make_services(room, tmp_path)
        shape = RoomShape.model_validate(describe_room(services))
        assert [d.id for d in shape.devices] == ["a", "lift"]
        assert [z.devices for z in shape.zones] == [["a", "lift"]]
        assert shape.build == services.assets.build
        message = SnapshotMessage.model_validate(snapshot(services))
        assert message.seq == room.store.seq
        assert set(message.points) >= {"a.level", "a.online", "lift.moving"}


async def test_points_and_commands_say_type_range_and_unit_and_nothing_that_is_not_set(
    tmp_path: Path,
) -> None:
    async with lamp_room(ROOM) as room:
        shown = describe_device(room.dispatch.devices["a"])
        assert shown["points"]["level"] == {"type": "number", "min": 0, "max": 100, "unit": "%"}
        assert shown["points"]["online"] == {"type": "bool"}
        assert shown["commands"]["set"] == {
            "args": {"level": {"type": "number", "min": 0, "max": 100}}
        }
        assert shown["commands"]["step"] == {}
        assert shown["capabilities"][0] == "Dimmer"
        assert "misconfigured" not in shown


async def test_a_motor_says_how_it_is_run_and_has_the_points_of_all_motors() -> None:
    async with lamp_room(ROOM) as room:
        shown = describe_device(room.dispatch.devices["lift"])
        assert {c: shown["commands"][c].get("run") for c in ("up", "down", "goto", "stop")} == {
            "up": "hold",
            "down": "hold",
            "goto": "hold",
            "stop": None,
        }
        assert {"moving", "position", "end", "homed"} <= shown["points"].keys()
        assert "Motion" in shown["capabilities"]


async def test_a_misconfigured_device_is_shown_with_its_place() -> None:
    broken = device("b", "")
    for problem, place in (
        (Misconfigured("room.yaml", 7, 3, "unknown_driver", {}), "room.yaml:7"),
        (Misconfigured("", 0, 0, "driver_failed", {}), "driver_failed"),
    ):
        entry = type(broken)(**{**broken.__dict__, "spec": None, "problem": problem})
        async with lamp_room(plan(device("a", "l1"), entry)) as room:
            shown = describe_device(room.dispatch.devices["b"])
            assert shown["misconfigured"] == place
            assert (shown["commands"], shown["capabilities"]) == ({}, [])
            assert shown["points"].keys() == {"online", "fault"}
