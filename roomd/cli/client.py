"""Ask a running daemon over its `control.sock`."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from roomd.cli.output import fail
from roomd.control_socket import socket_path

T = TypeVar("T")
BASE = "http://roomd/api/v1"
Work = Callable[[aiohttp.ClientSession], Awaitable[T]]


class Unanswered(Exception):
    """No daemon, no right, or no answer; `code` and `params` say which, for people."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def ask(
    method: str, path: str, data: Path | None, body: Any = None, *, within: float | None = None
) -> tuple[int, Any]:
    """Return status and JSON of one request; ends the program where no daemon answers.

    Args:
        method: GET or POST.
        path: below `/api/v1`.
        data: the daemon's data folder, or None.
        body: sent as JSON.
        within: seconds that it may take; None: as long as it takes (a projector warms up for minutes).
    """
    return with_daemon(data, lambda session: request(session, method, path, body), within=within)


async def request(
    session: aiohttp.ClientSession, method: str, path: str, body: Any = None
) -> tuple[int, Any]:
    """Return status and JSON of one request."""
    async with session.request(method, BASE + path, json=body) as answer:
        return answer.status, await answer.json(content_type=None)


def with_daemon(data: Path | None, work: Work[T], *, within: float | None = None) -> T:
    """Run `work` with a session to the daemon; ends the program where there is none."""
    try:
        return attempt(data, work, within=within)
    except Unanswered as why:
        fail(why.code, why.params)


def attempt(data: Path | None, work: Work[T], *, within: float | None = None) -> T:
    """Run `work` with a session to the daemon.

    Raises:
        Unanswered: there is none, it may not be asked, or it does not answer.
    """
    path = socket_path(data)

    async def go() -> T:
        connector = aiohttp.UnixConnector(path=str(path))
        no_limit = aiohttp.ClientTimeout(total=None)
        async with (
            asyncio.timeout(within),
            aiohttp.ClientSession(connector=connector, timeout=no_limit) as session,
        ):
            return await work(session)

    try:
        return asyncio.run(go())
    except TimeoutError:
        raise Unanswered("no_answer") from None
    except aiohttp.ClientConnectorError as error:
        denied = error.os_error.errno in {errno.EACCES, errno.EPERM}
        if denied:
            raise Unanswered("no_right", path=str(path)) from None
        raise Unanswered("no_daemon", socket=str(path)) from None
    except (aiohttp.ClientError, OSError) as error:
        raise Unanswered("daemon_ended", why=str(error)) from None
