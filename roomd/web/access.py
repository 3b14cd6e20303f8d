"""Who is asking, from where, and whether it may: host, origin, credential, role. Default is no."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from roomd.identity.roles import authorize
from roomd.identity.tokens import NOBODY, Principal, Tokens
from roomd.web.problem import Problem

COOKIE: Final = "roomd"
HEADERS: Final = 16 * 1024
"""Bytes of all headers of a request (trust.md 6); one line and one header are bounded by the parser."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PRINCIPAL: Final = web.RequestKey("principal", Principal)
CONTROL_SOCKET: Final = web.AppKey("control_socket", bool)
"""True on the application behind `control.sock`: file permissions say who may speak there."""
TOKENS: Final = web.AppKey("tokens", Tokens)
HOSTS: Final = web.AppKey("hosts", frozenset[str])
"""Names and addresses, lower case without port, under which this room answers."""

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
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return NOBODY
    return tokens.session(cookie) or NOBODY


def by_cookie(request: web.Request) -> bool:
    """Return whether the request's right comes from a cookie, which a browser sends by itself."""
    return "Authorization" not in request.headers and COOKIE in request.cookies


def require(principal: Principal, permission: str) -> None:
    """Refuse what the role may not do.

    Raises:
        Problem: `not_authenticated` without any credential, else `not_allowed`.
    """
    if not authorize(principal.role, permission):
        if principal is NOBODY:
            raise Problem("not_authenticated")
        raise Problem("not_allowed", role=principal.role, permission=permission)


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
