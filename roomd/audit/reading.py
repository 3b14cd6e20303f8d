"""Reading the record: pages of rows by filter, all rows for checking. Never through the writer's connection."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomd.audit.verify import Row

PAGE = 200
"""Rows of one page, at most."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows; empty means all."""

    after: int = 0
    """Rows with a greater number."""
    before: int | None = None
    """Rows with a smaller number; the newest come first then."""
    actor: str = ""
    device: str = ""
    """Device id; rows about its commands."""
    act: str = ""
    since: str = ""
    """Wall time, ISO 8601, or the beginning of one."""
    until: str = ""
    limit: int = PAGE


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the record, or a copy of it, without the right to change it.

    Raises:
        sqlite3.Error: there is none, or it is no database.
    """
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=5.0)


def page(path: Path, wanted: Filter) -> list[dict[str, Any]]:
    """Return rows as objects: the body, and `hash` in hex.

    Raises:
        sqlite3.Error: as `open_for_reading`.
    """
    where, values = _where(wanted)
    order = "DESC" if wanted.before is not None else "ASC"
    sql = f"SELECT body, hash FROM record WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608  # names are ours
    with closing(open_for_reading(path)) as database:
        rows = database.execute(sql, (*values, max(1, min(PAGE, wanted.limit)))).fetchall()
    return [{**json.loads(body), "hash": row_hash.hex()} for body, row_hash in rows]


def _where(wanted: Filter) -> tuple[str, list[Any]]:
    parts = ["seq > ?"]
    values: list[Any] = [wanted.after]
    conditions: list[tuple[str, Any]] = [
        ("seq < ?", wanted.before),
        ("actor = ?", wanted.actor or None),
        ("act = ?", wanted.act or None),
        ("wall >= ?", wanted.since or None),
        ("wall < ?", wanted.until or None),
    ]
    if wanted.device:
        # Devices are the part before the slash: `lift.main/up`.
        parts.append("obj >= ? AND obj < ?")
        values += [f"{wanted.device}/", f"{wanted.device}0"]
    for part, value in conditions:
        if value is not None:
            parts.append(part)
            values.append(value)
    return " AND ".join(parts), values


def every_row(database: sqlite3.Connection) -> Iterator[Row]:
    """Return all rows in the order of their numbers, for `verify`."""
    for seq, row_hash, mac, body in database.execute(
        "SELECT seq, hash, mac, body FROM record ORDER BY seq"
    ):
        yield int(seq), bytes(row_hash), bytes(mac), str(body)


def first_row(path: Path) -> dict[str, Any] | None:
    """Return the first row's body, which says whose record it is; None where there is none."""
    with closing(open_for_reading(path)) as database:
        row = database.execute("SELECT body FROM record ORDER BY seq LIMIT 1").fetchone()
    return None if row is None else json.loads(row[0])
