"""Certificates and the clock, for who looks after the room."""

from __future__ import annotations

from aiohttp import web

from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.services import SERVICES, TlsService
from roomd.web.who import only, text_of


def _tls(request: web.Request, *, change: bool) -> TlsService:
    services = request.app[SERVICES]
    if services.tls is None:
        raise Problem("not_found", path=request.path[:200])
    if change and not services.record_writable():
        raise Problem("record_unwritable")
    return services.tls


async def show(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/tls`: which certificate is served, until when, for which names."""
    return json_response(_tls(request, change=False).status())


async def csr(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/tls/csr`: make a key, and the request that the office's authority signs."""
    try:
        text = _tls(request, change=True).request()
    except OSError as error:
        raise Problem("tls.failed", why=str(error)) from None
    note(request, "tls.csr", result="confirmed")
    return json_response({"csr": text})


async def take(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/tls/cert`: use the certificate that was made of the last request."""
    tls = _tls(request, change=True)
    body = await read_object(request)
    only(body, "cert")
    chain = text_of(body, "cert", most=64 * 1024)
    code = await tls.take(chain)
    if code is not None:
        note(request, "tls.cert", result="refused", reason=code)
        raise Problem(code, why="")
    note(request, "tls.cert", result="confirmed")
    return json_response(tls.status())


async def confirm_clock(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/clock/confirm`: a person has looked, and the clock is right."""
    services = request.app[SERVICES]
    if services.confirm_clock is None:
        raise Problem("not_found", path=request.path[:200])
    services.confirm_clock()
    note(request, "clock.confirm", result="confirmed")
    return json_response({"clock_ok": True})
