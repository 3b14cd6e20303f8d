"""Without a daemon: stop frames on each line, of what ran last; seen by the simulated devices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.clock import LoopClock
from drivers.registry import find
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import PtyWire, TcpWire
from roomd.cli.ask import _stop_direct
from roomd.config.generations import Generations
from roomd.stop_direct import stop_direct
from tests.support.small_room import HEAD, LIFT, MATRIX, TABLE
from tests.support.waiting import until

UP = bytes.fromhex("ff 01 ef 01 dd")
STOP = "ff 01 ef 01 cc"


@asynccontextmanager
async def on_a_pty() -> AsyncIterator[tuple[PtyWire, Simulator]]:
    """A lift on a serial line, on its way up."""
    spec = find("lift_ff5")
    assert spec is not None
    assert spec.simulator is not None
    settings = spec.settings.model_validate({"address": "01 EF 01"})
    wire, lift = PtyWire(LoopClock(), 9600), spec.simulator(settings, "serial", LoopClock())
    wire.attach(lift)
    await wire.open()
    lift.receive(UP, None, "")
    assert lift.state.moving == "up"
    try:
        yield wire, lift
    finally:
        await wire.close()


def room_file(folder: Path, path: str, more: str = "") -> Path:
    file = folder / "room.yaml"
    links = f'links:\n  bus: {{port: {{path: "{path}"}}, baud: 9600, gap: 20ms}}\n'
    file.write_text(f"{HEAD}{links}{more or f'devices:{chr(10)}{LIFT}'}", "utf-8")
    return file


async def test_what_moves_is_stopped(tmp_path: Path) -> None:
    async with on_a_pty() as (wire, lift):
        answer = await stop_direct(room_file(tmp_path, wire.path), tmp_path / "data")
        assert answer == {"devices": {"lift.main": {"outcome": "sent", "code": None}}}
        await until(lambda: lift.state.moving == "none")
        heard = [f.data.hex(" ") for f in lift.frames if f.direction == "rx"]
        assert set(heard) == {STOP}
    assert not (tmp_path / "data").exists(), "it only acts; it keeps nothing"


async def test_what_ran_last_counts_not_what_the_file_says_by_now(tmp_path: Path) -> None:
    async with on_a_pty() as (wire, lift):
        file = room_file(tmp_path, wire.path)
        data = tmp_path / "data"
        data.mkdir()
        Generations(data).keep(file, {str(file): file.read_bytes()}, "1", 0.0)
        file.write_text(HEAD, "utf-8")  # somebody emptied it meanwhile
        answer = await stop_direct(file, data)
        assert answer is not None
        assert list(answer["devices"]) == ["lift.main"]
        await until(lambda: lift.state.moving == "none")


async def test_a_dead_line_keeps_no_other_waiting(tmp_path: Path) -> None:
    other = LIFT.replace("lift.main", "lift.far").replace(
        "link: bus", 'link: {port: {path: "/dev/no-such-port"}}'
    )
    async with on_a_pty() as (wire, lift):
        file = room_file(tmp_path, wire.path, f"devices:\n{other}{LIFT}")
        answer = await stop_direct(file, tmp_path / "data")
        assert answer is not None
        assert answer["devices"] == {
            "lift.far": {"outcome": "offline", "code": "unreachable"},
            "lift.main": {"outcome": "sent", "code": None},
        }
        await until(lambda: lift.state.moving == "none")


async def test_a_line_that_does_not_answer_costs_at_most_its_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomd.stop_direct.TOGETHER", 0.05)

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("drivers.transport.serial_port.SerialPort.open", never)
    answer = await stop_direct(room_file(tmp_path, "/dev/null"), tmp_path / "data")
    assert answer == {"devices": {"lift.main": {"outcome": "offline", "code": "no_reply"}}}


async def test_what_only_a_broker_reaches_is_named_as_not_reached(tmp_path: Path) -> None:
    blind = (
        "  curtain.left:\n    driver: my_blind\n    name: {zh: 窗帘, en: Curtain}\n"
        "    options: {}\n"
    )
    (tmp_path / "drivers").mkdir()
    (tmp_path / "drivers" / "my_blind.yaml").write_text(BLIND, "utf-8")
    file = tmp_path / "room.yaml"
    file.write_text(f"{HEAD}broker: managed\ndevices:\n{blind}{TABLE}{MATRIX}", "utf-8")
    answer = await stop_direct(file, tmp_path / "data")
    assert answer == {"devices": {"curtain.left": {"outcome": "offline", "code": "unreachable"}}}


async def test_a_serial_server_is_stopped_too(tmp_path: Path) -> None:
    wire = TcpWire(LoopClock())
    spec = find("lift_ff5")
    assert spec is not None
    assert spec.simulator is not None
    lift = spec.simulator(spec.settings.model_validate({"address": "01 EF 01"}), "tcp", LoopClock())
    wire.attach(lift)
    await wire.open()
    try:
        lift.receive(UP, None, "")
        far = LIFT.replace("link: bus", f'link: {{tcp: "127.0.0.1:{wire.port}"}}')
        file = tmp_path / "room.yaml"
        file.write_text(f"{HEAD}devices:\n{far}", "utf-8")
        answer = await stop_direct(file, tmp_path / "data")
        assert answer is not None
        assert answer["devices"]["lift.main"]["outcome"] == "sent"
        await until(lambda: lift.state.moving == "none")
    finally:
        await wire.close()


async def test_a_driver_that_fails_keeps_no_other_motor_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_a_pty() as (wire, lift):
        camera = "  camera.a:\n    driver: visca\n    link: {udp: 127.0.0.1}\n    name: {zh: 甲, en: A}\n"
        file = room_file(tmp_path, wire.path, f"devices:\n{camera}{LIFT}")

        def fails(*_: Any) -> tuple[bytes, ...]:
            raise ZeroDivisionError

        spec = find("visca")
        assert spec is not None
        monkeypatch.setattr(spec.device, "stop_frames", fails)
        answer = await stop_direct(file, tmp_path / "data")
        assert answer is not None
        assert answer["devices"] == {"lift.main": {"outcome": "sent", "code": None}}
        await until(lambda: lift.state.moving == "none")


async def test_without_any_configuration_nothing_is_claimed(tmp_path: Path) -> None:
    assert await stop_direct(tmp_path / "no.yaml", tmp_path) is None


def test_as_the_unit_calls_it(tmp_path: Path) -> None:
    file = tmp_path / "room.yaml"
    file.write_text(HEAD, "utf-8")
    assert _stop_direct(file, tmp_path / "data") == {"devices": {}}


BLIND = """\
schema: roomd.driver/1
id: my_blind
name: {zh: 窗帘, en: Blind}
kind: curtain
tried_on: none
link: {type: mqtt}
feedback: none
commands:
  open: {publish: {topic: blind/set, text: OPEN}, key: move}
  close: {publish: {topic: blind/set, text: CLOSE}, key: move}
  stop: {publish: {topic: blind/set, text: STOP}, priority: safety, flush: true}
motion: {up: {command: open, travel: 12s}, down: {command: close, travel: 12s}, run: tap}
tests:
  - {do: stop, tx: {topic: blind/set, has: STOP}, outcome: sent}
"""
