"""The operation record in the daemon: meetings, signed heads that go elsewhere, rows that are old enough to go."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from drivers.clock import Clock, Timer
from drivers.job import Denial
from roomd.audit.anchor import Anchor
from roomd.audit.anchoring import Places, put
from roomd.audit.entry import Entry
from roomd.audit.record import Record, Unwritable
from roomd.config.models.audit import Audit
from roomd.config.room import Room
from roomd.control.commands import Command
from roomd.control.meeting import Meeting

log = structlog.stdlib.get_logger(__name__)
DAY: Final = 86_400.0


class RecordService:
    """See the module.

    Args:
        clock: when a day is over.
        record: what is written.
        meeting: the room's meeting.
        trusted: whether the wall clock can be believed; rows go by age only then.
    """

    def __init__(
        self, clock: Clock, record: Record, meeting: Meeting, trusted: Callable[[], bool]
    ) -> None:
        self._clock, self._record, self._meeting, self._trusted = clock, record, meeting, trusted
        self._audit = Audit()
        self._places = Places()
        self._zone: dt.tzinfo = dt.UTC
        self._timer: Timer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.last = ""
        """The last anchor, as text."""
        meeting.started.append(self._began)
        meeting.ended.append(self._ended)

    def use(self, room: Room) -> None:
        """Go over to a room file's settings."""
        self._audit = audit = room.file.audit
        host, _, port = (audit.anchors.syslog or "").rpartition(":")
        folder = None if audit.anchors.folder is None else Path(audit.anchors.folder)
        syslog = (host.strip("[]"), int(port)) if host else None
        self._places = Places(folder, syslog)
        self._zone = ZoneInfo(room.file.room.timezone)
        if self._timer is None:
            self._timer = self._clock.call_later(DAY, self._daily)

    def denial(self, command: Command) -> Denial | None:
        """Refuse everything but stops while the record cannot be written, where the room file wants that."""
        if self._audit.when_unwritable == "stop_only" and not self._record.writable:
            return Denial("record_unwritable", {"device": command.device})
        return None

    def _began(self, number: int) -> None:
        self.last = ""
        self._record.post(Entry("meeting.begin", actor="roomd", obj=str(number)))

    def _ended(self, number: int, failed: list[str]) -> None:
        detail = {"not_wiped": failed} if failed else {}
        self._record.post(Entry("meeting.end", actor="roomd", obj=str(number), detail=detail))
        self._spawn(self.anchor())

    async def anchor(self) -> None:
        """Sign the record's head and take it to its places."""
        try:
            found: Anchor = await self._record.ask(lambda ledger: ledger.anchor())
        except Exception as error:  # noqa: BLE001  # of the database; the record says so itself
            log.warning("anchor.failed", why=str(error))
            return
        self.last = found.text()
        for why in await asyncio.to_thread(put, found, self._places):
            log.warning("anchor.not_put", why=why)

    def _daily(self) -> None:
        self._timer = self._clock.call_later(DAY, self._daily)
        self._spawn(self._day())

    async def _day(self) -> None:
        await self.anchor()
        if not self._trusted():
            return  # by a clock that is wrong, everything may look old enough
        await self.drop_old()

    async def drop_old(self) -> int:
        """Delete rows that are older than the room file keeps them; return how many."""
        now = dt.datetime.fromtimestamp(self._clock.wall(), self._zone)
        before = months_before(now, self._audit.months).isoformat(timespec="milliseconds")
        try:
            dropped: int = await self._record.ask(lambda ledger: ledger.drop_before(before))
        except (Unwritable, OSError) as error:
            log.warning("record.not_shortened", why=str(error))
            return 0
        if dropped:
            log.info("record.shortened", rows=dropped, before=before)
        return dropped

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Finish what is under way."""
        if self._timer is not None:
            self._timer.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=1.0)


def months_before(now: dt.datetime, months: int) -> dt.datetime:
    """Return the same day so many months earlier, or the last of that month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in range(now.day, now.day - 4, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("a month has at least 28 days")
