"""The room's meetings, from an iCalendar file or a folder; one that is broken keeps its last good meetings."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from drivers.clock import Clock, Timer
from roomd.control.meetings import Meeting, meetings_of, upcoming

log = structlog.stdlib.get_logger(__name__)

LOOK = 60.0
"""Seconds between two looks at the files."""
LARGEST = 4 * 1024 * 1024
"""Bytes of one file."""
FILES = 64
"""Files of a folder."""
Told = Callable[[str | None], None]
"""Told the name of a file that cannot be read, or None when all can."""


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    zone: ZoneInfo


class Calendar:
    """See the module.

    Args:
        clock: tells the time.
        told: told what cannot be read, after each look.
    """

    def __init__(self, clock: Clock, told: Told) -> None:
        self._clock, self._told = clock, told
        self._source: _Source | None = None
        self._by_file: dict[Path, list[Meeting]] = {}
        self._timer: Timer | None = None
        self._looking: asyncio.Task[None] | None = None

    @property
    def configured(self) -> bool:
        """Return whether the room has a calendar."""
        return self._source is not None

    async def use(self, path: Path | None, zone: ZoneInfo) -> None:
        """Go over to a file or folder, or to none; it is read soon."""
        source = None if path is None else _Source(path, zone)
        if source != self._source:
            await self.close()
            self._source, self._by_file = source, {}
        if source is None:
            self._told(None)
        else:
            self._look_again()  # a large file takes its time, and the room does not wait for it

    async def close(self) -> None:
        """Read nothing any more."""
        self._source = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
            self._looking = None

    def next(self, count: int = 5) -> list[Meeting]:
        """Return the next meetings, one that goes on included."""
        known = {meeting for meetings in self._by_file.values() for meeting in meetings}
        return upcoming(known, self._now(), count)

    async def look(self) -> None:
        """Read the files; what cannot be read keeps what it said before."""
        source, now = self._source, self._now()
        if source is None:
            return
        found, bad = await asyncio.to_thread(_read, source, now, dict(self._by_file))
        if source != self._source:
            return
        self._by_file = found
        self._told(bad)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_later(LOOK, self._look_again)

    def _look_again(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self.look())

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock.wall(), dt.UTC)


def _read(
    source: _Source, now: dt.datetime, before: dict[Path, list[Meeting]]
) -> tuple[dict[Path, list[Meeting]], str | None]:
    """Return the meetings of each file, and the name of one that cannot be read."""
    found: dict[Path, list[Meeting]] = {}
    try:
        files = list(_files(source.path))
    except OSError as error:
        log.warning("calendar.unreadable", file=source.path.name, why=type(error).__name__)
        return before, source.path.name
    bad: str | None = None
    for path in files:
        try:
            found[path] = meetings_of(_bytes(path), now, source.zone)
        except Exception as error:  # noqa: BLE001  # whatever two parsers make of a stranger's file, the room goes on
            # Never its text: titles are nobody's business in a log.
            log.warning("calendar.unreadable", file=path.name, why=type(error).__name__)
            found[path] = before.get(path, [])
            bad = path.name
    return found, bad


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    yield from sorted(p for p in path.iterdir() if p.suffix.lower() == ".ics")[:FILES]


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise FileNotFoundError(path.name)  # a pipe would be waited for
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ValueError("too large")
    return raw
