"""A board, told by bytes from the vectors and by hand."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.modbus.settings import RelaySettings
from drivers.modbus.simulator import BoardSimulator
from drivers.modbus.tables import crc16


class Ear:
    """A wire that keeps what is sent."""

    address = "memory"

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self.heard.append(data)

    def unplug(self) -> None:
        return None

    async def plug(self) -> None:
        return None

    def drop_connections(self) -> None:
        return None


class Desk:
    """A board with an ear."""

    def __init__(self, wired: str = "serial", **options: Any) -> None:
        self.clock = VirtualClock()
        self.board = BoardSimulator(RelaySettings(**options), wired, self.clock)
        self.ear = Ear()
        self.board.wire = self.ear

    async def ask(self, text: str) -> list[str]:
        self.ear.heard.clear()
        self.board.receive(bytes.fromhex(text), None, "")
        await self.clock.advance(0.1)
        return [data.hex(" ") for data in self.ear.heard]

    async def ask_rtu(self, body: str) -> list[str]:
        data = bytes.fromhex(body)
        return await self.ask((data + crc16(data)).hex(" "))


async def test_it_echoes_and_switches() -> None:
    desk = Desk()
    assert await desk.ask("01 05 00 03 ff 00 7c 3a") == ["01 05 00 03 ff 00 7c 3a"]
    assert desk.board.state.coils[3]
    assert await desk.ask("01 01 00 00 00 08 3d cc") == ["01 01 01 08 50 4e"]
    assert await desk.ask("01 0f 00 00 00 08 01 ff be d5") == ["01 0f 00 00 00 08 54 0d"]
    assert all(desk.board.state.coils)
    desk.board.power_cycle()
    assert not any(desk.board.state.coils)


async def test_tcp() -> None:
    desk = Desk("tcp")
    request = "00 01 00 00 00 06 01 05 00 00 ff 00"
    assert await desk.ask(request + request) == [request, request]


async def test_registers() -> None:
    desk = Desk()
    assert await desk.ask_rtu("01 06 00 02 12 34") != []
    assert await desk.ask_rtu("01 10 00 00 00 02 04 00 01 00 02") != []
    (answer,) = await desk.ask_rtu("01 03 00 00 00 03")
    assert answer.startswith("01 03 06 00 01 00 02 12 34")


@pytest.mark.parametrize(
    "body, code",
    [
        ("01 05 00 08 ff 00", 2),
        ("01 05 00 00 55 00", 3),
        ("01 01 00 00 00 09", 2),
        ("01 01 00 00 00 00", 2),
        ("01 02 00 00 00 08", 1),
        ("01 10 00 00 00 02 02 00 01", 3),
    ],
)
async def test_what_a_real_board_refuses_is_refused(body: str, code: int) -> None:
    (answer,) = await Desk().ask_rtu(body)
    assert answer.split()[1:3] == [f"{int(body.split()[1], 16) | 0x80:02x}", f"{code:02x}"]


@pytest.mark.parametrize("text", ["02 05 00 00 ff 00 8c 09", "01 05 00 00 ff 00 8c 3b"])
async def test_other_units_and_damaged_frames_get_no_answer(text: str) -> None:
    assert await Desk().ask(text) == []


async def test_half_a_request_is_forgotten() -> None:
    desk = Desk()
    assert await desk.ask("01 05 00") == []
    await desk.clock.advance(0.1)
    assert await desk.ask("01 01 00 00 00 08 3d cc") != []
    desk.board.disconnected(None)


@pytest.mark.parametrize("framing", ["serial", "tcp"])
async def test_an_intruder_is_another_unit(framing: str) -> None:
    desk = Desk(framing)
    desk.board.intrude()
    await desk.clock.advance(0.1)
    assert len(desk.ear.heard) == 1
    assert desk.ear.heard[0][0 if framing == "serial" else 6] == 2


async def test_serial_behind_a_server_stays_serial() -> None:
    assert Desk("tcp", transport="rtu_over_tcp").board.framing == "rtu"
