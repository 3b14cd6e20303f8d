"""Dates that are no ordinary ones, from a text file with one date a line. Pure, but for reading the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from roomd.config.models.schedules import WEEKDAYS, Weekday

Holidays = Mapping[dt.date, Weekday | None]
"""Date -> the day of the week as which it counts; None: a holiday."""
LARGEST = 256 * 1024
"""Bytes of such a file."""


def read_holidays(path: Path) -> Holidays:
    """Return what a file says.

    Raises:
        OSError: it cannot be read.
        ValueError: it is too large, no UTF-8, or a line has another form; the message names the line.
    """
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ValueError("too large")
    return parse_holidays(raw.decode("utf-8-sig"))


def parse_holidays(text: str) -> Holidays:
    """Return the dates of a text: `2026-10-01 words` is a holiday, `2026-10-10 = mon` counts as a Monday.

    Raises:
        ValueError: a line has another form; the message names it.
    """
    found: dict[dt.date, Weekday | None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split(maxsplit=1)
        if not words:
            continue
        try:
            date = dt.date.fromisoformat(words[0])
            found[date] = _counts_as(words[1:])
        except ValueError:
            raise ValueError(f"line {number}") from None
    return found


def _counts_as(rest: list[str]) -> Weekday | None:
    if not rest or not rest[0].startswith("="):
        return None
    name = rest[0].removeprefix("=").strip()
    return WEEKDAYS[[str(day) for day in WEEKDAYS].index(name)]
