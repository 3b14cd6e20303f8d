"""The web server: one table of routes, each with the permission it needs; what is not in it is 404."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from typing import Final

import structlog
from aiohttp import web

from roomd.web.access import CONTROL_SOCKET, HOSTS, PRINCIPAL, TOKENS, Hosts, from_loopback, guarded
from roomd.web.assets import PAGES, Assets
from roomd.web.failure import unavailable
from roomd.web.headers import add_headers
from roomd.web.metrics import metrics
from roomd.web.problem import Problem, json_response, problem_response
from roomd.web.routes import (
    accounts,
    audit,
    joining,
    operation,
    pairing,
    preview,
    reports,
    room,
    scenes,
    session,
    simulators,
    tls,
    unattended,
)
from roomd.web.services import SERVICES, Services
from roomd.web.ws import open_socket

log = structlog.stdlib.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
API: Final = "/api/v1"


async def openapi(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/openapi.json`: this description."""
    from roomd.web.openapi import describe  # noqa: PLC0415  # its models would be built at every start

    return json_response(describe())


ROUTES: Final[tuple[tuple[str, str, str | None, Handler], ...]] = (
    ("GET", f"{API}/room", "state.read", room.room),
    ("GET", f"{API}/state", "state.read", room.state),
    ("POST", f"{API}/devices/{{device}}/stop", "device.stop", room.stop_device),
    ("POST", f"{API}/devices/{{device}}/{{command}}", "device.command", room.command),
    ("GET", f"{API}/devices/{{device}}/preview.jpg", "state.read", preview.picture),
    ("GET", f"{API}/why/{{device}}/{{command}}", "room.why", room.why),
    ("POST", f"{API}/scenes/learn", "scene.learn", scenes.learn),
    ("POST", f"{API}/scenes/{{scene}}/run", "scene.run", scenes.run),
    ("POST", f"{API}/scenes/{{scene}}/dry-run", "scene.run", scenes.dry_run),
    ("GET", f"{API}/runs", "scene.run", scenes.runs),
    ("POST", f"{API}/runs/{{run}}/cancel", "scene.run", scenes.cancel),
    ("POST", f"{API}/runs/{{run}}/retry", "scene.run", scenes.retry),
    ("POST", f"{API}/runs/{{run}}/undo", "scene.run", scenes.undo),
    ("POST", f"{API}/rules/{{rule}}/reset", "latch.reset", scenes.reset),
    ("POST", f"{API}/occupancy/keep", "device.command", unattended.keep),
    ("GET", f"{API}/calendar", "state.read", unattended.calendar),
    ("POST", f"{API}/stop", None, room.stop),
    ("GET", f"{API}/ws", "state.read", open_socket),
    ("GET", f"{API}/session", "session.own", session.show),
    ("POST", f"{API}/session", None, session.begin),
    ("DELETE", f"{API}/session", "session.own", session.end),
    ("POST", f"{API}/session/pin", "device.pin", session.set_pin),
    ("GET", f"{API}/join", "join.show", joining.show),
    ("POST", f"{API}/join/renew", "join.renew", joining.renew),
    ("GET", f"{API}/setup", None, joining.needs_set_up),
    ("POST", f"{API}/setup", None, joining.set_up),
    ("GET", f"{API}/pairing", "pair.open", pairing.show_window),
    ("POST", f"{API}/pairing", "pair.open", pairing.open_window),
    ("DELETE", f"{API}/pairing", "pair.open", pairing.close_window),
    ("GET", f"{API}/users", "account.read", accounts.show_all),
    ("POST", f"{API}/users", "account.create", accounts.add),
    ("DELETE", f"{API}/users/{{user}}", "account.create", accounts.remove),
    ("POST", f"{API}/users/{{user}}/grant", "account.grant", accounts.grant),
    ("POST", f"{API}/users/{{user}}/password", "account.password", accounts.set_password),
    ("GET", f"{API}/tls", "tls.read", tls.show),
    ("POST", f"{API}/tls/csr", "tls.change", tls.csr),
    ("POST", f"{API}/tls/cert", "tls.change", tls.take),
    ("POST", f"{API}/clock/confirm", "clock.confirm", tls.confirm_clock),
    ("GET", f"{API}/tokens", "token.read", pairing.show_tokens),
    ("POST", f"{API}/tokens", "token.create", pairing.add_token),
    ("DELETE", f"{API}/tokens/{{token}}", "token.revoke", pairing.revoke),
    ("GET", f"{API}/devices", "diagnostics", operation.devices),
    ("GET", f"{API}/config", "config.read", operation.config_show),
    ("POST", f"{API}/config/check", "config.read", operation.config_check),
    ("POST", f"{API}/config/reload", "config.change", operation.config_reload),
    ("POST", f"{API}/config/rollback", "config.change", operation.config_rollback),
    ("GET", f"{API}/discover", "diagnostics", operation.discover),
    ("GET", f"{API}/doctor", "diagnostics", operation.doctor),
    ("GET", f"{API}/audit", "audit.read", audit.show),
    ("POST", f"{API}/audit/verify", "audit.verify", audit.check),
    ("POST", f"{API}/audit/seal", "audit.seal", audit.seal),
    ("GET", f"{API}/audit/export", "audit.export", audit.lines),
    ("GET", f"{API}/audit/anchor", "anchor.read", reports.anchor),
    ("GET", f"{API}/audit/meetings", "audit.read", reports.meetings_of_record),
    ("GET", f"{API}/audit/meetings/{{meeting}}/report", "audit.read", reports.report),
    ("GET", f"{API}/openapi.json", None, openapi),
)
"""Method, path, permission (None: open to all), handler."""

