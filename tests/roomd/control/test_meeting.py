"""A meeting begins and ends by command; its end leaves nothing, names what failed, and is made good after a crash."""

from __future__ import annotations

import asyncio

from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind
from drivers.execute import Request
from roomd.config.built_in import MEETING
from roomd.control.commands import Actor, Command
from roomd.control.meeting import Meeting
from roomd.state.store import Store


class Room:
    """A meeting with its store and what it told."""

    def __init__(self, kept: dict[str, str] | None = None) -> None:
        clock = VirtualClock()
        self.store = Store(clock)
        self.kept = {} if kept is None else kept
        self.meeting = Meeting(clock, self.store, self.kept)
        self.told: list[tuple[str, int, list[str]]] = []
        self.meeting.started.append(lambda n: self.told.append(("begin", n, [])))
        self.meeting.ended.append(lambda n, failed: self.told.append(("end", n, failed)))
        self.store.declare(MEETING, self.meeting.device().points)

    async def run(self, name: str) -> tuple[OutcomeKind, str | None]:
        outcome = await self.meeting.run(Request(name))
        return outcome.kind, outcome.code

    def shown(self) -> tuple[object, str]:
        point = self.store.get("meeting.live")
        assert point is not None
        return point.value, str(point.quality)


async def test_start_and_end_are_shown_and_do_no_harm_twice() -> None:
    room = Room()
    assert room.shown() == (None, "unknown")
    await room.meeting.open()
    assert room.shown() == (False, "confirmed")
    for _ in range(2):
        assert await room.run("start") == (OutcomeKind.CONFIRMED, None)
        assert room.shown() == (True, "confirmed")
    for _ in range(2):
        assert await room.run("end") == (OutcomeKind.CONFIRMED, None)
        assert room.shown() == (False, "confirmed")
    assert room.told == [("begin", 1, []), ("end", 1, [])]
    await room.run("start")
    assert room.meeting.as_json() == {"number": 2, "live": True}


async def test_every_item_is_wiped_and_what_failed_is_named() -> None:
    room, wiped = Room(), list[str]()

    async def later() -> None:
        await asyncio.sleep(0)
        wiped.append("later")

    def bad() -> None:
        raise OSError("no")

    room.meeting.items.update(now=lambda: wiped.append("now"), bad=bad, later=later)
    await room.run("start")
    assert await room.run("end") == (OutcomeKind.FAILED, "meeting_wipe")
    assert sorted(wiped) == ["later", "now"]
    assert room.told[-1] == ("end", 1, ["bad"])
    assert room.meeting.live is False


async def test_a_meeting_that_a_crash_left_is_wiped_at_the_start() -> None:
    first = Room()
    await first.run("start")
    second, wiped = Room(first.kept), list[str]()
    second.meeting.items["guests"] = lambda: wiped.append("guests")
    await second.meeting.open()
    assert (wiped, second.told, second.shown()[0]) == (["guests"], [("end", 1, [])], False)
    third = Room(first.kept)
    third.meeting.items["guests"] = lambda: wiped.append("again")
    await third.meeting.open()
    assert wiped == ["guests"]


async def test_an_administrator_does_not_test_devices_in_a_meeting() -> None:
    room = Room()
    tests = Command("lamp", "on", {}, Actor("root", "admin"))
    assert room.meeting.denial(tests) is None
    await room.run("start")
    denial = room.meeting.denial(tests)
    assert denial is not None
    assert denial.code == "meeting_live"
    assert room.meeting.denial(Command("lamp", "on", {}, Actor("a", "presenter"))) is None
    assert room.meeting.denial(Command(MEETING, "end", {}, Actor("root", "admin"))) is None
