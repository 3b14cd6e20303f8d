"""Every route, with every credential; what is not in the table is 404, and nothing is open by mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from roomd.identity.roles import PERMISSIONS, ROLES, authorize
from roomd.web.server import API, OPEN_TO_ALL, ROUTES
from tests.support.web_room import TOKENS, web_room

GUARDED = [(method, path, needed) for method, path, needed, _ in ROUTES if needed is not None]
BODIES: dict[tuple[str, str], Any] = {
    ("POST", f"{API}/config/check"): {"text": "x: 1"},
    ("POST", f"{API}/devices/{{device}}/{{command}}"): {"level": 5},
}
UNKNOWN = "no-such-token"


def filled(path: str) -> str:
    """Return a route's path with something in each of its places."""
    known = path.replace("{device}", "a").replace("{command}", "set")
    return re.sub(r"{\w+}", "x", known)


async def nothing() -> list[dict[str, Any]]:
    return []


def test_each_guarded_route_names_a_permission_that_exists() -> None:
    assert {needed for _, _, needed in GUARDED} <= PERMISSIONS.keys()


def test_what_is_open_is_listed_by_name() -> None:
    opened = {path for method, path, needed, _ in ROUTES if needed is None}
    assert opened == OPEN_TO_ALL


async def test_every_route_with_every_credential(tmp_path: Path) -> None:
    async with web_room(tmp_path, discover=nothing, doctor=nothing) as room:
        for method, path, needed in GUARDED:
            for role in (None, UNKNOWN, *ROLES):
                if path.endswith("/ws") and role in ROLES and authorize(role, needed):
                    continue  # an upgrade, tested with the WebSocket
                status, body = await room.ask(
                    method, filled(path), role, json=BODIES.get((method, path), {})
                )
                if role in (None, UNKNOWN):
                    assert (status, body["code"]) == (401, "not_authenticated"), (path, role)
                elif not authorize(str(role), needed):
                    assert (status, body["code"]) == (403, "not_allowed"), (path, role)
                else:
                    assert status not in (401, 403, 500), (path, role, body)


async def test_a_credential_that_does_not_match_never_moves_anything(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for role in (None, UNKNOWN, *(r for r in ROLES if not authorize(r, "device.command"))):
            status, _ = await room.ask("POST", "devices/a/set", role, json={"level": 5})
            assert status in (401, 403)
        assert room.texts("l1") == []


async def test_probe_and_reconnect_are_for_who_looks_after_the_room(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for command in ("probe", "reconnect"):
            status, body = await room.ask("POST", f"devices/a/{command}", "presenter")
            assert (status, body["params"]["permission"]) == (403, "device.look_after")
            assert (await room.ask("POST", f"devices/a/{command}", "admin"))[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.2", "[::1"])
async def test_another_host_name_is_421(tmp_path: Path, host: str) -> None:
    async with web_room(tmp_path) as room:
        status, body = await room.ask("GET", "room", headers={"Host": host})
        assert (status, body["code"]) == (421, "wrong_host")
        assert (await room.ask("GET", "/healthz", None, headers={"Host": host}))[0] == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
async def test_a_foreign_origin_is_403_for_every_route(tmp_path: Path, origin: str) -> None:
    async with web_room(tmp_path) as room:
        for method, path, _, _ in ROUTES:
            status, body = await room.ask(method, filled(path), headers={"Origin": origin})
            assert (status, body["code"]) == (403, "wrong_origin"), path
        assert room.texts("l1") == room.texts("l2") == []


async def test_what_comes_by_cookie_must_say_from_which_page(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        token = {"token": TOKENS["presenter"]}
        assert (await room.ask("POST", "session", None, json=token))[0] == 200
        assert (await room.ask("GET", "room", None))[0] == 200
        status, body = await room.ask("POST", "devices/a/set", None, json={"level": 5})
        assert (status, body["code"]) == (403, "wrong_origin")
        ours = {"Origin": room.url}
        status, _ = await room.ask("POST", "devices/a/set", None, json={"level": 5}, headers=ours)
        assert status == 200


async def test_a_websocket_by_cookie_needs_our_own_origin(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        await room.ask("POST", "session", None, json={"token": TOKENS["presenter"]})
        for headers in ({}, {"Origin": "http://evil.example"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with room.socket(None, **headers):
                    pass
            assert refused.value.status == 403
        async with room.socket(None, Origin=room.url) as panel:
            await panel.say(type="hello")
            await panel.next("snapshot")


async def test_addresses_that_do_not_exist_are_problems(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for path in ("/api/v1/nothing", "/sim/a", "/../etc/passwd", "/x.js", "/api/v2/room"):
            status, body = await room.ask("GET", path)
            assert (status, body["code"]) == (404, "not_found"), path
        status, body = await room.ask("PUT", "room")
        assert (status, body["code"]) == (405, "method_not_allowed")


async def test_health_is_about_the_loop_and_ready_about_serving(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        assert await room.ask("GET", "/healthz", None) == (200, "ok\n")
        assert await room.ask("GET", "/readyz", None) == (200, "ready\n")
        room.room.dispatch.stopping = True
        assert await room.ask("GET", "/readyz", None) == (503, "stopping\n")


async def test_without_a_panel_build_pages_say_so(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        status, body = await room.ask("GET", "/", None)
        assert (status, body["code"]) == (503, "panel.missing")


async def test_our_own_mistake_is_told_as_a_code_only(tmp_path: Path) -> None:
    async def broken() -> list[dict[str, Any]]:
        raise RuntimeError("a secret")

    async with web_room(tmp_path, discover=broken) as room:
        status, body = await room.ask("GET", "discover")
        assert (status, body["code"], body["params"]) == (500, "internal", {})
        assert (await room.ask("GET", "room"))[0] == 200
