"""Verbs that ask the daemon, against a real one: what they print, their JSON, and their exit codes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomd.cli import ask
from roomd.messages import both
from tests.support.daemon import Ended
from tests.support.small_room import COVE, ROOM, SmallRoom, cli, small_room
from tests.support.waiting import until


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[SmallRoom]:
    async with small_room(tmp_path) as found:
        await found.online("lift.main", "screen.main", "matrix.main", "lights.cove")
        yield found


async def test_devices_as_a_table_and_as_json(room: SmallRoom) -> None:
    told = await room.cli("devices")
    assert told.code == 0
    lines = {line.split()[0]: line for line in told.stdout.splitlines()}
    assert "online" in lines["matrix.main"]
    assert "tcp:127.0.0.1:" in lines["matrix.main"]
    body = json.loads((await room.cli("devices", "--json")).stdout)
    assert {d["id"]: d["state"] for d in body["devices"]}["lift.main"] == "online"


async def test_a_command_tells_its_outcome(room: SmallRoom) -> None:
    told = await room.cli("send", "matrix.main", "route", "in=2", "out=1")
    assert (told.code, told.stdout) == (0, both("outcome.confirmed", {}) + "\n")
    assert room.simulator("matrix.main").state.values["out.1.input"] == 2
    answer = json.loads((await room.cli("send", "lights.cove", "on", "--json")).stdout)
    assert answer["outcome"] == "sent"


@pytest.mark.parametrize(
    "args, code, words",
    [
        (("matrix.main", "route", "in=9", "out=1"), 1, "in"),
        (("matrix.main", "dance"), 1, "matrix.main has no command dance"),
        (("nobody", "on"), 1, "no device nobody"),
        (("lift.main", "up"), 1, "runs only while held"),
    ],
)
async def test_a_refusal_ends_with_1_and_its_reason(
    room: SmallRoom, args: tuple[str, ...], code: int, words: str
) -> None:
    told = await room.cli("send", *args)
    assert told.code == code
    assert words in told.stdout
    assert room.simulator("lift.main").state.starts == 0


async def test_an_argument_without_a_value_is_bad_usage(room: SmallRoom) -> None:
    told = await room.cli("send", "matrix.main", "route", "in")
    assert (told.code, "NAME=VALUE" in told.stderr) == (2, True)


@pytest.mark.parametrize(
    "text, pair",
    [
        ("level=40", ("level", 40)),
        ("on=true", ("on", True)),
        ("input=hdmi1", ("input", "hdmi1")),
        ('name="12"', ("name", "12")),
        ("speed=-0.5", ("speed", -0.5)),
    ],
)
def test_arguments_are_json_or_text(text: str, pair: tuple[str, object]) -> None:
    assert ask._argument(text) == pair


async def test_why(room: SmallRoom) -> None:
    allowed = await room.cli("why", "screen.main", "down", "--json")
    assert (allowed.code, json.loads(allowed.stdout)["verdict"]) == (0, "allowed")
    assert "可以执行" in (await room.cli("why", "screen.main", "down")).stdout
    held = await room.cli("why", "lift.main", "up")
    assert (held.code, "held" in held.stdout) == (1, True)


async def test_stop_stops_what_moves_and_names_each_device(room: SmallRoom) -> None:
    assert await room.do("screen.main", "up") == "sent"
    screen = room.simulator("screen.main")
    await until(lambda: screen.state.moving == "up")
    told = await room.cli("stop", "--json")
    assert told.code == 0
    outcomes = {d: o["outcome"] for d, o in json.loads(told.stdout)["devices"].items()}
    assert outcomes == {"lift.main": "sent", "screen.main": "sent"}
    assert screen.state.moving == "none"


async def test_stop_that_cannot_reach_a_device_ends_with_1(tmp_path: Path) -> None:
    async with small_room(tmp_path, dead=("lift.main",)) as room:
        await until(lambda: room.state("screen.main") == "offline")
        told = await room.cli("stop")
        assert told.code == 1
        assert "offline" in told.stdout


async def test_stop_with_nothing_to_stop(tmp_path: Path) -> None:
    text = ROOM[: ROOM.index("links:")] + f"devices:\n{COVE}"
    async with small_room(tmp_path, text) as room:
        told = await room.cli("stop")
        assert (told.code, told.stdout) == (0, both("stop.nothing", {}) + "\n")


async def test_trace_shows_frames_live_with_their_meaning(room: SmallRoom) -> None:
    watching = await traced(room, "matrix.main")
    await room.do("lights.cove", "on")
    await room.do("matrix.main", "route", **{"in": 3, "out": 2})
    sent, heard = (await shown(room, watching)).splitlines()
    assert "matrix.main" in sent
    assert "-> 33 2a 32 21" in sent
    assert "route" in sent
    assert "<- 4f 75 74 30 32" in heard
    assert "Out02 In03 All" in heard
    assert "out.2.input=3" in heard


async def test_trace_as_json_for_programs(room: SmallRoom) -> None:
    watching = await traced(room, "--json")
    await room.do("lights.cove", "on")
    events = [json.loads(line) for line in (await shown(room, watching)).splitlines()]
    assert {"lights.cove"} == {e["device"] for e in events if e["direction"] == "tx"}


async def traced(room: SmallRoom, *args: str) -> asyncio.Task[Ended]:
    """Begin to watch."""
    assert room.demo.app.services is not None
    traces = room.demo.app.services.traces
    watching = asyncio.create_task(room.cli("trace", *args))
    await until(lambda: traces._watchers)
    return watching


async def shown(room: SmallRoom, watching: asyncio.Task[Ended]) -> str:
    """Let the daemon end; return what was shown until then."""
    room.demo.app.stop()
    await room.demo.app.run()
    ended = await watching
    assert (ended.code, "roomd has ended" in ended.stderr) == (1, True)
    return ended.stdout


async def test_trace_of_nobody(room: SmallRoom) -> None:
    unknown = await room.cli("trace", "nobody")
    assert (unknown.code, "no device nobody" in unknown.stderr) == (1, True)


async def test_reload_and_rollback(room: SmallRoom) -> None:
    room.write(ROOM.replace("inputs: 8", "inputs: 4"))
    told = await room.cli("config", "reload")
    assert told.code == 0
    assert "changed 1" in told.stdout
    back = json.loads((await room.cli("config", "rollback", "--json")).stdout)
    assert (back["applied"], back["changed"]) == (True, ["matrix.main"])
    room.write(ROOM + "idle_after: 5\n")
    refused = await room.cli("config", "reload")
    assert refused.code == 1
    assert f"{room.file}:{len(ROOM.splitlines()) + 1}:13: idle_after" in refused.stdout
    assert "still running the version of 20" in refused.stderr
    gone = await room.cli("config", "rollback", "9")
    assert (gone.code, "no generation 10" in gone.stderr) == (1, True)


@pytest.mark.parametrize(
    "verb",
    [
        ("devices",),
        ("send", "a", "on"),
        ("why", "a", "on"),
        ("stop",),
        ("trace",),
        ("config", "reload"),
        ("config", "rollback"),
    ],
)
async def test_without_a_daemon_every_verb_says_so(tmp_path: Path, verb: tuple[str, ...]) -> None:
    told = await cli(*verb, "--data", str(tmp_path))
    assert told.code == 1
    assert f"no running roomd was found ({tmp_path / 'control.sock'})" in told.stderr


async def test_stop_direct_without_any_configuration(tmp_path: Path) -> None:
    told = await cli(
        "stop", "--direct", "--config", str(tmp_path / "no.yaml"), "--data", str(tmp_path)
    )
    assert (told.code, "no usable configuration" in told.stderr) == (1, True)
