"""A projector that is broken while it runs, and its UDP port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.clock import VirtualClock, settle
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import MAC, SILENT, PjlinkSimulator
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.wires import UdpWire
from tests.drivers.pjlink.desk import Desk, desk, digest

# -- faults ----------------------------------------------------------------------------------------


async def test_banner() -> None:
    async with desk(password="right") as table:
        set_fault(table.simulator, "banner", value=True, seconds=None)
        client = await table.connect()
        first, second, _ = client.received.split(b"\r")
        assert first == b"Welcome to the network interface"
        assert second.startswith(b"PJLINK 1 ")


async def test_silent_after_power() -> None:
    async with desk() as table:
        set_fault(table.simulator, "silent_after_power", value=True, seconds=None)
        client = await table.connect()
        assert await client.ask("%1POWR 1\r") == "%1POWR=OK\r"
        assert await client.ask("%1POWR ?\r") == ""
        await table.clock.advance(SILENT - 12)
        assert await client.ask("%1POWR ?\r") == ""
        await table.clock.advance(12)
        assert await client.ask("%1POWR ?\r") == "%1POWR=1\r"


async def test_erra() -> None:
    async with desk(password="right") as table:
        set_fault(table.simulator, "erra", value=True, seconds=None)
        client = await table.connect()
        right = digest(client, "right")
        assert await client.ask(f"{right}%1POWR ?\r") == "PJLINK ERRA\r"


@pytest.mark.parametrize("value, answer", [(True, "ERR3"), ("ERR1", "ERR1"), ("ERR4", "ERR4")])
async def test_refuse(value: bool | str, answer: str) -> None:
    async with desk() as table:
        set_fault(table.simulator, "refuse", value=value, seconds=None)
        client = await table.connect()
        assert await client.ask("%1POWR 1\r") == f"%1POWR={answer}\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"


async def test_wrong_state() -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": "on"})
        set_fault(table.simulator, "wrong_state", value=True, seconds=None)
        client = await table.connect()
        assert await client.ask("%1INPT 11\r") == "%1INPT=OK\r"
        assert await client.ask("%1POWR 0\r") == "%1POWR=OK\r"
        assert (table.simulator.state.input, table.simulator.state.power) == ("31", "on")


async def test_intruder() -> None:
    async with desk() as table:
        client = await table.connect()
        client.received = b""
        set_fault(table.simulator, "intruder", value=True, seconds=None)
        await settle()
        assert client.received == b"%1INPT=32\r%1POWR=OK\r"


@pytest.mark.parametrize("fault", ["mute", "deaf"])
async def test_mute_and_deaf(fault: str) -> None:
    async with desk() as table:
        client = await table.connect()
        set_fault(table.simulator, fault, value=True, seconds=None)
        assert await client.ask("%1POWR 1\r") == ""
        assert (table.simulator.state.power == "warming") is (fault == "mute")
        clear_fault(table.simulator, fault)
        assert await client.ask("%1CLSS ?\r") == "%1CLSS=2\r"


async def test_late() -> None:
    async with desk() as table:
        client = await table.connect()
        set_fault(table.simulator, "late", value=5500, seconds=None)
        assert await client.ask("%1POWR ?\r") == ""
        await table.clock.advance(5.5)
        assert client.received == b"%1POWR=0\r"


async def test_garble_and_split() -> None:
    async with desk() as table:
        client = await table.connect()
        set_fault(table.simulator, "garble", value=1.0, seconds=None)
        assert await client.ask("%1CLSS ?\r") != "%1CLSS=2\r"
        clear_fault(table.simulator, "garble")
        set_fault(table.simulator, "split", value=1, seconds=None)
        table.simulator.frames.clear()
        assert await client.ask("%1CLSS ?\r") == "%1CLSS=2\r"
        assert len([f for f in table.simulator.frames if f.direction == "tx"]) == 9


async def test_a_reboot_drops_the_connection_and_comes_back_off() -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": "warming"})
        client = await table.connect()
        set_fault(table.simulator, "reboot", value=3, seconds=None)
        await settle()
        assert not client.open
        assert (await table.connect()).received == b""
        await table.clock.advance(30)
        assert table.simulator.state.power == "off"


async def test_unplug_and_plug() -> None:
    async with desk() as table:
        client = await table.connect()
        set_fault(table.simulator, "unplug", value=True, seconds=None)
        await settle()
        assert not client.open
        with pytest.raises(ConnectionRefusedError):
            await table.connect()
        clear_fault(table.simulator, "unplug")
        await settle()
        assert (await table.connect()).received == b"PJLINK 0\r"


# -- UDP -------------------------------------------------------------------------------------------


class Ear(asyncio.DatagramProtocol):
    """A controller on UDP."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append(data)


@asynccontextmanager
async def air(table: Desk) -> AsyncIterator[tuple[Ear, asyncio.DatagramTransport]]:
    """Give the projector its UDP port, and a controller that it has been told of."""
    wire = UdpWire(table.clock)
    wire.attach(table.simulator.udp_side())
    await wire.open()
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(
        Ear, local_addr=("127.0.0.1", 0), remote_addr=("127.0.0.1", wire.port)
    )
    table.simulator.state.controllers.append(transport.get_extra_info("sockname"))
    try:
        yield ear, transport
    finally:
        transport.abort()
        await wire.close()


async def test_it_is_found() -> None:
    async with desk() as table, air(table) as (ear, transport):
        transport.sendto(b"%2SRCH\r")
        transport.sendto(b"%1POWR 1\r")
        await settle()
        assert ear.heard == [f"%2ACKN={MAC}\r".encode()]
        table.simulator.state.version = 1
        transport.sendto(b"%2SRCH\r")
        await settle()
        assert len(ear.heard) == 1


async def test_notices_are_golden() -> None:
    async with desk() as table, air(table) as (ear, _):
        client = await table.connect()
        await client.ask("%1POWR 1\r")
        await table.clock.advance(15)
        await client.ask("%2INPT 32\r")
        table.simulator.set_by_hand({"errors": "001000"})
        table.simulator.set_by_hand({"input": "11", "power": "off"})
        set_fault(table.simulator, "reboot", value=1, seconds=None)
        await table.clock.advance(1)
        assert ear.heard == [
            b"%2POWR=3\r",
            b"%2POWR=1\r",
            b"%2INPT=32\r",
            b"%2ERST=001000\r",
            b"%2POWR=0\r",
            b"%2INPT=11\r",
            b"%2LKUP=02:00:5e:10:00:01\r",
        ]


async def test_class_one_sends_no_notices() -> None:
    async with desk() as table, air(table) as (ear, _):
        table.simulator.state.version = 1
        table.simulator.set_by_hand({"power": "on"})
        await settle()
        assert ear.heard == []


def test_the_snapshot_shows_no_password() -> None:
    settings = PjlinkSettings.model_validate({"password": "geheim"})
    simulator = PjlinkSimulator(settings, "tcp", VirtualClock())
    assert "geheim" not in str(simulator.snapshot())
    assert simulator.snapshot()["state"]["power"] == "off"
