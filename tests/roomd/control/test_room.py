"""One device of the room: what it can do, and that a driver which died cannot keep a motor running."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.commands import Arg, Outcome, OutcomeKind
from drivers.errors import Unreachable
from drivers.execute import Request
from drivers.motion import MotionSpec, Stroke
from roomd.control.room import Misconfigured, RoomDevice, describe_argument
from tests.support.lamp_room import LIFT, LampRoom, device, lamp_room, plan

STOP = b"a stop"
TAP = MotionSpec(up=Stroke("up", 10.0), down=Stroke("down", 8.0), run="tap")


def broken(room: LampRoom, frames: tuple[bytes, ...] = (STOP,)) -> RoomDevice:
    """Return a device whose driver fails at its own stop."""
    found = room.dispatch.devices["a"]
    assert found.device is not None

    async def stop() -> None:
        raise KeyError("a bug")

    found.device.stop = stop  # type: ignore[attr-defined]  # broken on purpose
    found.stop_frames = frames
    return found


async def stopped(room: LampRoom) -> Outcome:
    return await room.do("a.stop")


async def test_a_driver_that_fails_is_passed_by_with_the_prepared_frames() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        broken(room, (STOP, STOP))
        outcome = await stopped(room)
        assert (outcome.kind, outcome.tx) == (OutcomeKind.SENT, 2)
        assert room.lines["l1"].texts() == ["a stop", "a stop"]


async def test_the_longest_run_ends_although_its_driver_has_died() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 1.5)
        broken(room)
        await room.finger("h1", 25)
        assert [t for t in room.lines["l1"].texts() if t != "a?"][-1] == "a stop"
        assert room.shown("a.moving")[0] == "none"


async def test_without_prepared_frames_it_says_that_it_failed() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        broken(room, ())
        outcome = await stopped(room)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "driver_error")


async def test_where_the_line_is_gone_too_it_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        broken(room)

        async def gone(_frame: Any) -> None:
            raise Unreachable("gone")

        monkeypatch.setattr(room.lines["l1"], "send", gone)  # a cable that is cut
        outcome = await stopped(room)
        assert (outcome.kind, outcome.code) == (OutcomeKind.OFFLINE, "unreachable")


async def test_a_motors_own_block_decides_how_it_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async with lamp_room(plan(device("a", "l1", LIFT), device("b", "l2"))) as room:
        lift, lamp = room.dispatch.devices["a"], room.dispatch.devices["b"]
        specs = lift.commands
        assert [lift.run_of(specs[name]) for name in ("up", "goto", "set")] == [
            "hold",
            "hold",
            None,
        ]
        assert lamp.run_of(lamp.commands["up"]) == "hold"
        monkeypatch.setattr(type(lift.device), "motion_spec", TAP)
        assert lift.run_of(specs["up"]) == "tap"
        assert (await room.do("a.up")).kind is OutcomeKind.SENT


async def test_goto_is_reckoned_where_the_device_has_none() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        assert room.dispatch.devices["a"].estimates


async def test_a_device_that_could_not_be_made_does_nothing() -> None:
    entry = RoomDevice("x", "light", "", {}, problem=Misconfigured("r", 1, 1, "unknown_key", {}))
    entry.learn()
    assert (entry.commands, entry.points, entry.capabilities) == ({}, (), ())
    assert not entry.estimates
    assert (await entry.run(Request("on"))).code == "misconfigured"
    assert (await entry.stop()).code == "misconfigured"


def test_an_argument_says_only_what_is_set() -> None:
    assert describe_argument(Arg("bool")) == {"type": "bool"}
    assert describe_argument(Arg("enum", values=("a", "b"), optional=True)) == {
        "type": "enum",
        "values": ["a", "b"],
        "optional": True,
    }
    assert describe_argument(Arg("number", 0, 100, 0.5, "%")) == {
        "type": "number",
        "min": 0,
        "max": 100,
        "step": 0.5,
        "unit": "%",
    }
