"""For those who look after the room: devices' health, configuration, discovery, doctor."""

from __future__ import annotations

import asyncio

from aiohttp import web

from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.services import SERVICES, ConfigService


async def devices(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/devices`: how each device is doing."""
    services = request.app[SERVICES]
    return json_response({"devices": services.supervisor.health(), "warnings": services.warnings})


async def config_show(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/config`: which configuration runs, and what kept a newer one out."""
    return json_response(_config(request).status())


async def config_check(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/config/check`: check a text without using it."""
    body = await read_object(request)
    text = body.get("text")
    if not isinstance(text, str):
        raise Problem("bad_request", fields=["text"])
    # Off the loop: a megabyte of YAML takes its time, and STOP must not wait for it.
    return json_response(await asyncio.to_thread(_config(request).check, text))


async def config_reload(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/config/reload`: read the room file again and go over to it."""
    change = await _config(request).reload()
    note(request, "config.reload", detail=change)
    return json_response(change)


async def config_rollback(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/config/rollback`: go back to a kept configuration."""
    body = await read_object(request)
    steps = body.get("steps", 1)
    if not isinstance(steps, int) or isinstance(steps, bool) or not 1 <= steps <= 9:
        raise Problem("invalid_value", arg="steps", minimum=1, maximum=9)
    change = await _config(request).rollback(steps)
    note(request, "config.rollback", detail=change)
    return json_response(change)


async def discover(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/discover`: what is on the network and on the serial ports."""
    found = request.app[SERVICES].discover
    if found is None:
        raise Problem("not_found")
    return json_response({"found": await found()})


async def doctor(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/doctor`: what is wrong with this installation, and what to do."""
    check = request.app[SERVICES].doctor
    if check is None:
        raise Problem("not_found")
    return json_response({"checks": await check()})


def _config(request: web.Request) -> ConfigService:
    service = request.app[SERVICES].config
    if service is None:
        raise Problem("not_found")
    return service
