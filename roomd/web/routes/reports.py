"""Meetings of the record: their list, a page to print for each, and the signed head for the display."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from roomd.audit.meetings import facts, meetings
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.qr import svg
from roomd.web.report_page import STYLE, report_page
from roomd.web.services import SERVICES

T = TypeVar("T")


async def anchor(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/audit/anchor`: the last signed head, and its QR; empty before the first meeting's end."""
    text = request.app[SERVICES].anchor()
    return json_response({"text": text, "qr": svg(text) if text else ""})


async def meetings_of_record(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/audit/meetings`: the meetings of the record, newest first."""
    found = await _read(request, meetings)
    note(request, "audit.read", detail={"meetings": len(found)})
    return json_response(
        {"meetings": [{"number": m.number, "begin": m.begin, "end": m.end or None} for m in found]}
    )


async def report(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/audit/meetings/{meeting}/report`: 会议操作记录, a page to print."""
    text = request.match_info["meeting"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem("unknown_meeting")
    found = await _read(request, lambda path: facts(path, int(text)))
    if found is None:
        raise Problem("unknown_meeting")
    note(request, "audit.report", obj=text)
    page = report_page(found, dict(request.app[SERVICES].facts.name))
    return web.Response(text=page, content_type="text/html")


async def style(request: web.Request) -> web.Response:
    """Answer `GET /report.css`: how the page looks on paper."""
    return web.Response(text=STYLE, content_type="text/css")


async def _read(request: web.Request, work: Callable[[Path], T]) -> T:
    path = request.app[SERVICES].record_path
    if path is None:
        raise Problem("record_unreadable")
    try:
        return await asyncio.to_thread(work, path)
    except sqlite3.Error:
        raise Problem("record_unreadable") from None
