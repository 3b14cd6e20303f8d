"""Browser sessions: a token is posted once and becomes a cookie that scripts cannot read."""

from __future__ import annotations

from aiohttp import web

from roomd.identity.tokens import NOBODY
from roomd.web.access import COOKIE, PRINCIPAL, TOKENS, identify
from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response


async def show(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/session`: who am I?"""
    principal = request[PRINCIPAL]
    return json_response({"user": principal.user, "role": principal.role})


async def begin(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/session`: change a token for a cookie."""
    body = await read_object(request)
    token = body.get("token")
    if not isinstance(token, str) or set(body) != {"token"}:
        raise Problem("bad_request", fields=["token"])
    principal = request.app[TOKENS].open_session(token)
    if principal is None:
        note(request, "session.open", result="refused", reason="not_authenticated")
        raise Problem("not_authenticated")
    note(request, "session.open", who=principal, result="confirmed")
    response = json_response({"user": principal.user, "role": principal.role})
    response.set_cookie(
        COOKIE,
        principal.session,
        httponly=True,
        samesite="Strict",
        secure=request.secure,
        path="/",
    )
    return response


async def end(request: web.Request) -> web.Response:
    """Answer `DELETE /api/v1/session`: forget the cookie's session."""
    principal = identify(request)
    if principal is NOBODY:
        raise Problem("not_authenticated")
    request.app[TOKENS].close_session(principal.session)
    note(request, "session.close", who=principal)
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/")
    return response
