"""Entries go in from the event loop, a thread commits them in groups; a disk that refuses loses nothing quietly."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from roomd.audit import record as module
from roomd.audit.entry import Entry
from roomd.audit.ledger import Ledger, Place, open_database
from roomd.audit.record import Clockwork, Record, Unwritable
from roomd.audit.verify import verify
from tests.roomd.audit.ledgers import folder_in, rows_of
from tests.support.waiting import until

CLOCK = Clockwork(UTC)


@asynccontextmanager
async def recording(
    path: Path, prepare: Callable[[Any], None] = lambda _database: None
) -> AsyncIterator[Record]:
    """Run a record in a folder; `prepare` gets the database."""

    def opened() -> Ledger:
        folder = folder_in(path)
        database = open_database(folder / "record.db")
        ledger = Ledger(database, Place("room301", folder), CLOCK.stamp)
        prepare(database)
        return ledger

    record = Record(opened, CLOCK)
    record.start()
    try:
        yield record
    finally:
        record.close()


def bodies(path: Path, kind: str = "event") -> list[dict[str, Any]]:
    return [b for row in rows_of(path) if (b := json.loads(row[3]))["kind"] == kind]


async def test_what_was_awaited_is_there_in_order_and_sound(tmp_path: Path) -> None:
    async with recording(tmp_path) as record:
        await asyncio.gather(*(record.write(Entry("a", obj=str(n))) for n in range(600)))
        assert [b["obj"] for b in bodies(tmp_path)] == [str(n) for n in range(600)]
        assert record.committed == 600
    assert verify(rows_of(tmp_path)).sound


async def test_what_was_posted_is_there_after_the_end(tmp_path: Path) -> None:
    async with recording(tmp_path) as record:
        for number in range(50):
            record.post(Entry("a", obj=str(number)))
    assert len(bodies(tmp_path)) == 50


async def test_a_flood_of_refusals_is_two_rows(tmp_path: Path) -> None:
    refusal = Entry("device.command", actor="x", obj="lift/up", result="refused", reason="owned")
    async with recording(tmp_path) as record:
        await asyncio.gather(*(record.write(refusal) for _ in range(500)))
        await record.write(Entry("other"))
        assert len(bodies(tmp_path)) == 2
    (count,) = bodies(tmp_path, "repeated")
    assert (count["detail"]["times"], count["actor"]) == (499, "x")


async def test_a_full_disk_keeps_rows_in_memory_and_heals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.02)
    databases: list[Any] = []
    told: list[bool] = []
    async with recording(tmp_path, databases.append) as record:
        record.told.append(lambda: told.append(record.writable))
        await record.write(Entry("before"))
        pages = databases[0].execute("PRAGMA page_count").fetchone()[0]
        databases[0].execute(f"PRAGMA max_page_count={pages}")
        big = {"text": "x" * 6000}
        with pytest.raises(Unwritable):
            await record.write(Entry("full", detail=big))
        assert not record.writable
        record.post(Entry("waits", detail=big))
        databases[0].execute("PRAGMA max_page_count=100000")
        await until(lambda: record.writable)
        await record.write(Entry("after"))
        assert [b["act"] for b in bodies(tmp_path)] == ["before", "full", "waits", "after"]
        assert told == [False, True]
    assert verify(rows_of(tmp_path)).sound


async def test_what_does_not_fit_into_memory_is_counted_in_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.02)
    monkeypatch.setattr(module, "WAITING", 5)
    databases: list[Any] = []
    async with recording(tmp_path, databases.append) as record:
        await record.write(Entry("before"))
        pages = databases[0].execute("PRAGMA page_count").fetchone()[0]
        databases[0].execute(f"PRAGMA max_page_count={pages}")
        for number in range(12):
            record.post(Entry("full", obj=str(number), detail={"text": "x" * 6000}))
        await until(lambda: record.lost == 7)
        databases[0].execute("PRAGMA max_page_count=100000")
        await until(lambda: record.writable)
    (gap,) = bodies(tmp_path, "gap")
    assert gap["detail"]["rows"] == 7
    assert [b["obj"] for b in bodies(tmp_path) if b["act"] == "full"] == ["0", "1", "2", "3", "4"]
    assert verify(rows_of(tmp_path)).sound


async def test_a_record_that_cannot_be_opened_says_so_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.02)
    path = folder_in(tmp_path) / "record.db"
    path.mkdir()
    async with recording(tmp_path) as record:
        with pytest.raises(Unwritable):
            await record.write(Entry("a"))
        path.rmdir()
        await until(lambda: record.writable)
        await record.write(Entry("b"))
    assert [b["act"] for b in bodies(tmp_path)] == ["a", "b"]


async def test_work_between_commits_runs_in_the_record_s_own_thread(tmp_path: Path) -> None:
    async with recording(tmp_path) as record:
        key = await record.ask(lambda ledger: ledger.seal())
        await record.write(Entry("a"))
        with pytest.raises(ZeroDivisionError):
            await record.ask(lambda _ledger: 1 // 0)
    assert verify(rows_of(tmp_path), key=key).sealed_from == 2


def test_the_time_of_a_row_is_the_wall_time_with_its_offset() -> None:
    clock = Clockwork(ZoneInfo("Asia/Shanghai"))
    before = dt.datetime.now(UTC)
    stamps = [clock.stamp() for _ in range(50)]
    after = dt.datetime.now(UTC)
    walls = [dt.datetime.fromisoformat(s.wall) for s in stamps]
    assert walls == sorted(walls)
    assert before - dt.timedelta(milliseconds=1) <= walls[0] <= walls[-1] <= after
    assert all(s.wall.endswith("+08:00") and len(s.wall) == 29 for s in stamps)
