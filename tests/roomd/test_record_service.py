"""Meetings become rows and anchors, old rows go, and a record that cannot be written can bar the room."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.clock import VirtualClock
from drivers.execute import Request
from roomd.audit.anchor import parse
from roomd.audit.meetings import facts, meetings
from roomd.audit.opening import database_of, opener
from roomd.audit.record import Clockwork, Record
from roomd.config.built_in import MEETING
from roomd.config.load import load
from roomd.config.room import Room
from roomd.control.commands import Actor, Command
from roomd.control.meeting import Meeting
from roomd.record_service import DAY, RecordService, months_before
from roomd.state.store import Store
from tests.support.small_room import HEAD
from tests.support.waiting import until


def room_of(folder: Path, more: str) -> Room:
    (folder / "room.yaml").write_text(HEAD + more, "utf-8")
    result = load(folder / "room.yaml")
    assert result.room is not None, result.errors
    return result.room


@dataclass
class Kept:
    """A record with its service and a meeting."""

    clock: VirtualClock
    record: Record
    meeting: Meeting
    service: RecordService
    path: Path

    async def anchored(self) -> str:
        await until(lambda: self.service.last)
        return self.service.last


@asynccontextmanager
async def kept(folder: Path, more: str = "") -> AsyncIterator[Kept]:
    clock = VirtualClock()
    store = Store(clock)
    clockwork = Clockwork(dt.UTC)
    record = Record(opener(folder / "data", "r1", "sha256", clockwork.stamp), clockwork)
    record.start()
    meeting = Meeting(clock, store, {})
    store.declare(MEETING, meeting.device().points)
    service = RecordService(clock, record, meeting, lambda: True)
    service.use(room_of(folder, more))
    try:
        yield Kept(clock, record, meeting, service, database_of(folder / "data"))
    finally:
        await service.close()
        record.close()


async def test_a_meeting_is_begun_ended_and_anchored(tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    async with kept(tmp_path, f"audit: {{anchors: {{folder: {anchors}}}}}\n") as found:
        await found.meeting.run(Request("start"))
        await found.meeting.run(Request("end"))
        text = await found.anchored()
        await until(lambda: anchors.is_dir() and any(anchors.iterdir()))
        (file,) = anchors.iterdir()
        assert file.read_text("utf-8").strip() == text
        (meeting,) = meetings(found.path)
        assert (meeting.number, bool(meeting.end)) == (1, True)
        report = facts(found.path, None)
        assert report is not None
        assert [r["act"] for r in report.rows] == ["meeting.begin", "meeting.end"]
        assert report.anchor is not None
        assert report.anchor["detail"]["text"] == text
        assert parse(text).seq >= meeting.first
        assert facts(found.path, 99) is None


async def test_each_day_has_an_anchor(tmp_path: Path) -> None:
    async with kept(tmp_path) as found:
        await found.clock.advance(DAY)
        first = await found.anchored()
        await found.clock.advance(DAY)
        await until(lambda: found.service.last != first)


async def test_rows_that_are_old_enough_go_and_leave_a_checkpoint(tmp_path: Path) -> None:
    async with kept(tmp_path, "audit: {keep: 6 months}\n") as found:
        await found.meeting.run(Request("start"))
        await found.record.ask(lambda _ledger: None)
        assert await found.service.drop_old() == 0
        found.clock._now += 400 * DAY
        assert await found.service.drop_old() > 0
        texts = await found.record.ask(
            lambda ledger: list(ledger._database.execute("SELECT body FROM record"))
        )
        assert json.loads(texts[0][0])["act"] == "record.checkpoint"


@pytest.mark.parametrize("policy, barred", [("control", False), ("stop_only", True)])
async def test_a_record_that_cannot_be_written_bars_the_room_where_that_is_wished(
    tmp_path: Path, policy: str, barred: bool
) -> None:
    async with kept(tmp_path, f"audit: {{when_unwritable: {policy}}}\n") as found:
        command = Command("lamp", "on", {}, Actor("a", "presenter"))
        assert found.service.denial(command) is None
        found.record.writable = False
        denial = found.service.denial(command)
        assert (denial is not None) == barred
        found.record.writable = True


@pytest.mark.parametrize(
    "now, months, expected",
    [
        ("2026-11-26", 36, "2023-11-26"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 6, "2025-07-15"),
    ],
)
def test_months_are_counted_by_the_calendar(now: str, months: int, expected: str) -> None:
    assert months_before(dt.datetime.fromisoformat(now), months) == dt.datetime.fromisoformat(
        expected
    )
