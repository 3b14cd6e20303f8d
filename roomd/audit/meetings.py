"""The meetings of the record, and what was done in each: the facts of a meeting's report (会议操作记录)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from roomd.audit.reading import open_for_reading

BEGIN, END, ANCHOR = "meeting.begin", "meeting.end", "record.anchor"
MOST: Final = 20_000
"""Rows of one report, at most."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting; times are wall times as recorded."""

    number: int
    first: int
    """Number of its first row."""
    begin: str
    last: int | None = None
    """Number of its last row; None: it goes on, or a daemon died in it."""
    end: str = ""


@dataclass(frozen=True)
class Facts:
    """What a report is made of."""

    meeting: Meeting
    room: str
    rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """In their order; asked and ended commands are one row each, as recorded."""
    anchor: dict[str, Any] | None = None
    """The `record.anchor` row that came after its end."""
    cut: bool = False
    """There were more rows than a report takes."""


def meetings(path: Path) -> list[Meeting]:
    """Return the meetings of a record, newest first.

    Raises:
        sqlite3.Error: there is no record, or it cannot be read.
    """
    sql = "SELECT seq, body FROM record WHERE act IN (?, ?) ORDER BY seq"
    with closing(open_for_reading(path)) as database:
        rows = database.execute(sql, (BEGIN, END)).fetchall()
    found: dict[int, Meeting] = {}
    for seq, text in rows:
        body = json.loads(text)
        number = int(body["obj"] or 0)
        if body["act"] == BEGIN:
            found[number] = Meeting(number, seq, body["wall"])
        elif number in found:
            begun = found[number]
            found[number] = Meeting(number, begun.first, begun.begin, seq, body["wall"])
    return sorted(found.values(), key=lambda m: m.first, reverse=True)


def facts(path: Path, number: int | None) -> Facts | None:
    """Return what happened in a meeting, the last one where no number is given; None where there is none.

    Raises:
        sqlite3.Error: there is no record, or it cannot be read.
    """
    known = meetings(path)
    meeting = next((m for m in known if number is None or m.number == number), None)
    if meeting is None:
        return None
    with closing(open_for_reading(path)) as database:
        last = meeting.last if meeting.last is not None else 2**62
        sql = "SELECT body FROM record WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
        texts = database.execute(sql, (meeting.first, last, MOST + 1)).fetchall()
        anchor = _anchor_after(database, meeting)
    rows = [json.loads(text) for (text,) in texts]
    room = str(rows[0]["room"]) if rows else ""
    return Facts(meeting, room, rows[:MOST], anchor, len(rows) > MOST)


def _anchor_after(database: sqlite3.Connection, meeting: Meeting) -> dict[str, Any] | None:
    if meeting.last is None:
        return None
    sql = "SELECT body FROM record WHERE act = ? AND seq > ? ORDER BY seq LIMIT 1"
    row = database.execute(sql, (ANCHOR, meeting.last)).fetchone()
    return None if row is None else json.loads(row[0])
