"""The operation record over HTTP: for the auditor alone, and each reading is a row."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from roomd.audit.entry import Entry
from roomd.audit.opening import database_of, opener
from roomd.audit.record import Clockwork, Record
from roomd.identity.roles import ROLES
from tests.roomd.audit.ledgers import rows_of
from tests.support.web_room import WebRoom, web_room


@asynccontextmanager
async def audited(path: Path) -> AsyncIterator[tuple[WebRoom, Record]]:
    clock = Clockwork(UTC)
    record = Record(opener(path, "r1", "sha256", clock.stamp), clock)
    record.start()
    panel = path / "panel"
    panel.mkdir()
    try:
        async with web_room(panel, record=record, record_path=database_of(path)) as room:
            for number in range(5):
                await record.write(Entry("device.command", actor="anna", obj=f"a/{number}"))
            yield room, record
    finally:
        record.close()


def acts(path: Path) -> list[str]:
    return [json.loads(row[3])["act"] for row in rows_of(path)]


async def test_rows_by_filter_and_the_reading_is_a_row(tmp_path: Path) -> None:
    async with audited(tmp_path) as (room, record):
        status, body = await room.ask("GET", "audit?actor=anna&after=3&limit=2", "auditor")
        assert (status, body["writable"]) == (200, True)
        assert [row["obj"] for row in body["rows"]] == ["a/2", "a/3"]
        await record.write(Entry("end"))
    assert acts(tmp_path)[-2:] == ["audit.read", "end"]


@pytest.mark.parametrize("query", ["after=x", "limit=-1", "nonsense=1", "after=٣", "before=1e3"])
async def test_what_is_no_filter(tmp_path: Path, query: str) -> None:
    async with audited(tmp_path) as (room, _):
        status, body = await room.ask("GET", f"audit?{query}", "auditor")
        assert (status, body["code"]) == (400, "bad_request")


async def test_nobody_else_reads_it(tmp_path: Path) -> None:
    async with audited(tmp_path) as (room, _):
        for role in (r for r in ROLES if r != "auditor"):
            for method, path in (
                ("GET", "audit"),
                ("POST", "audit/verify"),
                ("POST", "audit/seal"),
                ("GET", "audit/export"),
            ):
                assert (await room.ask(method, path, role))[0] == 403, (role, path)
        for path in ("room", "state", "devices", "config"):
            assert (await room.ask("GET", path, "auditor"))[0] == 403, path


async def test_checking_with_the_key_that_was_shown_once(tmp_path: Path) -> None:
    async with audited(tmp_path) as (room, _):
        status, shown = await room.ask("POST", "audit/seal", "auditor", json={})
        assert status == 200
        status, report = await room.ask(
            "POST", "audit/verify", "auditor", json={"key": shown["key"]}
        )
        assert (status, report["sound"], report["sealed_from"]) == (200, True, 7)
        assert report["unproved"] == ["no_anchor"]
        bad: list[Any] = [{"key": "xyz"}, {"anchors": ["no"]}, {"anchors": 3}, {"other": 1}]
        for body in bad:
            assert (await room.ask("POST", "audit/verify", "auditor", json=body))[0] == 400, body
    kept = b"".join(p.read_bytes() for p in (tmp_path / "audit").iterdir() if p.is_file())
    assert shown["key"].encode() not in kept
    assert bytes.fromhex(shown["key"]) not in kept


async def test_the_export_is_every_row(tmp_path: Path) -> None:
    async with audited(tmp_path) as (room, _):
        status, text = await room.ask("GET", "audit/export", "auditor")
        assert status == 200
        lines = [json.loads(line) for line in str(text).splitlines()]
        assert [json.loads(line["body"])["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]


async def test_a_log_in_and_a_wrong_one_are_rows(tmp_path: Path) -> None:
    async with audited(tmp_path) as (room, record):
        await room.ask("POST", "session", None, json={"token": "wrong"})
        await room.ask("POST", "session", None, json={"token": "p"})
        await record.write(Entry("end"))
    found = [json.loads(row[3]) for row in rows_of(tmp_path)]
    assert next(b["result"] for b in found if b["act"] == "session.open") == "refused"


async def test_without_a_record_it_cannot_be_read(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        status, body = await room.ask("GET", "audit", "auditor")
        assert (status, body["code"]) == (409, "record_unreadable")
