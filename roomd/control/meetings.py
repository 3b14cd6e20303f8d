"""Meetings from iCalendar text (RFC 5545, read by `icalendar` and `recurring_ical_events`). Pure."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

HORIZON = dt.timedelta(days=14)
"""How far one looks ahead."""
MOST = 200
"""Meetings of one file that are looked at."""
TITLE = 120
"""Characters of a title."""
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
"""What recurs like that is no meeting, and would keep a processor busy."""


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One meeting; times are aware."""

    start: dt.datetime
    end: dt.datetime
    title: str

    def as_json(self) -> dict[str, str]:
        """Return the line of the page: times with their offset."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "title": self.title,
        }


def meetings_of(raw: bytes, now: dt.datetime, zone: ZoneInfo) -> list[Meeting]:
    """Return the meetings of a file that have not ended, those of the next 14 days, by their start.

    Args:
        raw: the file.
        now: an aware time.
        zone: of the room; times without a zone, and whole days, are meant in it.

    Raises:
        ValueError: it is no calendar.
    """
    # They cost 0.2 s that a start without a calendar does not need.
    import icalendar  # noqa: PLC0415  # as above
    import recurring_ical_events as recurring  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]  # it has none

    calendar: Any = icalendar.Calendar.from_ical(raw.decode("utf-8-sig"))
    if calendar.name != "VCALENDAR":
        raise ValueError("no VCALENDAR")
    for event in calendar.walk("VEVENT"):
        if _too_often(event):
            calendar.subcomponents.remove(event)
    query: Any = recurring.of(calendar, skip_bad_series=True)
    found: Iterable[Any] = query.between(now.astimezone(zone), HORIZON)
    meetings = (_meeting(event, zone) for event in itertools.islice(found, MOST))
    return sorted(m for m in meetings if m is not None and m.end > now)


def upcoming(meetings: Iterable[Meeting], now: dt.datetime, count: int) -> list[Meeting]:
    """Return the next meetings, one that goes on included, by their start."""
    return sorted(meeting for meeting in meetings if meeting.end > now)[:count]


def _too_often(event: Any) -> bool:
    rule: Any = event.get("RRULE", {})
    if isinstance(
        rule, list
    ):  # several; none of them is asked, for nobody writes meetings like that
        return True
    return any(str(freq).upper() in TOO_OFTEN for freq in rule.get("FREQ", []))


def _meeting(event: Any, zone: ZoneInfo) -> Meeting | None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or "DTSTART" not in event:
        return None
    start = _aware(event["DTSTART"].dt, zone)
    end = _aware(event["DTEND"].dt, zone) if "DTEND" in event else start
    words = "".join(c if c.isprintable() else " " for c in str(event.get("SUMMARY", "")))
    return Meeting(start, max(start, end), " ".join(words.split())[:TITLE])


def _aware(when: dt.date, zone: ZoneInfo) -> dt.datetime:
    if not isinstance(when, dt.datetime):
        when = dt.datetime.combine(when, dt.time())
    return when.replace(tzinfo=zone) if when.tzinfo is None else when.astimezone(zone)
