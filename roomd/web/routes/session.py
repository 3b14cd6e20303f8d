"""Coming in and going: a token, an account, a pairing or a join code becomes a cookie that scripts cannot read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from aiohttp import web

from roomd.identity.login import Given
from roomd.identity.principal import NOBODY, Principal
from roomd.web.access import PRINCIPAL, TOKENS, drop_cookie, identify, or_nobody, set_cookie
from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.qr import svg
from roomd.web.who import changing, identity_of, only, text_of, translated

TABLET_AGE: Final = 180 * 86_400
"""Seconds for which a browser keeps a paired device's cookie."""
MOST_NAME, MOST_SECRET = 32, 256
Came = tuple[Principal, dict[str, Any]]


async def show(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/session`: who am I?"""
    return json_response(_who(request, request[PRINCIPAL]))


async def begin(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/session`: log in, pair, or join; the answer says who it is now."""
    body = await read_object(request)
    way = next((w for w in WAYS if w in body), None)
    if way is None:
        raise Problem("bad_request", fields=list(WAYS))
    act, come_in = WAYS[way]
    try:
        with translated():
            principal, more = await come_in(request, body)
    except Problem as problem:
        user = body.get("user") if way == "user" else ""
        note(
            request,
            act,
            who=Principal(str(user)[:MOST_NAME], ""),
            result="refused",
            reason=problem.code,
        )
        raise
    note(request, act, who=principal, result="confirmed")
    response = json_response({**_who(request, principal), **more})
    age = TABLET_AGE if principal.device and principal.session and way == "pair" else None
    set_cookie(request, response, principal.session, age)
    return response


async def end(request: web.Request) -> web.Response:
    """Answer `DELETE /api/v1/session`: forget the cookie's session; a paired device stays paired."""
    principal = identify(request)
    if principal is NOBODY:
        raise Problem("not_authenticated")
    request.app[TOKENS].close_session(principal.session)
    note(request, "session.close", who=principal)
    response = web.Response(status=204)
    drop_cookie(request, response)
    return response


async def set_pin(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/session/pin`: give this tablet a PIN, or with an empty one take it away."""
    identity = changing(request)
    body = await read_object(request)
    only(body, "pin", "old")
    pin = text_of(body, "pin", most=16, needed=False)
    devices = identity.tokens.devices
    device = devices.live(request[PRINCIPAL].token)
    if device is None:
        raise Problem("not_a_tablet")
    if pin and (len(pin) < 4 or not pin.isdigit()):
        raise Problem("bad_request", fields=["pin"])
    if device.pin and not devices.pin_fits(device, text_of(body, "old", most=16, needed=False)):
        note(request, "device.pin", obj=device.id, result="refused", reason="wrong_pin")
        raise Problem("wrong_pin")
    with translated():
        devices.set_pin(device, pin)
    note(request, "device.pin", obj=device.id, result="confirmed")
    return json_response({"pin": bool(pin)})


def _who(request: web.Request, principal: Principal) -> dict[str, Any]:
    found = {"user": principal.user, "role": principal.role}
    keyed = request.app[TOKENS].key_of(principal) is not None
    more = {"device": principal.device, "keyed": keyed, "clearance": principal.clearance}
    return {**found, **{name: value for name, value in more.items() if value}}


# -- the ways in --------------------------------------------------------------------------------------------------


async def _by_token(request: web.Request, body: dict[str, Any]) -> Came:
    only(body, "token")
    principal = request.app[TOKENS].open_session(text_of(body, "token", most=MOST_SECRET))
    if principal is None:
        raise Problem("not_authenticated")
    return principal, {}


async def _by_account(request: web.Request, body: dict[str, Any]) -> Came:
    only(body, "user", "password", "code", "new_password")
    identity = identity_of(request)
    given = Given(
        text_of(body, "user", most=MOST_NAME).strip(),
        text_of(body, "password", most=MOST_SECRET),
        text_of(body, "code", most=32, needed=False),
        text_of(body, "new_password", most=MOST_SECRET, needed=False),
        request.remote or "",
    )
    try:
        with translated():
            entered = await identity.login.enter(given)
    except Problem as problem:
        if problem.code == "totp_enrol":
            problem.params["qr"] = svg(problem.params["uri"])
        raise
    principal = identity.tokens.open_account(entered.account, or_nobody(request))
    if principal is None:
        raise Problem("needs_tablet")
    return principal, {"paper_codes": entered.paper} if entered.paper else {}


async def _by_pairing(request: web.Request, body: dict[str, Any]) -> Came:
    only(body, "pair", "name", "key")
    identity = changing(request)
    given = text_of(body, "pair", most=64)
    name = text_of(body, "name", most=MOST_NAME, needed=False).strip()
    key = body.get("key")
    if key is not None and not _is_jwk(key):
        raise Problem("bad_request", fields=["key"])
    window = identity.pairing.exchange(given, request.remote or "")
    if window is None:
        raise Problem("pairing_closed")
    devices = identity.tokens.devices
    taken = {device.name for device in devices.by_token.values()}
    token, device = devices.pair(window.kind, _free_name(name or window.kind, taken), key)
    who = Principal(device.name, device.kind, token, request.app[TOKENS].hash(token), device.id)
    return who, {}


async def _by_join_code(request: web.Request, body: dict[str, Any]) -> Came:
    only(body, "join", "name")
    identity = identity_of(request)
    name = " ".join(text_of(body, "name", most=MOST_NAME).split())
    if not name.isprintable():
        raise Problem("bad_request", fields=["name"])
    verdict = identity.join.judge(text_of(body, "join", most=64), request.remote or "")
    if verdict != "right":
        raise Problem("join_off" if verdict == "off" else "join_wrong")
    return identity.tokens.open_guest(name), {}


Way = Callable[[web.Request, dict[str, Any]], Awaitable[Came]]
WAYS: Final[dict[str, tuple[str, Way]]] = {
    "token": ("session.open", _by_token),
    "user": ("session.open", _by_account),
    "pair": ("pairing.use", _by_pairing),
    "join": ("session.join", _by_join_code),
}
"""Field that says which way somebody comes in -> act in the record, and how."""


def _is_jwk(key: object) -> bool:
    if not isinstance(key, dict):
        return False
    fields = cast("dict[str, object]", key)
    texts = [v for v in fields.values() if isinstance(v, str) and len(v) <= 64]
    return fields.keys() == {"kty", "crv", "x", "y"} and len(texts) == len(fields)


def _free_name(name: str, taken: set[str]) -> str:
    """Return `name`, with a number where another device has it."""
    if name not in taken:
        return name
    number = 2
    while f"{name[: MOST_NAME - 4]} {number}" in taken:
        number += 1
    return f"{name[: MOST_NAME - 4]} {number}"
