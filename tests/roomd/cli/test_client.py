"""What is told when a daemon is not there, may not be asked, is frozen, or dies while it is asked."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import typer
from aiohttp import web

from roomd.cli.client import Unanswered, ask, attempt, request
from roomd.control_socket import serve, socket_path

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def daemon(folder: Path, handler: Handler) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = await serve(app, socket_path(folder))
    try:
        yield
    finally:
        await runner.cleanup()


async def echo(request: web.Request) -> web.Response:
    body = await request.json() if request.can_read_body else None
    return web.json_response({"path": request.path, "body": body}, status=418)


async def asked(folder: Path, **options: Any) -> tuple[int, Any]:
    return await asyncio.to_thread(ask, "POST", "/a/b", folder, {"x": 1}, **options)


async def why(folder: Path, within: float | None = None) -> Unanswered:
    def work() -> None:
        attempt(folder, lambda s: request(s, "GET", "/x"), within=within)

    with pytest.raises(Unanswered) as refused:
        await asyncio.to_thread(work)
    return refused.value


async def test_status_and_body_come_back(tmp_path: Path) -> None:
    async with daemon(tmp_path, echo):
        assert await asked(tmp_path) == (418, {"path": "/api/v1/a/b", "body": {"x": 1}})


async def test_nobody_is_there(tmp_path: Path) -> None:
    found = await why(tmp_path)
    assert (found.code, found.params) == (
        "no_daemon",
        {"socket": str(tmp_path / "control.sock")},
    )


async def test_a_socket_that_a_dead_daemon_left(tmp_path: Path) -> None:
    (tmp_path / "control.sock").touch()
    assert (await why(tmp_path)).code == "no_daemon"


async def test_it_may_not_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr("asyncio.BaseEventLoop.create_unix_connection", denied, raising=False)
    monkeypatch.setattr("asyncio.unix_events._UnixSelectorEventLoop.create_unix_connection", denied)
    found = await why(tmp_path)
    assert (found.code, found.params) == ("no_right", {"path": str(tmp_path / "control.sock")})


async def test_it_does_not_answer(tmp_path: Path) -> None:
    async def frozen(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with daemon(tmp_path, frozen):
        assert (await why(tmp_path, within=0.05)).code == "no_answer"


async def test_it_dies_while_it_is_asked(tmp_path: Path) -> None:
    async def dies(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with daemon(tmp_path, dies):
        assert (await why(tmp_path)).code == "daemon_ended"


async def test_the_program_ends_with_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        await asked(tmp_path)
    assert ended.value.exit_code == 1
    assert "no running roomd" in capsys.readouterr().err


async def test_work_of_many_requests_shares_one_session(tmp_path: Path) -> None:
    async def work(session: aiohttp.ClientSession) -> list[int]:
        return [(await request(session, "GET", "/x"))[0] for _ in range(3)]

    async with daemon(tmp_path, echo):
        assert await asyncio.to_thread(attempt, tmp_path, work) == [418] * 3
