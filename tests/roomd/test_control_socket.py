"""The socket of the command line: where it is, who may use it, and what it replaces."""

from __future__ import annotations

import stat
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from roomd.control_socket import remove, serve, socket_path


async def answer(_: web.Request) -> web.Response:
    return web.Response(text="here")


@pytest.fixture
def app() -> web.Application:
    made = web.Application()
    made.router.add_get("/", answer)
    return made


async def ask(path: Path) -> str:
    connector = aiohttp.UnixConnector(path=str(path))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get("http://roomd/") as found,
    ):
        return await found.text()


def test_it_is_in_the_data_folder_that_is_named_else_in_run() -> None:
    assert socket_path(Path("/srv/r")) == Path("/srv/r/control.sock")
    assert socket_path(None) == Path("/run/roomd/control.sock")


async def test_only_the_owner_may_speak(tmp_path: Path, app: web.Application) -> None:
    path = tmp_path / "run" / "control.sock"
    runner = await serve(app, path)
    try:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert await ask(path) == "here"
    finally:
        await runner.cleanup()


async def test_one_that_a_dead_daemon_left_is_replaced(
    tmp_path: Path, app: web.Application
) -> None:
    path = tmp_path / "control.sock"
    path.write_text("left over", "utf-8")
    runner = await serve(app, path)
    assert await ask(path) == "here"
    await runner.cleanup()


async def test_a_path_too_long_is_an_error_that_leaves_nothing(
    tmp_path: Path, app: web.Application
) -> None:
    with pytest.raises(OSError, match="too long"):
        await serve(app, tmp_path / ("x" * 120))


def test_removing_it_twice_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.touch()
    remove(path)
    remove(path)
    assert not path.exists()
