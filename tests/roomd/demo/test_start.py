"""The demo's own part: its options, its room file, its ready line."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers.clock import LoopClock
from roomd.app import App
from roomd.config.load import load
from roomd.demo import start
from roomd.demo.room import SimulatedRoom
from roomd.demo.start import DemoOptions, UnknownDevices, demo_config, run_demo, started
from roomd.identity.tokens import Tokens
from roomd.options import Options
from tests.support.small_room import HEAD, ROOM, small_room

LINE = {"ready", "url", "pages", "tokens", "join_code", "simulators", "archive"}


def options(folder: Path, *, lan: bool = False, dead: tuple[str, ...] = ()) -> DemoOptions:
    return DemoOptions(folder / "room.yaml", folder / "data", 0, lan=lan, dead=dead)


def app_options(given: DemoOptions) -> Options:
    clock = LoopClock()
    return start._app_options(
        given, Tokens.fresh(clock)[0], SimulatedRoom(clock, frozenset(), standard_ports=False)
    )


def test_the_demo_room_is_there_and_good() -> None:
    result = load(demo_config())
    assert result.room is not None
    assert result.errors == ()


async def test_the_ready_line_is_as_documented(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        ready = room.demo.ready
        assert set(ready) == LINE
        assert ready["archive"] == {"volumes": 0, "pages": 0}
        assert all(re.fullmatch(r"[\w-]{43}", token) for token in ready["tokens"].values())
        for device, simulator in ready["simulators"].items():
            assert set(simulator) == {"protocol", "address", "control"}
            status, _ = await room.ask("GET", simulator["control"])
            assert status == 200, device


async def test_a_name_that_is_not_in_the_room_ends_it(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(ROOM, "utf-8")
    with pytest.raises(UnknownDevices) as refused:
        async with started(
            options(tmp_path, dead=("lift.main", "x.y")), LoopClock(), signals=False
        ):
            raise AssertionError("it started")
    assert refused.value.ids == ["x.y"]
    assert not (tmp_path / "data" / "control.sock").exists()


async def test_it_runs_until_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room.yaml").write_text(HEAD, "utf-8")
    told: list[Any] = []
    apps: list[App] = []

    def made(*args: Any) -> App:
        apps.append(App(*args))
        return apps[0]

    def tell(ready: Any) -> None:
        told.append(ready)
        apps[0].stop()

    monkeypatch.setattr(start, "App", made)
    await run_demo(options(tmp_path), tell)
    assert told[0]["ready"] is True


def test_alone_it_is_on_loopback_and_announces_nothing(tmp_path: Path) -> None:
    alone = app_options(options(tmp_path))
    assert (alone.host, alone.announce, alone.lan) == ("127.0.0.1", False, False)
    assert alone.hosts == {"127.0.0.1", "localhost", "::1"}
    assert alone.broker_port == 0


def test_on_the_network_it_prints_an_address_that_others_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "_own_address", lambda: "192.0.2.7")
    shared = app_options(options(tmp_path, lan=True))
    assert (shared.host, shared.shown_host) == ("0.0.0.0", "192.0.2.7")
    assert {"192.0.2.7", "127.0.0.1"} < shared.hosts
    assert shared.announce
    assert shared.lan


@pytest.mark.parametrize("terminal", [True, False])
def test_the_end_of_a_terminal_is_the_end_of_its_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal)
    assert app_options(options(tmp_path)).hangup_ends is terminal
