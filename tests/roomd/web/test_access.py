"""Host names, origins and addresses as they come."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from roomd.web.access import host_name
from tests.support.web_room import web_room


@pytest.mark.parametrize(
    "host,name",
    [
        ("Room.local:8470", "room.local"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:8470", "::1"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_a_host_without_port_and_brackets(host: str, name: str) -> None:
    assert host_name(host) == name


async def test_an_absolute_target_is_another_host(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        port = int(room.url.rsplit(":", 1)[1])
        reader, writer = await room.settled(asyncio.open_connection("127.0.0.1", port))
        writer.write(b"GET http://evil.example/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        line = await room.settled(reader.readline())
        assert line.split()[1] == b"421"
        writer.close()


async def test_a_request_that_names_no_host_is_for_nobody(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        port = int(room.url.rsplit(":", 1)[1])
        reader, writer = await room.settled(asyncio.open_connection("127.0.0.1", port))
        writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
        line = await room.settled(reader.readline())
        assert line.split()[1] == b"421"
        writer.close()


async def test_a_scheme_that_is_not_bearer_is_refused(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        headers = {"Authorization": "Basic dG9rZW4="}
        assert (await room.ask("GET", "room", None, headers=headers))[0] == 401


async def test_a_cookie_of_nobody_is_nobody(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        headers = {"Cookie": "roomd=invented"}
        assert (await room.ask("GET", "room", None, headers=headers))[0] == 401


async def test_what_a_proxy_passes_on_does_not_come_from_here(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        assert (await room.ask("GET", "/metrics", None))[0] == 200
        proxied = {"X-Forwarded-For": "10.0.0.7"}
        assert (await room.ask("GET", "/metrics", None, headers=proxied))[0] == 401
        assert (await room.ask("GET", "/metrics", "integration", headers=proxied))[0] == 200


async def test_too_many_headers_are_refused_together(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        few = {f"X-{n}": "x" * 4000 for n in range(3)}
        assert (await room.ask("GET", "/healthz", None, headers=few))[0] == 200
        many = {f"X-{n}": "x" * 4000 for n in range(5)}
        status, body = await room.ask("GET", "/healthz", None, headers=many)
        assert (status, body["code"]) == (431, "headers_too_large")
