"""Where the room is served: loopback in clear, else HTTPS with the plain page beside it."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from drivers.clock import LoopClock
from roomd.clock import WallClock
from roomd.config.load import load
from roomd.config.room import Room
from roomd.options import PORT, CannotServe, Options
from roomd.serving import Serving, handed_over, place_of
from tests.support.daemon import free_port
from tests.support.small_room import HEAD


def room_of(folder: Path, more: str = "") -> Room:
    (folder / "room.yaml").write_text(HEAD + more, "utf-8")
    result = load(folder / "room.yaml")
    assert result.room is not None, result.errors
    return result.room


def options(folder: Path, **changes: Any) -> Options:
    given: dict[str, Any] = {
        "config": folder / "room.yaml",
        "data": folder / "data",
        "socket": folder / "control.sock",
        "host": "",
        "port": None,
        "hosts": frozenset(),
    }
    return Options(**{**given, **changes})


@pytest.mark.parametrize(
    "more, expected",
    [
        ("", (("",), 443, True, 80)),
        ("web: {http_port: 0}\n", (("",), 443, True, 0)),
        ('web: {listen: ["10.0.0.5"], port: 8443}\n', (("10.0.0.5",), 8443, True, 80)),
        ('web: {listen: ["127.0.0.1"]}\n', (("127.0.0.1",), PORT, False, 0)),
        ('web: {listen: ["127.0.0.1", "::1"], port: 81}\n', (("127.0.0.1", "::1"), 81, False, 0)),
        ('web: {listen: ["127.0.0.1", "10.0.0.5"]}\n', (("127.0.0.1", "10.0.0.5"), 443, True, 80)),
    ],
)
def test_the_room_file_says_where(tmp_path: Path, more: str, expected: tuple[Any, ...]) -> None:
    place = place_of(options(tmp_path), room_of(tmp_path, more))
    assert (place.hosts, place.port, place.tls, place.plain_port) == expected


def test_the_command_line_has_the_last_word_and_without_a_room_all_is_served(
    tmp_path: Path,
) -> None:
    assert place_of(options(tmp_path), None) == place_of(options(tmp_path), room_of(tmp_path))
    clear = place_of(options(tmp_path, host="127.0.0.1"), room_of(tmp_path, "web: {port: 8123}\n"))
    assert (clear.hosts, clear.port, clear.tls) == (("127.0.0.1",), 8123, False)
    assert place_of(options(tmp_path, host="127.0.0.1", https=True, port=0), None).tls


def serving(folder: Path, told: dict[str, bool], **changes: Any) -> Serving:
    clock = LoopClock()
    wall = WallClock(clock, None, lambda _at: None, lambda: True)

    def warn(code: str, *, on: bool, **_params: Any) -> None:
        told[code] = on

    return Serving(options(folder, host="127.0.0.1", port=0, **changes), clock, wall, warn)


def application() -> web.Application:
    async def healthy(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/healthz", healthy)
    return app


async def test_a_client_that_trusts_the_authority_comes_in_by_name_and_address(
    tmp_path: Path,
) -> None:
    plain = free_port()
    room = room_of(tmp_path, f"web: {{http_port: {plain}, names: [room-1.example.cn]}}\n")
    found = serving(tmp_path, {}, https=True)
    await found.open(application(), room)
    try:
        assert found.url == f"https://127.0.0.1:{found.port}"
        ca = (found.certificates.ca() or b"").decode()
        trusting = ssl.create_default_context(cadata=ca)
        async with aiohttp.ClientSession() as session:
            answer = await session.get(f"{found.url}/healthz", ssl=trusting)
            assert await answer.text() == "ok"
            named = await session.get(
                f"{found.url}/healthz", ssl=trusting, server_hostname="room-1.example.cn"
            )
            assert named.status == 200
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await session.get(f"{found.url}/healthz", ssl=ssl.create_default_context())
            page = await session.get(f"http://127.0.0.1:{plain}/")
            assert found.url in await page.text()
        assert {"room-1.example.cn", "roomd-r1.local", "127.0.0.1"} <= found.hosts
    finally:
        await found.close()


async def test_a_reload_changes_names_and_certificate_and_no_door(tmp_path: Path) -> None:
    found = serving(tmp_path, {}, https=True)
    await found.open(application(), room_of(tmp_path, "web: {http_port: 0}\n"))
    try:
        before = found.certificates.serial
        await found.use(room_of(tmp_path, "web: {http_port: 0, names: [r2.local]}\n"))
        assert found.certificates.serial != before
        assert "r2.local" in found.hosts
        status = found.status()
        assert "r2.local" in status["names"]
    finally:
        await found.close()


async def test_a_plain_port_in_use_is_a_banner_and_the_room_is_served(tmp_path: Path) -> None:
    told: dict[str, bool] = {}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = serving(tmp_path, told, https=True)
        await found.open(application(), room_of(tmp_path, f"web: {{http_port: {port}}}\n"))
        assert told["no_plain_page"]
        await found.close()


async def test_f17_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = serving(tmp_path, {})
        found._options.port = port
        with pytest.raises(CannotServe) as refused:
            await found.open(application(), None)
        await found.close()
    assert (refused.value.code, refused.value.params["port"]) == ("port_in_use", port)


async def test_an_offices_certificate_that_is_wrong_is_told_and_the_rooms_own_served(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.crt").write_text("no certificate")
    (tmp_path / "a.key").write_text("no key")
    told: dict[str, bool] = {}
    found = serving(tmp_path, told, https=True)
    more = "web: {http_port: 0}\ntls: {cert: a.crt, key: a.key}\n"
    await found.open(application(), room_of(tmp_path, more))
    status = found.status()
    await found.close()
    assert (status["source"], status["problem"]) == ("room", "tls.no_certificate")


def test_sockets_of_systemd_are_taken_by_their_names() -> None:
    assert handed_over({}, 1) == {}
    assert handed_over({"LISTEN_PID": "2", "LISTEN_FDS": "1"}, 1) == {}
    assert handed_over({"LISTEN_PID": "1", "LISTEN_FDS": "0"}, 1) == {}


def test_a_socket_is_there_in_a_program_that_was_given_one(tmp_path: Path) -> None:
    code = (
        "import os; from roomd.serving import handed_over; e = dict(os.environ, LISTEN_PID=str(os.getpid()));"
        "found = handed_over(e, os.getpid()); print({n: s.getsockname()[1] for n, s in found.items()})"
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        at = listening.getsockname()[1]
        os.set_inheritable(listening.fileno(), True)
        shell = f'exec 3<&{listening.fileno()}; exec "$0" -c "$1"'
        ended = subprocess.run(
            ["bash", "-c", shell, sys.executable, code],
            env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "https"},
            pass_fds=[listening.fileno()],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
    assert ended.stdout.strip() == str({"https": at}), ended.stderr
