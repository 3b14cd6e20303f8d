"""The room, its state, commands and STOP over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from drivers.commands import Outcome
from roomd.control.commands import Actor, Command, Origin
from roomd.web.access import CONTROL_SOCKET, PRINCIPAL, or_nobody, require
from roomd.web.body import read_object
from roomd.web.once import Once
from roomd.web.problem import Problem, json_response, outcome_body, outcome_response
from roomd.web.room_view import describe_room
from roomd.web.services import SERVICES

KEPT = 1000
"""Answers to an `Idempotency-Key` kept, at most."""

Answers = Once[tuple[str, str], "asyncio.Future[tuple[str, Outcome]]"]
ANSWERS = web.AppKey("answers", Answers)


async def room(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/room`: what there is, and what it can do."""
    return json_response(describe_room(request.app[SERVICES]))


async def state(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/state`: all points now."""
    store = request.app[SERVICES].store
    return json_response({"seq": store.seq, "points": store.snapshot()})


async def command(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/devices/{device}/{command}`: run it, and answer when it has ended."""
    device, name = request.match_info["device"], request.match_info["command"]
    if request.app[SERVICES].dispatch.is_look_after(device, name):
        require(request[PRINCIPAL], "device.look_after")
    args = await read_object(request)
    key = request.headers.get("Idempotency-Key")
    if key is None:
        command_id, outcome = await _run(request, device, name, args)
        return outcome_response(command_id, outcome)
    if not 1 <= len(key) <= 100 or not key.isprintable():
        raise Problem("bad_request", fields=["Idempotency-Key"])
    answers = request.app[ANSWERS]
    place = (request[PRINCIPAL].user, key)
    known = answers.get(place)
    if known is None:
        known = asyncio.ensure_future(_run(request, device, name, args))
        answers.put(place, known)
    command_id, outcome = await asyncio.shield(known)
    return outcome_response(command_id, outcome)


async def stop_device(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/devices/{device}/stop`: every role may, and whatever is in the body."""
    command_id, outcome = await _run(request, request.match_info["device"], "stop", {})
    return outcome_response(command_id, outcome)


async def stop(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/stop`: everything that moves stops; needs no role."""
    actor = _actor(request)
    outcomes = await request.app[SERVICES].dispatch.stop_all(actor)
    return json_response({"devices": {d: outcome_body("", o) for d, o in outcomes.items()}})


async def why(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/why/{device}/{command}`: would it be refused now, and by what."""
    services = request.app[SERVICES]
    asked = Command(
        request.match_info["device"], request.match_info["command"], {}, _actor(request)
    )
    refusal = services.dispatch.check(asked, with_arguments=False)
    verdict: dict[str, Any] = {
        "verdict": "allowed" if refusal is None else "refused",
        "rules": services.why(asked),
    }
    if refusal is not None:
        verdict |= {"code": refusal.code, "params": refusal.params}
    return json_response(verdict)


async def _run(
    request: web.Request, device: str, name: str, args: dict[str, Any]
) -> tuple[str, Outcome]:
    origin: Origin = "cli" if request.app[CONTROL_SOCKET] else "api"
    asked = Command(device, name, args, _actor(request), origin=origin)
    # A client that goes away does not take its command back: it was asked, it ends, it is recorded.
    return asked.id, await asyncio.shield(request.app[SERVICES].dispatch.begin(asked))


def _actor(request: web.Request) -> Actor:
    principal = request.get(PRINCIPAL) or or_nobody(request)
    return Actor(principal.user, principal.role, "http", request.remote or "")