NEEDS_A_ROOM: Final = frozenset({"state.read", "device.command", "room.why"})
"""Without a usable configuration these are only for an admin, who mends it."""
OPEN_TO_ALL: Final = frozenset(
    {f"{API}/stop", f"{API}/session", f"{API}/setup", f"{API}/openapi.json"}
)


def make_app(
    services: Services, hosts: AbstractSet[str], *, control_socket: bool
) -> web.Application:
    """Return the application for TCP, or the one behind `control.sock`."""
    app = web.Application(middlewares=[_answer_problems], client_max_size=256 * 1024)
    app[SERVICES] = services
    app[TOKENS] = services.tokens
    app[HOSTS] = hosts if isinstance(hosts, Hosts) else Hosts(hosts)
    app[CONTROL_SOCKET] = control_socket
    app[room.ANSWERS] = room.Answers(services.clock, room.KEPT)
    app[preview.PICTURES] = preview.Pictures()
    for method, path, permission, handler in ROUTES:
        checked = _with_room(handler) if permission in NEEDS_A_ROOM else handler
        app.router.add_route(method, path, guarded(permission, checked))
    app.router.add_get("/healthz", guarded(None, _health))
    app.router.add_get("/readyz", guarded(None, _ready))
    app.router.add_get("/metrics", guarded(None, metrics))
    app.router.add_get("/report.css", guarded(None, reports.style))
    if services.simulators is not None:
        # In the demo on loopback anybody at this machine may break a simulator; over the network only an admin.
        permission = "simulators" if services.lan else None
        app.router.add_get("/sim", guarded(permission, simulators.show_all))
        app.router.add_get("/sim.css", guarded(None, simulators.style))
        app.router.add_get("/sim/{device}", guarded(permission, simulators.show))
        app.router.add_post("/sim/{device}", guarded(permission, simulators.change))
    app.router.add_get("/{path:.*}", guarded(None, _page))
    app.on_response_prepare.append(add_headers)
    return app


def make_runner(app: web.Application) -> web.AppRunner:
    """Return what serves `app`, with the limits of trust.md 6 on lines, headers and idle connections."""
    return web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=1.0,
        keepalive_timeout=15.0,
        max_line_size=4096,
        max_field_size=8192,
    )


@web.middleware
async def _answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    started = time.perf_counter()
    try:
        return await handler(request)
    except Problem as problem:
        return problem_response(problem.code, problem.params)
    except web.HTTPRequestEntityTooLarge:
        return problem_response("too_large", {"limit": 256 * 1024})
    except web.HTTPMethodNotAllowed as error:
        allowed = sorted(error.allowed_methods)
        return problem_response("method_not_allowed", {"allowed": allowed})
    except web.HTTPNotFound:
        return problem_response("not_found", {"path": request.path[:200]})
    except web.HTTPException:
        raise
    except Exception:
        # The edge of the program: our own mistake is logged here and told as a code, without its text.
        log.exception("http.crashed", method=request.method, path=request.path)
        return problem_response("internal", {})
    finally:
        log.debug(
            "http.request",
            method=request.method,
            path=request.path,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )


def _with_room(handler: Handler) -> Handler:
    """Answer 503 to all but an admin while there is no usable configuration."""

    async def checked(request: web.Request) -> web.StreamResponse:
        if request[PRINCIPAL].role != "admin" and request.app[SERVICES].failure() is not None:
            raise Problem("config_none")
        return await handler(request)

    return checked


async def _health(request: web.Request) -> web.Response:
    """Answer `GET /healthz`: the loop turns."""
    return web.Response(text="ok\n")


async def _ready(request: web.Request) -> web.Response:
    """Answer `GET /readyz`: panels can be served; devices may still be on their way."""
    if request.app[SERVICES].dispatch.stopping:
        return web.Response(text="stopping\n", status=503)
    if request.app[SERVICES].failure() is not None:
        return web.Response(text="misconfigured\n", status=503)
    return web.Response(text="ready\n")


async def _page(request: web.Request) -> web.Response:
    """Answer a page or one of its files."""
    if request.path.startswith(("/api/", "/sim/")):
        raise Problem("not_found", path=request.path[:200])
    services = request.app[SERVICES]
    failure = services.failure()
    if failure is not None and not _for_admin(request.path, services.assets):
        return unavailable(failure)
    found = services.assets.respond(request)
    if found is not None:
        return found
    if not services.assets.present and request.path in PAGES:
        raise Problem("panel.missing")
    raise Problem("not_found", path=request.path[:200])


def _for_admin(path: str, assets: Assets) -> bool:
    """Say whether it is the admin page, or a file that pages are made of."""
    page = path in PAGES or path.endswith(".html")
    return path == "/admin" or (path in assets.table and not page)


__all__ = ["API", "OPEN_TO_ALL", "ROUTES", "from_loopback", "make_app", "make_runner"]
