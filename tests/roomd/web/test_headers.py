"""The security headers are on every answer, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.web.headers import content_security_policy
from tests.support.web_room import web_room

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@pytest.mark.parametrize(
    "method,path",
    [
        ("GET", "/"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/nowhere"),
        ("GET", "/api/v1/room"),
        ("GET", "/api/v1/nowhere"),
        ("POST", "/api/v1/stop"),
        ("POST", "/api/v1/session"),
        ("PUT", "/api/v1/room"),
    ],
)
async def test_on_every_answer(tmp_path: Path, method: str, path: str) -> None:
    (tmp_path / "index.html").write_text("<p>panel</p>", "utf-8")
    async with web_room(tmp_path) as room:
        host = room.url.removeprefix("http://")
        work = room.session.request(method, room.url + path)
        answer = await room.settled(work)
        headers = answer.headers
        assert {name: headers[name] for name in ALWAYS} == ALWAYS
        assert headers["Content-Security-Policy"] == content_security_policy(host)
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cache-Control"] == ("no-cache" if path == "/" else "no-store")
        assert "Server" not in headers
        assert not [name for name in headers if name.startswith("Access-Control-")]


def test_the_policy_opens_nothing_but_ourselves() -> None:
    policy = content_security_policy("room.local:8470")
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["connect-src"] == "'self' wss://room.local:8470"
    assert "unsafe" not in policy
    assert "*" not in policy
    assert parts["require-trusted-types-for"] == "'script'"
