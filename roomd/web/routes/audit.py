"""The operation record over HTTP, for the auditor alone; each reading is a row."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import orjson
from aiohttp import web

from roomd.audit.anchor import NoAnchor, parse
from roomd.audit.reading import Filter, every_row, open_for_reading, page
from roomd.audit.verify import Report, verify
from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.services import SERVICES

T = TypeVar("T")
TEXTS = ("actor", "device", "act", "since", "until")
NUMBERS = ("after", "before", "limit")


async def show(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/audit?after=&before=&actor=&device=&act=&since=&until=&limit=`: rows, at most 200."""
    wanted = _filter(request)
    rows = await _read(request, lambda path: page(path, wanted))
    note(request, "audit.read", detail=dict(request.query))
    return json_response({"rows": rows, "writable": request.app[SERVICES].record_writable()})


async def check(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/audit/verify`: the whole chain; with `key` (hex) and `anchors` (texts) it proves more."""
    body = await read_object(request)
    key, anchors = _proofs(body)

    def work(path: Path) -> Report:
        with closing(open_for_reading(path)) as database:
            return verify(every_row(database), key=key, anchors=anchors)

    report = await _read(request, work)
    note(request, "audit.verify", detail={"sound": report.sound, "rows": report.rows})
    return json_response(report.as_json())


async def seal(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/audit/seal`: begin with a first key, shown this once and kept nowhere."""
    await read_object(request)
    record = request.app[SERVICES].record
    if record is None:
        raise Problem("record_unwritable")
    key: bytes = await record.ask(lambda ledger: ledger.seal())
    return json_response({"key": key.hex()})


async def lines(request: web.Request) -> web.StreamResponse:
    """Answer `GET /api/v1/audit/export`: every row as a JSON line of body, hash and seal."""
    answer = web.StreamResponse(
        headers={"Content-Disposition": 'attachment; filename="record.jsonl"'}
    )
    answer.content_type = "application/jsonl"
    note(request, "audit.export")

    def all_rows(path: Path) -> list[bytes]:
        with closing(open_for_reading(path)) as database:
            return [
                orjson.dumps({"body": body, "hash": row_hash.hex(), "mac": mac.hex()}) + b"\n"
                for _, row_hash, mac, body in every_row(database)
            ]

    found = await _read(request, all_rows)
    await answer.prepare(request)
    for start in range(0, len(found), 500):
        await answer.write(b"".join(found[start : start + 500]))
    await answer.write_eof()
    return answer


def _filter(request: web.Request) -> Filter:
    query = request.query
    unknown = set(query) - {*TEXTS, *NUMBERS}
    if unknown:
        raise Problem("bad_request", fields=sorted(unknown))
    fields: dict[str, Any] = {name: query[name][:200] for name in TEXTS if name in query}
    for name in NUMBERS:
        if name in query:
            if not query[name].isascii() or not query[name].isdigit() or len(query[name]) > 15:
                raise Problem("bad_request", fields=[name])
            fields[name] = int(query[name])
    return Filter(**fields)


def _proofs(body: dict[str, Any]) -> tuple[bytes | None, list[Any]]:
    key, texts = body.get("key"), body.get("anchors", [])
    if body.keys() - {"key", "anchors"} or not isinstance(texts, list):
        raise Problem("bad_request", fields=sorted(body))
    try:
        anchors = [parse(str(text)) for text in texts]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # any list
        found = None if key is None else bytes.fromhex(str(key))
    except (NoAnchor, ValueError):
        raise Problem("bad_request", fields=["key", "anchors"]) from None
    return found, anchors


async def _read(request: web.Request, work: Callable[[Path], T]) -> T:
    """Run `work` on the record's file, off the event loop."""
    path = request.app[SERVICES].record_path
    if path is None:
        raise Problem("record_unreadable")
    try:
        return await asyncio.to_thread(work, path)
    except sqlite3.Error:
        raise Problem("record_unreadable") from None
