"""The headers of every answer, made in one place (trust.md 9)."""

from __future__ import annotations

from aiohttp import web

PERMISSIONS_POLICY = (
    "display-capture=(), camera=(), microphone=(), fullscreen=(self), screen-wake-lock=(self)"
)


def content_security_policy(host: str) -> str:
    """Return the policy for pages served as `host` (name and port of the request)."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"font-src 'self'; connect-src 'self' wss://{host}; media-src 'self' blob:; "
        "worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'; require-trusted-types-for 'script'"
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on an answer right before it leaves (`on_response_prepare`)."""
    headers = response.headers
    headers["Content-Security-Policy"] = content_security_policy(request.host)
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
    headers.popall("Server", None)
