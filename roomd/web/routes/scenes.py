"""Scenes over HTTP: run, look ahead, cancel, retry, undo, learn; and the reset of a latch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from roomd.control.commands import Actor, Origin
from roomd.control.preflight import Forecast
from roomd.control.scene_run import Run
from roomd.control.scenes import NoRun, Scenes
from roomd.web.access import CONTROL_SOCKET, PRINCIPAL
from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.services import SERVICES


async def run(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/scenes/{scene}/run`: when the run has ended; with `Prefer: respond-async` at once.

    The body may hold `"force": true`: run it although preflight says that a step will be refused.
    """
    body = await read_object(request)
    force = body.get("force", False)
    if not isinstance(force, bool) or body.keys() - {"force"}:
        raise Problem("bad_request", fields=["force"])
    scene = request.match_info["scene"]
    return await _answer(
        request, lambda s: s.start(scene, _actor(request), _origin(request), force=force)
    )


async def dry_run(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/scenes/{scene}/dry-run`: what would become of each step; nothing is sent."""
    await read_object(request)
    forecasts = _allowed(
        lambda: _scenes(request).dry_run(request.match_info["scene"], _origin(request))
    )
    return json_response({"steps": told(forecasts)})


async def learn(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/scenes/learn`: the room as it is, as a scene, and what had to be left out."""
    await read_object(request)
    return json_response(_scenes(request).learn())


async def runs(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/runs`: the runs that go on and the last that ended."""
    return json_response({"runs": [one.as_json() for one in _scenes(request).runs.values()]})


async def cancel(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/runs/{run}/cancel`: nothing more is issued, its own motors stop."""
    run_id = request.match_info["run"]
    return await _answer(request, lambda s: s.cancel(run_id))


async def retry(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/runs/{run}/retry`: only the steps that failed."""
    run_id = request.match_info["run"]
    return await _answer(request, lambda s: s.retry(run_id, _actor(request)))


async def undo(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/runs/{run}/undo`, within 10 s of its end: back to what was; never motion."""
    run_id = request.match_info["run"]
    return await _answer(request, lambda s: s.undo(run_id, _actor(request)))


async def reset(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/rules/{rule}/reset`: end a latch, once its input is back to normal."""
    rule = request.match_info["rule"]
    refusal = request.app[SERVICES].reset(rule)
    note(
        request,
        "latch.reset",
        obj=rule,
        result="refused" if refusal else "confirmed",
        reason=refusal or "",
    )
    if refusal is not None:
        raise Problem(refusal, rule=rule)
    return json_response({"rule": rule, "latched": False})


def told(forecasts: list[Forecast]) -> list[dict[str, Any]]:
    """Return forecasts ready for JSON."""
    return [forecast.as_json() for forecast in forecasts]


async def _answer(request: web.Request, begin: Callable[[Scenes], Run]) -> web.Response:
    scenes = _scenes(request)
    one = _allowed(lambda: begin(scenes))
    if request.headers.get("Prefer") == "respond-async":
        return json_response(one.as_json(), 202)
    await asyncio.shield(one.ended())
    return json_response(one.as_json())


def _allowed(begin: Callable[[], Any]) -> Any:
    try:
        return begin()
    except NoRun as problem:
        raise Problem(problem.code, **problem.params) from None


def _scenes(request: web.Request) -> Scenes:
    scenes = request.app[SERVICES].scenes
    if scenes is None:
        raise Problem("unknown_scene", scene="")
    return scenes


def _origin(request: web.Request) -> Origin:
    return "cli" if request.app[CONTROL_SOCKET] else "scene"


def _actor(request: web.Request) -> Actor:
    principal = request[PRINCIPAL]
    return Actor(principal.user, principal.role, "http", request.remote or "")
