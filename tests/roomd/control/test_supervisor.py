"""A reload touches only what changed; nothing moves because of a start."""

from __future__ import annotations

import asyncio

from drivers.errors import Unreachable
from drivers.points import Quality, Report
from drivers.session import PortState
from roomd.control.plan import RoomPlan
from tests.support.lamp_room import LAMP, LIFT, LampRoom, device, lamp_room, plan


async def test_at_the_start_a_motor_gets_stop_and_nothing_that_moves() -> None:
    room = LampRoom()
    await room.supervisor.apply(plan(device("a", "l1", LIFT)))
    await room.clock.advance(3)
    assert room.lines["l1"].texts()[:3] == ["a stop"] * 3
    assert set(room.lines["l1"].texts()) == {"a stop", "a?"}
    await room.supervisor.close()


async def test_after_that_stop_a_motor_is_taken_to_stand() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        assert room.shown("a.moving") == ("none", "assumed")
        assert room.shown("a.position") == (None, "unknown")


async def test_a_dead_line_is_told_and_the_rest_of_the_room_works() -> None:
    async with lamp_room(plan(device("a", "l1"), device("b", "l2"))) as room:
        room.lines["l2"].refuse_open = Unreachable("gone")
        room.lines["l2"].lose()
        await room.clock.advance(0.5)
        assert room.shown("b.online") == (False, "observed")
        assert room.shown("b.level") == (5, "stale")
        assert room.supervisor.states["b"] == ("offline", "unreachable")
        assert (await room.do("a.set", level=7)).kind.value == "confirmed"


async def test_a_changed_device_reconnects_its_own_line_only() -> None:
    async with lamp_room(plan(device("a", "l1"), device("b", "l2"))) as room:
        kept = room.dispatch.devices["a"].device
        change = await room.supervisor.apply(plan(device("a", "l1"), device("b", "l3")))
        await room.clock.advance(1)
        assert (change.changed, change.untouched) == (("b",), ("a",))
        assert room.dispatch.devices["a"].device is kept
        assert room.lines["l1"].opened == 1
        assert room.lines["l1"].texts() == []
        assert not room.lines["l2"].is_open
        assert room.shown("b.level") == (5, "confirmed")


async def test_a_new_name_touches_nothing() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        change = await room.supervisor.apply(plan(device("a", "l1", zh="主灯")))
        assert change.untouched == ("a",)
        assert room.dispatch.devices["a"].name["zh"] == "主灯"
        assert room.lines["l1"].opened == 1


async def test_a_removed_device_is_gone_and_an_added_one_comes_up() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        await room.supervisor.apply(plan(device("c", "l1")))
        await room.clock.advance(1)
        assert "a.level" not in room.store.snapshot()
        assert room.shown("c.level") == (5, "confirmed")
        assert (await room.do("a.set", level=1)).code == "unknown_device"


async def test_a_driver_that_cannot_be_built_is_out_and_the_room_goes_on() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:

        def broken(*_: object) -> None:
            raise ValueError("no")

        bad = device("b", "l2")
        bad = type(bad)(
            **{**bad.__dict__, "spec": type(LAMP)(**{**LAMP.__dict__, "device": broken})}
        )
        await room.supervisor.apply(plan(device("a", "l1"), bad))
        assert (await room.do("b.set", level=1)).code == "driver_failed"
        assert [d["code"] for d in room.supervisor.health()] == [None, "driver_failed"]
        assert (await room.do("a.set", level=1)).kind.value == "confirmed"


async def test_what_moves_stays_until_it_stands() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.6)
        changing = asyncio.create_task(room.supervisor.apply(RoomPlan({}, {})))
        await room.finger("h1", 0.6)
        assert "a" in room.dispatch.devices
        room.holds.release("tablet-1", "h1")
        await room.clock.advance(1)
        assert changing.done()
        assert room.dispatch.devices == {}


async def test_halt_stops_what_moves_and_refuses_the_rest() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.6)
        halting = asyncio.create_task(room.supervisor.halt())
        await room.clock.advance(0.9)
        assert halting.done()
        assert room.lines["l1"].texts()[-1] == "a stop"
        assert (await room.do("a.set", level=1)).code == "stopping"


