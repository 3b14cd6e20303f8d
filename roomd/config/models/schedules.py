"""What happens while nobody taps: times of day, an empty room, contacts, meetings (control.md 8)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model
from roomd.config.models.conditions import Conditions
from roomd.config.models.quantities import Duration
from roomd.config.models.texts import PlainId, PointPath

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _time(text: str) -> str:
    hour, _, minute = text.partition(":")
    digits = len(hour) == len(minute) == 2 and (hour + minute).isascii() and text != hour
    if not (digits and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise PydanticCustomError("time_form", "a time of day is written as 08:30")
    return text


def _date(text: str) -> str:
    try:
        right = dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        right = False
    if not right:
        raise PydanticCustomError("date_form", "a date is written as 2026-12-24")
    return text


TimeOfDay = Annotated[str, AfterValidator(_time), Field(examples=["08:30"])]
"""Hour and minute in the room's time zone, `00:00` to `23:59`."""
Date = Annotated[str, AfterValidator(_date), Field(examples=["2026-12-24"])]
"""Year, month and day."""
FileName = Annotated[str, StringConstraints(min_length=1, max_length=255)]
"""A path; without a slash in front it starts at the folder of the room file."""


class Schedule(Model):
    """A scene at a time of day: at most once on each date, whatever the clock does."""

    at: TimeOfDay
    """When, in the room's time zone."""
    days: Annotated[tuple[Weekday, ...] | None, Field(min_length=1, max_length=7)] = None
    """On these days of the week. Left out, with `dates` too: every day."""
    dates: Annotated[tuple[Date, ...] | None, Field(min_length=1, max_length=366)] = None
    """On these dates, in the place of `days`."""
    holidays: Literal["run", "skip", "only"] = "run"
    """What a date of the file `calendar.holidays` means: nothing, not on it, or on such dates alone."""
    scene: PlainId
    """What runs."""
    catch_up: Literal["skip", "run_once"] = "skip"
    """When roomd did not run at that time: leave it, or run it once afterwards. Never for what moves."""
    within: Annotated[Duration, Field(ge=60, le=43_200)] = 1800.0
    """Of `run_once`: how late it may be."""

    @model_validator(mode="after")
    def _days_or_dates(self) -> Self:
        if self.days is not None and self.dates is not None:
            raise PydanticCustomError("schedule_days", "days or dates, not both")
        return self


class Calendar(Model):
    """Files with dates: meetings and holidays."""

    ics: Annotated[FileName | None, Field(examples=["calendar.ics"])] = None
    """iCalendar file, or a folder of such files: the next meetings of the pages."""
    holidays: Annotated[FileName | None, Field(examples=["holidays.txt"])] = None
    """Text file with one date a line: `2026-10-01 National Day`; `2026-10-10 = mon` counts as a Monday."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.ics is None and self.holidays is None:
            raise PydanticCustomError("calendar_empty", "ics or holidays is needed")
        return self


class Occupancy(Model):
    """What happens when the room has been left."""

    from_: Annotated[tuple[PointPath, ...], Field(alias="from", min_length=1, max_length=32)]
    """Points of presence: the room is empty while each of them says false or 0. One that is stale or unknown
    counts as somebody being there."""
    vacant_for: Annotated[Duration, Field(ge=60, le=43_200)] = 1200.0
    """How long nobody may be there, and nobody may touch anything, before the panel counts down."""
    warn: Annotated[Duration, Field(ge=10, le=3600)] = 120.0
    """How long it counts down, with a button that keeps the room as it is."""
    scene: PlainId
    """What runs then."""


class Trigger(Model):
    """A scene when points become so. It never moves anything."""

    when: Conditions
    """All of this. It runs when this becomes true, not when a device comes back and it is true already."""
    scene: PlainId
    """What runs."""
