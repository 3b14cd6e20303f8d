"""What happens while nobody taps, over HTTP: keep the room as it is, and the next meetings."""

from __future__ import annotations

from aiohttp import web

from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.services import SERVICES

NEXT = 5
"""Meetings that are told."""


async def keep(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/occupancy/keep`: somebody is here; a countdown ends, and waiting begins anew."""
    if await read_object(request):
        raise Problem("bad_request", fields=[])
    unattended = request.app[SERVICES].unattended
    kept = unattended is not None and unattended.occupancy.keep()
    if kept:
        note(request, "occupancy.keep")
    return json_response({"kept": kept})


async def calendar(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/calendar`: the next 5 meetings, one that goes on included."""
    unattended = request.app[SERVICES].unattended
    meetings = [] if unattended is None else unattended.calendar.next(NEXT)
    return json_response({"meetings": [meeting.as_json() for meeting in meetings]})