async def test_a_link_whose_code_fails_is_started_again() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        line = room.lines["l1"]
        line.refuse_open = RuntimeError("a bug")  # type: ignore[assignment]  # broken on purpose
        line.lose()
        await room.clock.advance(2)
        line.refuse_open = None
        await room.clock.advance(3)
        assert room.supervisor.states["a"][0] == "online"


async def test_devices_stay_in_the_order_of_the_room_file() -> None:
    async with lamp_room(plan(device("b", "l1"), device("a", "l2"))) as room:
        assert list(room.dispatch.devices) == ["b", "a"]
        await room.supervisor.apply(plan(device("c", "l3"), device("b", "l1"), device("a", "l2")))
        assert list(room.dispatch.devices) == ["c", "b", "a"]


async def test_who_was_away_during_a_reload_gets_the_whole_room() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        seq = room.store.seq
        await room.supervisor.apply(plan(device("a", "l1", zh="主灯")))
        assert room.store.since(seq) is None


async def test_a_motors_fault_is_shown_until_it_starts_again() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        found = room.dispatch.devices["a"]
        assert found.device is not None
        found.device.report("fault", "")
        room.hold("h1", "a.up")
        await room.finger("h1", 0.6)
        assert found.motor is not None
        found.motor._too_long()
        await room.clock.advance(1)
        assert room.shown("a.fault") == ("max_run", "observed")
        assert [o.code for _, o in room.ended] == ["max_run"]
        room.hold("h2", "a.up")
        await room.finger("h2", 0.6)
        assert room.shown("a.fault")[0] == ""


async def test_a_device_that_falls_silent_while_it_moves_is_stopped() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.6)
        room.lines["l1"].sent.clear()
        room.supervisor.on_state("a", PortState.SILENT, None)
        await room.clock.advance(1)
        assert "a stop" in room.lines["l1"].texts()
        assert "a up" not in room.lines["l1"].texts()
        assert room.holds.owner("a") is None


async def test_what_moves_can_be_stopped_past_the_loop() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT), device("b", "l2"))) as room:
        for name, line in (("a", "l1"), ("b", "l2")):
            found = room.dispatch.devices[name].device
            assert found is not None
            found.stop_frames = lambda: (b"stop",)  # type: ignore[method-assign]  # a driver that has some
            room.lines[line].descriptor = lambda: 7  # type: ignore[method-assign]  # a real line has one
        assert room.supervisor.stoppable() == ()
        room.hold("h1", "a.up")
        room.hold("h2", "b.up")
        await room.clock.advance(0.1)
        moving = room.supervisor.stoppable()
        assert [(m.device, m.descriptor, m.frames) for m in moving] == [
            ("a", 7, (b"stop",)),
            ("b", 7, (b"stop",)),
        ]
        assert room.supervisor.moving() == ["a"]


async def test_halt_stops_what_is_held_without_a_motor_too() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.3)
        halting = asyncio.create_task(room.supervisor.halt())
        await room.clock.advance(0.9)
        assert halting.result() == []
        assert room.lines["l1"].texts()[-1] == "a stop"


async def test_what_a_device_measures_is_not_overwritten_by_an_estimate() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        found = room.dispatch.devices["a"].device
        assert found is not None
        room.supervisor._reckon(room.dispatch.devices["a"], "level", 70)
        assert room.shown("a.level") == (5, "confirmed")
        room.supervisor._reckon(room.dispatch.devices["a"], "position", 70)
        assert room.shown("a.position") == (70, "assumed")


async def test_the_end_that_a_device_reports_is_taken_by_its_motor() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        room.supervisor.on_report(Report("a", "end", "top", Quality.CONFIRMED))
        assert room.shown("a.end") == ("top", "confirmed")
        assert room.shown("a.position") == (100, "assumed")
        room.supervisor.on_report(Report("nobody", "end", "top", Quality.CONFIRMED))
        assert room.store.dropped["undeclared"] == 1
