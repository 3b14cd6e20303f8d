"""The calendar's files: read again, one that breaks keeps what it said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.clock import VirtualClock
from roomd.control.agenda import LARGEST, Calendar
from tests.roomd.control.test_meetings import calendar, event
from tests.support.waiting import until

ZONE = ZoneInfo("Asia/Shanghai")


class Wall:
    """A calendar beside a virtual clock."""

    def __init__(self) -> None:
        self.clock = VirtualClock(pause=0)
        self.told: list[str | None] = []
        self.calendar = Calendar(self.clock, self.told.append)

    def titles(self) -> list[str]:
        return [meeting.title for meeting in self.calendar.next()]

    async def look(self) -> None:
        """Let the time of the next look come, and wait for it."""
        seen = len(self.told)
        await self.clock.advance(60)
        await until(lambda: len(self.told) > seen)


@asynccontextmanager
async def wall(path: Path) -> AsyncIterator[Wall]:
    desk = Wall()
    await desk.calendar.use(path, ZONE)
    await until(lambda: desk.told)
    try:
        yield desk
    finally:
        await desk.calendar.close()


def meeting(title: str, hour: int = 10) -> bytes:
    return calendar(event(f"20261126T{hour:02}0000", f"20261126T{hour:02}3000", title))


async def test_a_file_is_read_again_and_a_broken_one_keeps_what_it_said(tmp_path: Path) -> None:
    file = tmp_path / "calendar.ics"
    file.write_bytes(meeting("Review"))
    async with wall(file) as desk:
        assert (desk.titles(), desk.told) == (["Review"], [None])
        file.write_bytes(b"BEGIN:VCALENDAR\r\nrubbish")
        await desk.look()
        assert (desk.titles(), desk.told[-1]) == (["Review"], "calendar.ics")
        file.write_bytes(b" " * (LARGEST + 1))
        await desk.look()
        assert desk.titles() == ["Review"]
        file.unlink()
        await desk.look()
        assert (desk.titles(), desk.told[-1]) == (["Review"], "calendar.ics")
        file.write_bytes(meeting("Interview"))
        await desk.look()
        assert (desk.titles(), desk.told[-1]) == (["Interview"], None)


async def test_a_folder_is_all_its_calendars(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_bytes(meeting("Second", 11))
    (tmp_path / "b.ICS").write_bytes(meeting("First", 9))
    (tmp_path / "notes.txt").write_bytes(b"no calendar")
    async with wall(tmp_path) as desk:
        assert (desk.titles(), desk.told) == (["First", "Second"], [None])
        (tmp_path / "a.ics").unlink()
        await desk.look()
        assert desk.titles() == ["First"]
        await desk.calendar.use(tmp_path / "gone", ZONE)
        await until(lambda: desk.told[-1] == "gone")
        assert desk.titles() == []


async def test_without_a_calendar_there_are_no_meetings(tmp_path: Path) -> None:
    (tmp_path / "calendar.ics").write_bytes(meeting("Review"))
    async with wall(tmp_path / "calendar.ics") as desk:
        assert desk.calendar.configured
        await desk.calendar.use(None, ZONE)
        assert (desk.titles(), desk.calendar.configured) == ([], False)
        await desk.calendar.look()
        await desk.clock.advance(600)
        await asyncio.sleep(0)
        assert desk.told[-1] is None
