"""`roomd demo` and `roomd run`: the ready line, what a newcomer sees, exit codes, and the end."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import psutil
import pytest
from typer.testing import CliRunner

from roomd.cli import app
from tests.support.daemon import Daemon
from tests.support.programs import require_program
from tests.support.small_room import HEAD, ROOM

RUN = CliRunner()
BROKEN = HEAD + "idle_after: 5\n"
ROLES = {"presenter", "admin", "display", "security", "auditor", "reader"}
DEAD = ("lift.left", "lights.table")


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_the_demo_as_a_program_reads_it(tmp_path: Path) -> None:
    require_program("mosquitto")
    async with Daemon.demo(tmp_path / "data", "--fail", *DEAD) as demo:
        ready = demo.ready
        assert ready["ready"] is True
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", ready["url"])
        assert set(ready["pages"]) >= {"panel", "display", "admin"}
        assert set(ready["tokens"]) == ROLES
        assert {"join_code", "archive"} <= ready.keys()
        lift = ready["simulators"]["lift.left"]
        assert (lift["protocol"], lift["control"]) == ("lift_ff5-serial", "/sim/lift.left")
        for role, path, status in (
            ("presenter", "/api/v1/state", 200),
            ("display", "/api/v1/devices", 403),
            ("admin", "/api/v1/devices", 200),
            ("reader", "/api/v1/state", 403),
        ):
            assert await demo.status(path, ready["tokens"][role]) == status
        found = await states(demo)
        # On the bus the dead one has taken the line along; on the broker it is alone.
        assert found["lift.left"] == found["lift.right"] == "offline"
        assert found["lights.table"] in {"offline", "silent"}
        assert found["lights.stage"] == found["projector.main"] == found["ac.main"] == "online"
        children = psutil.Process(demo.process.pid).children()
        assert [c.name() for c in children] == ["mosquitto"]
        assert await demo.end(signal.SIGINT) == 0
    assert not any(c.is_running() for c in children)
    assert "Traceback" not in demo.log.read_text("utf-8")


async def states(demo: Daemon) -> dict[str, str]:
    """Return how each device was found when it was first looked for."""
    headers = {"Authorization": f"Bearer {demo.ready['tokens']['admin']}"}
    wanted, found = set(demo.ready["simulators"]), dict[str, str]()
    async with asyncio.timeout(45), aiohttp.ClientSession(headers=headers) as session:
        while not wanted <= found.keys():
            async with session.get(f"{demo.url}/api/v1/devices") as answer:
                devices = (await answer.json())["devices"]
            for device in devices:
                if device["state"] != "starting":
                    found.setdefault(device["id"], device["state"])
            await asyncio.sleep(0.05)
    return found


async def test_the_demo_as_people_read_it(tmp_path: Path) -> None:
    file = tmp_path / "room.yaml"
    file.write_text(BROKEN, "utf-8")
    async with Daemon.told(tmp_path / "data", "--config", file) as demo:
        told = "".join([await demo.line() for _ in range(7)])
        assert re.search(r"/admin#token=\S{20,}", told)
        assert "/sim" in told
        assert await demo.end() == 0
    assert f"roomd config check {file}" in demo.log.read_text("utf-8")


# -- how a start is refused ------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path: Path) -> Path:
    file = tmp_path / "room.yaml"
    file.write_text(ROOM, "utf-8")
    return file


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        found.listen()
        yield found.getsockname()[1]


def refused(*args: object) -> tuple[int, str]:
    """Return exit code and words of a start that fails; nothing may be on standard output."""
    told = RUN.invoke(app, [str(a) for a in args])
    assert told.stdout == ""
    assert told.exception is None or isinstance(told.exception, SystemExit)
    return told.exit_code, told.stderr


def test_an_unknown_device_to_fail(room: Path) -> None:
    code, words = refused("demo", "--config", room, "--port", 0, "--fail", "lift.main", "nobody")
    assert (code, "no device nobody" in words) == (2, True)


def test_a_device_without_the_option() -> None:
    code, words = refused("demo", "lift.left")
    assert (code, "lift.left" in words) == (2, True)


def test_a_port_that_does_not_exist() -> None:
    assert refused("demo", "--port", 70000)[0] == 2


def test_a_port_in_use(room: Path, taken: int) -> None:
    code, words = refused("demo", "--config", room, "--port", taken)
    assert (code, f"port {taken} is in use by" in words) == (78, True)


def test_a_port_in_use_of_the_real_room(room: Path, taken: int, tmp_path: Path) -> None:
    room.write_text(f"{ROOM}web: {{port: {taken}}}\n", "utf-8")
    code, words = refused(
        "run", "--config", room, "--data", tmp_path / "data", "--listen", "127.0.0.1"
    )
    assert (code, f"port {taken} is in use by" in words) == (78, True)


def test_a_data_folder_that_cannot_be_used() -> None:
    code, words = refused("run", "--config", "no.yaml", "--data", "/dev/null/x")
    assert (code, "cannot use /dev/null/x" in words) == (78, True)


def test_a_strict_start_with_errors(room: Path, tmp_path: Path) -> None:
    room.write_text(BROKEN, "utf-8")
    code, words = refused("run", "--config", room, "--data", tmp_path / "data", "--strict")
    assert code == 78
    assert f"{room}:3:13: idle_after" in words
    assert f"roomd config check {room}" in words
