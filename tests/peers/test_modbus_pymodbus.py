"""roomd's Modbus driver on pymodbus 3.16.1's servers: its simulator over TCP, its RTU server over bridged ptys."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client import AsyncModbusTcpClient

from drivers.clock import LoopClock
from drivers.commands import OutcomeKind
from drivers.modbus import RELAY, SEQUENCER
from drivers.modbus.settings import RelaySettings
from drivers.modbus.simulator import BoardSimulator
from drivers.simulation.wires import TcpWire
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from tests.drivers.rig import eventually, rigged
from tests.peers.modbus_programs import (
    accepts,
    bridged_ptys,
    free_port,
    mbpoll,
    program,
    serial_board,
)
from tests.support.programs import require_program

pytestmark = pytest.mark.peers


def simulator_file(folder: Path, port: int) -> Path:
    """Write the peer's set-up: coils 0 to 15 in register 0."""
    kinds = {"bits": 0, "uint16": 0, "uint32": 0, "float32": 0.0, "float64": 0.0, "string": " "}
    setup: dict[str, Any] = {f"{block} size": 16 for block in ("co", "di", "hr", "ir")}
    setup |= {
        "shared blocks": False,
        "type exception": True,
        "defaults": {"value": kinds, "action": dict.fromkeys(kinds)},
    }
    lists: dict[str, Any] = {
        kind: []
        for kind in ("invalid", "uint16", "uint32", "float32", "float64", "string", "repeat")
    }
    device = {"setup": setup, "write": [[0, 15]], "bits": [[0, 15]], **lists}
    server = {
        "comm": "tcp",
        "host": "127.0.0.1",
        "port": port,
        "ignore_missing_devices": False,
        "framer": "socket",
        "identity": {},
    }
    path = folder / "simulator.json"
    content = {"server_list": {"server": server}, "device_list": {"device": device}}
    path.write_text(json.dumps(content))
    return path


async def test_tcp_on_its_simulator(tmp_path: Path) -> None:
    port = free_port()
    command = (
        *(sys.executable, "-m", "pymodbus.server.simulator.main"),
        *("--json_file", simulator_file(tmp_path, port)),
        *("--modbus_server", "server", "--modbus_device", "device"),
        *("--http_host", "127.0.0.1", "--http_port", free_port()),
    )
    async with program(*map(str, command)):
        await eventually(lambda: accepts(port), within=20)
        async with rigged(LoopClock(), Tcp("127.0.0.1", port), RELAY, {"a": {}}) as rig:
            assert rig.value("a.ch.1.state") == (False, "confirmed")
            assert (await rig.do("a.on", channel=3)).kind is OutcomeKind.CONFIRMED
            read = ("-0", "-1", "-a", "1", "-t", "0", "-r", "0", "-c", "8", "-p", str(port))
            assert await mbpoll(*read, "127.0.0.1") == [0, 0, 1, 0, 0, 0, 0, 0]
            assert (await rig.do("a.all_on")).kind is OutcomeKind.CONFIRMED
            assert await mbpoll(*read, "127.0.0.1") == [1] * 8


async def test_rtu_on_its_serial_server(tmp_path: Path) -> None:
    async with bridged_ptys(tmp_path) as (near, far), serial_board(far, tmp_path):
        line = SerialPort({"path": near}, 9600, "8N1", local_echo=False, modem={})
        async with rigged(LoopClock(), line, RELAY, {"a": {}}) as rig:
            assert rig.value("a.ch.8.state") == (True, "confirmed")
            assert (await rig.do("a.on", channel=3)).kind is OutcomeKind.CONFIRMED
            assert (await rig.do("a.off", channel=8)).kind is OutcomeKind.CONFIRMED
        serial = ("-m", "rtu", "-b", "9600", "-P", "none", "-a", "1", "-t", "0")
        read = await mbpoll("-0", "-1", *serial, "-r", "0", "-c", "8", near)
        assert read == [0, 0, 1, 0, 0, 0, 0, 0]


async def test_rtu_behind_ser2net(tmp_path: Path) -> None:
    port = free_port()
    async with bridged_ptys(tmp_path) as (near, far), serial_board(far, tmp_path):
        setup = tmp_path / "ser2net.yaml"
        setup.write_text(
            f'connection: &a\n  accepter: "tcp,127.0.0.1,{port}"\n'
            f'  connector: "serialdev,{near},9600n81,local"\n'
        )
        async with program(require_program("ser2net"), "-n", "-d", "-c", str(setup)):
            await eventually(lambda: accepts(port))
            options = {"a": {"transport": "rtu_over_tcp"}}
            async with rigged(LoopClock(), Tcp("127.0.0.1", port), RELAY, options) as rig:
                assert rig.value("a.ch.8.state") == (True, "confirmed")
                assert (await rig.do("a.all_off")).kind is OutcomeKind.CONFIRMED
                assert (await rig.do("a.on", channel=2)).kind is OutcomeKind.CONFIRMED


async def test_its_client_and_mbpoll_on_our_simulator_read_what_roomd_wrote() -> None:
    clock = LoopClock()
    wire = TcpWire(clock)
    await wire.open()
    board = BoardSimulator(RelaySettings(), "tcp", clock)
    wire.attach(board)
    options = {"a": {"order": (4, 2), "off_order": (2,), "delay": 0.05}}
    client = AsyncModbusTcpClient("127.0.0.1", port=wire.port, retries=0, reconnect_delay=0)
    try:
        async with rigged(clock, Tcp("127.0.0.1", wire.port), SEQUENCER, options) as rig:
            assert (await rig.do("a.all_on")).kind is OutcomeKind.CONFIRMED
            assert (await rig.do("a.all_off")).kind is OutcomeKind.CONFIRMED
            assert await client.connect()
            answer = await client.read_coils(0, count=8, device_id=1)
            assert answer.bits[:8] == [n == 3 for n in range(8)]
            assert not (await client.write_coil(5, value=True, device_id=1)).isError()
            assert (await client.read_coils(0, count=9, device_id=1)).exception_code == 2
            assert (await client.write_registers(1, [7, 8], device_id=1)).count == 2
            words = await client.read_holding_registers(0, count=3, device_id=1)
            assert words.registers == [0, 7, 8]
            read = ("-0", "-1", "-a", "1", "-t", "0", "-r", "0", "-c", "8", "-p", str(wire.port))
            assert await mbpoll(*read, "127.0.0.1") == [0, 0, 0, 1, 0, 1, 0, 0]
        assert board.state.switched == [(3, True), (1, True), (1, False), (5, True)]
    finally:
        client.close()
        await wire.close()
