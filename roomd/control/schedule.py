"""Scenes at times of day: each entry at most once on each local date, whatever the clock does.

What is due is decided by pure functions; `Schedules` asks them at each due time, and every half minute, because a wall
clock can be set.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

import structlog

from drivers.clock import Clock, Timer
from roomd.config.models.schedules import WEEKDAYS, Schedule
from roomd.control.holidays import Holidays

log = structlog.stdlib.get_logger(__name__)

LOOK = 30.0
"""Seconds between two looks at the wall clock, at most."""
PROMPT = 60.0
"""Seconds that an entry may be late and still be on time."""
REMEMBERED = 40
"""Dates on which an entry ran that are remembered: a clock that is set back further is out of all bounds."""
Start = Callable[[str], None]
"""Starts a scene."""


@dataclass(frozen=True, slots=True)
class Due:
    """One entry that has come due and has not run on its date."""

    key: str
    entry: Schedule
    date: dt.date
    late: float
    """Seconds since its time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The entries of a room, its time zone, and the dates that are no ordinary ones."""

    entries: Mapping[str, Schedule] = field(default_factory=dict[str, Schedule])
    """By a key that stays the same over restarts."""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    holidays: Holidays = field(default_factory=dict[dt.date, None])


def plan_of(entries: Iterable[Schedule], zone: ZoneInfo, holidays: Holidays) -> Plan:
    """Return a plan; an entry that is written twice is one."""
    return Plan({_key(entry): entry for entry in entries}, zone, holidays)


def _key(entry: Schedule) -> str:
    said = f"{entry.at}|{entry.days}|{entry.dates}|{entry.holidays}|{entry.scene}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def applies(entry: Schedule, date: dt.date, holidays: Holidays) -> bool:
    """Return whether an entry is meant for a date."""
    counts_as = holidays.get(date)
    is_holiday = date in holidays and counts_as is None
    if entry.holidays != "run" and is_holiday != (entry.holidays == "only"):
        return False
    if entry.dates is not None:
        return date.isoformat() in entry.dates
    weekday = WEEKDAYS[date.weekday()] if counts_as is None else counts_as
    return entry.days is None or weekday in entry.days


def instant(entry: Schedule, date: dt.date, zone: ZoneInfo) -> float:
    """Return when an entry is due on a date, in seconds since 1970.

    A time that a change to summer time leaves out is taken as if the clock had not been changed; of one that comes
    twice the first counts.
    """
    hour, minute = entry.at.split(":")
    at = dt.time(int(hour), int(minute))
    return dt.datetime.combine(date, at, zone).timestamp()


def come_due(plan: Plan, now: float, ran: Callable[[str, dt.date], bool]) -> Iterator[Due]:
    """Return what has come due yesterday or today, and has not run on its date, oldest first.

    Args:
        plan: the entries.
        now: seconds since 1970.
        ran: whether an entry ran on a date.
    """
    today = dt.datetime.fromtimestamp(now, plan.zone).date()
    found: list[Due] = []
    for date in (today - dt.timedelta(days=1), today):
        for key, entry in plan.entries.items():
            late = now - instant(entry, date, plan.zone)
            if late >= 0 and applies(entry, date, plan.holidays) and not ran(key, date):
                found.append(Due(key, entry, date, late))
    yield from sorted(found, key=lambda due: -due.late)


def next_due(plan: Plan, now: float) -> float | None:
    """Return when the next entry of today or tomorrow is due, in seconds since 1970; None: none is."""
    today = dt.datetime.fromtimestamp(now, plan.zone).date()
    times = [
        at
        for date in (today, today + dt.timedelta(days=1))
        for entry in plan.entries.values()
        if applies(entry, date, plan.holidays) and (at := instant(entry, date, plan.zone)) > now
    ]
    return min(times, default=None)


def verdict(due: Due, last: float, now: float) -> Literal["run", "catch_up", "leave"]:
    """Return what becomes of an entry that has come due.

    Args:
        due: the entry.
        last: when the wall clock was looked at before, in seconds since 1970.
        now: the same of now.
    """
    if due.late <= PROMPT and now - due.late > last:
        return "run"
    if due.entry.catch_up == "run_once" and due.late <= due.entry.within:
        return "catch_up"
    return "leave"


class Schedules:
    """The schedules of the running room.

    Args:
        clock: tells the time.
        start: starts a scene; what it raises is its own matter.
        ran: entry -> dates on which it ran, kept over restarts.
    """

    def __init__(self, clock: Clock, start: Start, ran: MutableMapping[str, str]) -> None:
        self._clock, self._start, self._ran = clock, start, ran
        self._plan = Plan()
        self._last = clock.wall()
        self._timer: Timer | None = None
        self._used = False
        self.resting = False
        """The clock cannot be believed: what would be due is left out."""

    def use(self, plan: Plan) -> None:
        """Go over to a plan. What a reload brings in is not caught up: it never was due before."""
        if self._used:
            self._look()
        now = self._clock.wall()
        for due in list(come_due(plan, now, self._ran_on)) if self._used else []:
            if due.key not in self._plan.entries:
                self._note(due)
        self._plan, self._last = plan, now
        self._used = True
        for key in [k for k in self._ran if k not in plan.entries]:
            del self._ran[key]
        self._wake()

    def close(self) -> None:
        """Start nothing any more."""
        self._plan = Plan()
        if self._timer is not None:
            self._timer.cancel()

    def _wake(self) -> None:
        """Look, and look again when something is due."""
        self._look()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._plan.entries:
            now = self._clock.wall()
            at = next_due(self._plan, now)
            wait = LOOK if at is None else min(LOOK, max(0.05, at - now))
            self._timer = self._clock.call_later(wait, self._wake)

    def _look(self) -> None:
        now = self._clock.wall()
        if self.resting:
            self._last = now
            return
        for due in list(come_due(self._plan, now, self._ran_on)):
            what = verdict(due, self._last, now)
            if what != "leave":
                # First: after a crash in between it has run, for what is once a date may not run twice.
                self._note(due)
                log.info("schedule.due", scene=due.entry.scene, at=due.entry.at, what=what)
                self._start(due.entry.scene)
        self._last = now

    def _ran_on(self, key: str, date: dt.date) -> bool:
        return date.isoformat() in self._ran.get(key, "").split(",")

    def _note(self, due: Due) -> None:
        dates = [d for d in self._ran.get(due.key, "").split(",") if d]
        self._ran[due.key] = ",".join([*dates, due.date.isoformat()][-REMEMBERED:])
