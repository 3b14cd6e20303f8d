"""Ask a running daemon over its `control.sock`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from roomd.cli.output import fail
from roomd.control_socket import socket_path

T = TypeVar("T")
BASE = "http://roomd/api/v1"


def ask(method: str, path: str, data: Path | None, body: Any = None) -> tuple[int, Any]:
    """Return status and JSON of one request; ends the program where no daemon answers."""

    async def work(session: aiohttp.ClientSession) -> tuple[int, Any]:
        async with session.request(method, BASE + path, json=body) as answer:
            return answer.status, await answer.json(content_type=None)

    return with_daemon(data, work)


def with_daemon(data: Path | None, work: Callable[[aiohttp.ClientSession], Awaitable[T]]) -> T:
    """Run `work` with a session to the daemon; ends the program where there is none."""
    socket = socket_path(data)

    async def go() -> T:
        connector = aiohttp.UnixConnector(path=str(socket))
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            return await work(session)

    try:
        return asyncio.run(go())
    except (aiohttp.ClientConnectorError, FileNotFoundError):
        fail("no_daemon", {"socket": str(socket)})
    except PermissionError:
        fail("no_right", {"path": str(socket)})
