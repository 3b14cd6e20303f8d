"""Pairing a tablet or display, what is paired, and tokens of other programs."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from roomd.identity.devices import Device
from roomd.identity.pairing import Open
from roomd.identity.roles import ROLES
from roomd.identity.tokens import Token
from roomd.web.access import CONTROL_SOCKET, PRINCIPAL
from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.qr import svg
from roomd.web.services import SERVICES
from roomd.web.who import changing, identity_of, only, text_of, translated

PAGES = {"presenter": "/", "display": "/display"}


async def open_window(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/pairing`: let one device be paired within five minutes."""
    identity = changing(request)
    body = await read_object(request)
    only(body, "kind")
    kind = body.get("kind")
    if kind not in PAGES:
        raise Problem("bad_request", fields=["kind"])
    window = identity.pairing.open(kind, request[PRINCIPAL].user)
    note(request, "pairing.open", obj=kind, result="confirmed")
    return json_response(_window(request, window))


async def show_window(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/pairing`: whether a window is open; its code is shown to who opens it, once."""
    identity = identity_of(request)
    window = identity.pairing.window
    return json_response(
        {
            "open": window is not None,
            "kind": None if window is None else window.kind,
            "seconds": round(identity.pairing.seconds_left()),
        }
    )


async def close_window(request: web.Request) -> web.Response:
    """Answer `DELETE /api/v1/pairing`: close the window."""
    identity_of(request).pairing.close()
    note(request, "pairing.close", result="confirmed")
    return json_response({"open": False})


def _window(request: web.Request, window: Open) -> dict[str, Any]:
    base = request.app[SERVICES].url or f"{request.scheme}://{request.host}"
    url = f"{base}{PAGES[window.kind]}#pair={window.secret}"
    return {
        "kind": window.kind,
        "code": f"{window.code[:4]} {window.code[4:]}",
        "url": url,
        "qr": svg(url),
        "seconds": round(identity_of(request).pairing.seconds_left()),
    }


async def show_tokens(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/tokens`: paired devices and tokens, without what opens anything."""
    tokens = identity_of(request).tokens
    return json_response(
        {
            "devices": [_device(device) for device in tokens.devices.by_token.values()],
            "tokens": [_token(token) for token in tokens.roles.values()],
        }
    )


async def add_token(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/tokens`: make a token for a program; other roles than `integration` only on the console."""
    identity = changing(request)
    body = await read_object(request)
    only(body, "name", "role")
    role = text_of(body, "role", most=32, needed=False) or "integration"
    if role not in ROLES:
        raise Problem("unknown_role", role=role)
    if role != "integration" and not request.app[CONTROL_SOCKET]:
        raise Problem("not_allowed", role=request[PRINCIPAL].role, permission="token.create")
    with translated():
        clear, token = identity.tokens.make(role, text_of(body, "name", most=32).strip())
    note(request, "token.create", obj=token.id, result="confirmed", detail={"role": role})
    return json_response({**_token(token), "token": clear})


async def revoke(request: web.Request) -> web.Response:
    """Answer `DELETE /api/v1/tokens/{token}`: end a token or a paired device, with all that it has open."""
    identity = changing(request)
    token_id = request.match_info["token"]
    with translated():
        found = identity.tokens.revoke(token_id)
    if not found:
        raise Problem("unknown_token")
    note(request, "token.revoke", obj=token_id[:64], result="confirmed")
    return json_response({"revoked": token_id[:64]})


def _device(device: Device) -> dict[str, Any]:
    shown = device.model_dump(include={"id", "kind", "name", "paired", "seen"})
    return {**shown, "key": device.key is not None, "pin": bool(device.pin)}


def _token(token: Token) -> dict[str, Any]:
    return token.model_dump(include={"id", "role", "name", "made"})
