"""The plain-HTTP page: why it is HTTPS, the room's authority with its fingerprint, and how to trust it.

It never redirects (whoever sits between could send people elsewhere), has no form, cookie or script, and says nothing
of the room's state. API paths and other methods are refused with `https_required`.
"""

from __future__ import annotations

import base64
import plistlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Final

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from roomd.identity.ca import fingerprint
from roomd.web.access import HOSTS, Hosts, host_name
from roomd.web.problem import problem_response

FILES: Final = ("/ca.crt", "/ca.cer", "/ca.mobileconfig")
STYLE: Final = (
    "body{font:17px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:44rem;margin:2rem auto;"
    "padding:0 1rem;color:#11181c;background:#f3f5f6}code{font-size:1.1rem;overflow-wrap:anywhere}"
    "a{color:#0b5cad}.go{display:inline-block;padding:1rem 1.5rem;border:2px solid #0b5cad;border-radius:14px}"
    "section{background:#fff;padding:.5rem 1rem;border-radius:14px;margin:1rem 0}"
)
_NAMESPACE: Final = uuid.UUID("6c1f4f7a-9d3e-4d1c-8e41-8d6a35c1b2f0")


@dataclass(frozen=True, slots=True)
class Trust:
    """What the page tells."""

    room: dict[str, str]
    url: str
    """The HTTPS address."""
    ca: bytes | None
    """The room's authority, PEM; None where the office's own is used."""


def make_trust_app(told: Callable[[], Trust], hosts: Hosts) -> web.Application:
    """Return the application of the plain port; `told` is asked at each request."""
    app = web.Application(client_max_size=0)
    app[HOSTS] = hosts

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"} or request.path.startswith("/api/"):
            return _plain(problem_response("https_required", {}, 403))
        if "Host" not in request.headers or host_name(request.host) not in request.app[HOSTS]:
            return _plain(problem_response("wrong_host", {"host": request.host}, 421))
        return _plain(_respond(request.path, told()))

    app.router.add_route("*", "/{path:.*}", answer)
    return app


def _respond(path: str, trust: Trust) -> web.Response:
    if path == "/trust.css":
        return web.Response(text=STYLE, content_type="text/css")
    if path in FILES:
        if trust.ca is None:
            return problem_response("not_found", {"path": path}, 404)
        return web.Response(body=file_of(path, trust), content_type=_TYPES[path])
    return web.Response(text=page(trust), content_type="text/html")


_TYPES: Final = {
    "/ca.crt": "application/x-x509-ca-cert",
    "/ca.cer": "application/pkix-cert",
    "/ca.mobileconfig": "application/x-apple-aspen-config",
}


def file_of(path: str, trust: Trust) -> bytes:
    """Return the authority as a system takes it: PEM, DER, or an Apple profile (unverified on a device)."""
    pem = trust.ca or b""
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    match path:
        case "/ca.crt":
            return pem
        case "/ca.cer":
            return der
        case _:
            return _profile(der, trust)


def _profile(der: bytes, trust: Trust) -> bytes:
    name = f"roomd {trust.room.get('en', '')}".strip()
    inner = uuid.uuid5(_NAMESPACE, base64.b64encode(der).decode())
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadIdentifier": f"roomd.ca.{inner}",
        "PayloadUUID": str(inner),
        "PayloadVersion": 1,
        "PayloadDisplayName": name,
        "PayloadContent": der,
    }
    outer = uuid.uuid5(inner, "profile")
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadIdentifier": f"roomd.profile.{outer}",
            "PayloadUUID": str(outer),
            "PayloadVersion": 1,
            "PayloadDisplayName": name,
            "PayloadContent": [payload],
        }
    )


def _plain(response: web.Response) -> web.Response:
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def page(trust: Trust) -> str:
    """Return the page."""
    zh, en = escape(trust.room.get("zh", "")), escape(trust.room.get("en", ""))
    url = escape(trust.url)
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{zh}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/trust.css"></head>
<body><h1>{zh} · <span lang="en">{en}</span></h1>
<p>会议室只通过加密连接使用：只有这样，浏览器才能投屏，别人也看不到、改不了内容。
<span lang="en">This room is used over an encrypted connection only: without it browsers cannot share a screen, and
others could read and change what is sent.</span></p>
<p><a class="go" href="{url}">{url}</a></p>
{_authority(trust.ca)}
</body></html>
"""


def _authority(ca: bytes | None) -> str:
    if ca is None:
        return ""
    return f"""<section><h2>证书 · <span lang="en">Certificate</span></h2>
<p>浏览器提示“不安全”时，请先安装本会议室的证书。安装前，请<strong>对照会议室大屏上的指纹</strong>：
<span lang="en">Where the browser warns, install this room's certificate first. Before you do,
<strong>compare this fingerprint with the one on the room's display</strong>:</span></p>
<p><code>{fingerprint(ca)}</code></p>
<ul>
<li>Windows、麒麟、统信 · Linux: <a href="/ca.crt">ca.crt</a>（双击或由信息部门统一安装 ·
<span lang="en">open it, or let IT install it for all</span>）</li>
<li>Android: <a href="/ca.cer">ca.cer</a>（设置 &gt; 安全 &gt; 安装证书 &gt; CA 证书 ·
<span lang="en">Settings &gt; Security &gt; Install a certificate &gt; CA certificate</span>）</li>
<li>iPhone、iPad: <a href="/ca.mobileconfig">ca.mobileconfig</a>（安装后还须在“关于本机 &gt; 证书信任设置”中打开 ·
<span lang="en">after the profile, switch it on in About &gt; Certificate Trust Settings</span>）</li>
</ul></section>"""
