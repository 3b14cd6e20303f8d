"""Who is asking, from where, and whether it may: host, origin, credential, role. Default is no."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from roomd.identity.principal import NOBODY, Principal
from roomd.identity.roles import authorize
from roomd.identity.tokens import Tokens
from roomd.web.problem import Problem

COOKIE: Final = "roomd"
SECURE_COOKIE: Final = "__Host-roomd"
"""Over HTTPS: browsers then refuse one that another host or path, or plain HTTP, has set."""
HEADERS: Final = 16 * 1024
"""Bytes of all headers of a request (trust.md 6); one line and one header are bounded by the parser."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
UNPROVED: Final = frozenset({"device.stop", "session.own"})
"""What a tablet's cookie alone may do beside reading."""
PRINCIPAL: Final = web.RequestKey("principal", Principal)
CONTROL_SOCKET: Final = web.AppKey("control_socket", bool)
"""True on the application behind `control.sock`: file permissions say who may speak there."""
TOKENS: Final = web.AppKey("tokens", Tokens)


class Hosts(set[str]):
    """Names and addresses, lower case without port, under which this room answers; a reload changes them."""


HOSTS: Final = web.AppKey("hosts", Hosts)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOCAL_ADMIN: Final = Principal("cli", "admin")


def check_size(request: web.Request) -> None:
    """Refuse a request with too many headers.

    Raises:
        Problem: `headers_too_large`.
    """
    if sum(len(name) + len(value) for name, value in request.raw_headers) > HEADERS:
        raise Problem("headers_too_large", limit=HEADERS)


def check_host(request: web.Request) -> None:
    """Refuse a request for another name: DNS rebinding makes foreign pages reach us under their own.

    Raises:
        Problem: `wrong_host`.
    """
    if request.app[CONTROL_SOCKET]:
        return
    if "Host" not in request.headers:
        # The library would put this machine's own name in its place.
        raise Problem("wrong_host", host="")
    if host_name(request.host) not in request.app[HOSTS]:
        raise Problem("wrong_host", host=request.host)
    if "://" in request.raw_path.split("?", 1)[0][:12]:
        raise Problem("wrong_host", host=request.raw_path[:100])


def host_name(host: str) -> str:
    """Return `host` without port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].split("]", 1)[0].lower()
    return host.rsplit(":", 1)[0].lower() if host.count(":") == 1 else host.lower()


def check_origin(request: web.Request, *, required: bool) -> None:
    """Refuse a request that a foreign page makes in the name of its visitor.

    Raises:
        Problem: `wrong_origin`.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        if required:
            raise Problem("wrong_origin", origin="")
        return
    if origin != f"{request.scheme}://{request.host}":
        raise Problem("wrong_origin", origin=origin[:200])


def identify(request: web.Request) -> Principal:
    """Return who asks: by `Authorization: Bearer`, by cookie, or nobody.

    Raises:
        Problem: `not_authenticated` when a credential is given that is not (any more) valid.
    """
    if request.app[CONTROL_SOCKET]:
        return LOCAL_ADMIN
    tokens = request.app[TOKENS]
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        principal = tokens.bearer(token.strip()) if scheme.lower() == "bearer" else None
        if principal is None:
            raise Problem("not_authenticated")
        return principal
    cookie = request.cookies.get(cookie_name(request))
    if cookie is None:
        return NOBODY
    return tokens.session(cookie) or NOBODY


def or_nobody(request: web.Request) -> Principal:
    """Return who asks for what is open to all; a credential that is wrong is nobody's."""
    try:
        return identify(request)
    except Problem:
        return NOBODY


def cookie_name(request: web.Request) -> str:
    """Return the name of the session's cookie."""
    return SECURE_COOKIE if request.secure else COOKIE


def set_cookie(
    request: web.Request, response: web.Response, value: str, max_age: int | None
) -> None:
    """Give a browser its session; without `max_age`, in seconds, until it is closed."""
    response.set_cookie(
        cookie_name(request),
        value,
        max_age=max_age,
        httponly=True,
        samesite="Strict",
        secure=request.secure,
        path="/",
    )


def drop_cookie(request: web.Request, response: web.Response) -> None:
    """Take a browser's session away."""
    response.del_cookie(
        cookie_name(request), path="/", secure=request.secure, httponly=True, samesite="Strict"
    )


def by_cookie(request: web.Request) -> bool:
    """Return whether the request's right comes from a cookie, which a browser sends by itself."""
    return "Authorization" not in request.headers and cookie_name(request) in request.cookies


def require(principal: Principal, permission: str) -> None:
    """Refuse what the role may not do.

    Raises:
        Problem: `not_authenticated` without any credential, else `not_allowed`.
    """
    if not authorize(principal.role, permission):
        if principal is NOBODY:
            raise Problem("not_authenticated")
        raise Problem("not_allowed", role=principal.role, permission=permission)


def check_proof(request: web.Request, principal: Principal) -> None:
    """Refuse a tablet's cookie that was copied: a connection of that tablet must be open that has proved its key.

    Raises:
        Problem: `proof_needed`.
    """
    tokens = request.app[TOKENS]
    if not principal.session or tokens.key_of(principal) is None:
        return
    if not tokens.proven[principal.device, request.remote or ""]:
        raise Problem("proof_needed")


def guarded(permission: str | None, handler: Handler) -> Handler:
    """Put the checks before a handler; None is for what is open to all (pages, health)."""

    async def checked(request: web.Request) -> web.StreamResponse:
        check_size(request)
        check_host(request)
        unsafe = request.method not in SAFE
        socket = request.headers.get("Upgrade", "").lower() == "websocket"
        check_origin(request, required=by_cookie(request) and (unsafe or socket))
        if permission is not None:
            principal = identify(request)
            require(principal, permission)
            if unsafe and permission not in UNPROVED:
                check_proof(request, principal)
            request[PRINCIPAL] = principal
        return await handler(request)

    return checked


def from_loopback(request: web.Request) -> bool:
    """Return whether the request comes from this machine; what a proxy here passes on does not."""
    if request.app[CONTROL_SOCKET]:
        return True
    if "Forwarded" in request.headers or "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
