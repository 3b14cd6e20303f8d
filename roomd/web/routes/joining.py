"""The join code, for the display and the presenter; and the first start's code, for who is at the machine."""

from __future__ import annotations

from typing import Any, cast

from aiohttp import web

from roomd.identity.accounts import ADMINISTRATORS, Account
from roomd.web.access import from_loopback
from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.qr import svg
from roomd.web.services import SERVICES
from roomd.web.who import changing, identity_of, only, text_of, translated


async def show(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/join`: the code that lets guests in now, and the QR that does."""
    join = identity_of(request).join
    base = request.app[SERVICES].url or f"{request.scheme}://{request.host}"
    url = f"{base}/join#join={join.secret}"
    return json_response(
        {
            "code": join.code,
            "digits_off": join.digits_off,
            "url": f"{base}/join",
            "qr": svg(url),
            "seconds": round(join.seconds_left),
        }
    )


async def renew(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/join/renew`: another code, at once; the one before lets nobody in."""
    identity_of(request).join.renew()
    note(request, "join.renew", result="confirmed")
    return await show(request)


async def needs_set_up(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/setup`: whether administrators are to be made; the code only to this machine's own screen."""
    set_up = identity_of(request).set_up
    found: dict[str, Any] = {"needed": set_up.needed}
    if set_up.needed and from_loopback(request):
        found["code"] = set_up.code
    return json_response(found)


async def set_up(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/setup`: make the three administrators, with the code of the first start."""
    identity = changing(request)
    body = await read_object(request)
    only(body, "code", "accounts")
    with translated():
        if not identity.set_up.opens(text_of(body, "code", most=32), request.remote or ""):
            note(request, "setup", result="refused", reason="setup_code")
            raise Problem("setup_code")
        wanted = _wanted(body.get("accounts"))
        hashes = {n: await identity.login.hash(p, n) for n, (_role, p) in wanted.items()}
        if not identity.set_up.needed:
            raise Problem("setup_code")
        for name, (role, _password) in wanted.items():
            identity.accounts.add(Account(name, hashes[name], role, made=identity.clock.wall()))
    for name, (role, _password) in wanted.items():
        note(request, "account.create", obj=name, result="confirmed", detail={"role": role})
    return json_response({"made": sorted(wanted)})


def _wanted(accounts: object) -> dict[str, tuple[str, str]]:
    """Return name -> role and password of the three that are asked for."""
    entries = cast("list[object]", accounts) if isinstance(accounts, list) else []
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise Problem("bad_request", fields=["accounts"])
        one = cast("dict[str, object]", entry)
        only(one, "role", "name", "password")
        name = text_of(one, "name", most=32).strip()
        found[name] = (text_of(one, "role", most=32), text_of(one, "password", most=256))
    if len(entries) != len(ADMINISTRATORS):
        raise Problem("bad_request", fields=["accounts"])
    if frozenset(role for role, _ in found.values()) != ADMINISTRATORS:
        raise Problem("setup_roles")
    return found
