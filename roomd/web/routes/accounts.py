"""Accounts: `admin` makes them, `security` gives them a role, nobody has more than one of the three powers."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from roomd.identity.accounts import CLEARANCES
from roomd.identity.roles import authorize
from roomd.web.access import CONTROL_SOCKET, PRINCIPAL
from roomd.web.body import read_object
from roomd.web.noting import note
from roomd.web.problem import Problem, json_response
from roomd.web.who import changing, identity_of, only, text_of, translated


async def show_all(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/users`: who has an account, and what for."""
    identity = identity_of(request)
    return json_response(
        {
            "users": [account.as_json() for account in identity.accounts.all()],
            "missing": identity.accounts.missing_administrators(),
            "clearances": list(CLEARANCES),
        }
    )


async def add(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/users`: make an account; over the network it can do nothing until it is given a role."""
    identity = changing(request)
    body = await read_object(request)
    only(body, "name", "password", "role")
    name = text_of(body, "name", most=32).strip()
    role = text_of(body, "role", most=32, needed=False)
    console = request.app[CONTROL_SOCKET]
    if role and not console:
        raise Problem("role_by_security")
    password = text_of(body, "password", most=256, needed=False)
    made_up = "" if password else secrets.token_urlsafe(12)
    with translated():
        await identity.add_account(
            name, role, password or made_up, must_change=not (console and password)
        )
    note(request, "account.create", obj=name, result="confirmed", detail={"role": role})
    return json_response({"name": name, "role": role or None, **_shown_once(made_up)})


async def remove(request: web.Request) -> web.Response:
    """Answer `DELETE /api/v1/users/{user}`: remove an account, and end what it has open."""
    identity = changing(request)
    name = request.match_info["user"]
    with translated():
        before = identity.accounts.remove(name)
    identity.end_account(name)
    detail = {"before": {"role": before.role}}
    note(request, "account.remove", obj=name, result="confirmed", detail=detail)
    return json_response({"removed": name})


async def grant(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/users/{user}/grant`: give a role and a clearance, or take them."""
    identity = changing(request)
    name = request.match_info["user"]
    body = await read_object(request)
    only(body, "role", "clearance")
    with translated():
        account = identity.accounts.get(name)
        role = text_of(body, "role", most=32, needed=False) if "role" in body else account.role
        clearance = (
            text_of(body, "clearance", most=32) if "clearance" in body else account.clearance
        )
        before = identity.accounts.grant(name, role, clearance)
    if (before.role, before.clearance) != (role, clearance):
        identity.end_account(name)
    detail = {
        "before": {"role": before.role, "clearance": before.clearance},
        "after": {"role": role, "clearance": clearance},
    }
    note(request, "account.grant", obj=name, result="confirmed", detail=detail)
    return json_response(identity.accounts.get(name).as_json())


async def set_password(request: web.Request) -> web.Response:
    """Answer `POST /api/v1/users/{user}/password`: one's own, with the old one; or, by an admin, a start password."""
    identity = changing(request)
    name, who = request.match_info["user"], request[PRINCIPAL]
    body = await read_object(request)
    only(body, "old", "password", "totp")
    own = who.user == name and not who.token and not request.app[CONTROL_SOCKET]
    made_up = ""
    with translated():
        account = identity.accounts.get(name)
        if own:
            password = text_of(body, "password", most=256)
            await identity.login.confirm(account, text_of(body, "old", most=256))
            hashed = await identity.login.hash(password, name)
        elif authorize(who.role, "account.create"):
            made_up = secrets.token_urlsafe(12)
            hashed = await identity.login.hash(made_up, name)
        else:
            raise Problem("not_allowed", role=who.role, permission="account.create")
        identity.accounts.set_password(name, hashed, must_change=not own)
        if body.get("totp") == "forget" and not own:
            identity.accounts.forget_code(name)
    if not own:
        identity.end_account(name)
    note(request, "account.password", obj=name, result="confirmed", detail={"own": own})
    return json_response({"name": name, **_shown_once(made_up)})


def _shown_once(password: str) -> dict[str, Any]:
    """Return a start password, which must be changed at the first log-in."""
    return {"start_password": password} if password else {}
