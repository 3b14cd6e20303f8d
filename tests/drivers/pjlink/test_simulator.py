"""A projector, told by lines typed from the sources and by hand."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from drivers.clock import VirtualClock, settle
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import IDLE, MAC, SILENT, PjlinkSimulator
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.wires import TcpWire, UdpWire


@dataclass
class Client(asyncio.Protocol):
    """One connection, read to where it stands."""

    received: bytes = b""
    open: bool = True
    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False

    async def ask(self, text: str) -> str:
        """Send one line; return what came back, line ends as they are."""
        assert self.transport is not None
        self.received = b""
        self.transport.write(text.encode())
        await settle()
        return self.received.decode("utf-8", "replace")


@dataclass
class Desk:
    """A projector on a TCP port of its own."""

    clock: VirtualClock
    simulator: PjlinkSimulator
    wire: TcpWire
    clients: list[Client] = field(default_factory=list[Client])

    async def connect(self) -> Client:
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(Client, "127.0.0.1", self.wire.port)
        self.clients.append(client)
        await settle()
        return client


@asynccontextmanager
async def desk(**options: Any) -> AsyncIterator[Desk]:
    clock = VirtualClock()
    wire = TcpWire(clock)
    simulator = PjlinkSimulator(PjlinkSettings.model_validate(options), "tcp", clock)
    wire.attach(simulator)
    await wire.open()
    table = Desk(clock, simulator, wire)
    try:
        yield table
    finally:
        for client in table.clients:
            if client.transport is not None:
                client.transport.abort()
        await wire.close()
        await settle()


# -- log-in ----------------------------------------------------------------------------------------


async def test_without_a_password() -> None:
    async with desk() as table:
        client = await table.connect()
        assert client.received == b"PJLINK 0\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert await client.ask("%1POWR ?\r\n%1CLSS ?\r") == "%1POWR=0\r%1CLSS=2\r"


def digest(client: Client, password: str) -> str:
    kind, _, challenge = client.received.decode().strip().rpartition(" ")
    assert kind == "PJLINK 1"
    assert len(challenge) == 8
    return hashlib.md5((challenge + password).encode()).hexdigest()  # noqa: S324  # PJLink


async def test_the_digest_is_wanted_once_on_each_connection() -> None:
    async with desk(password="right") as table:
        client = await table.connect()
        right = digest(client, "right")
        assert await client.ask(f"{right}%1POWR ?\r") == "%1POWR=0\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert table.simulator.abuse == []


async def test_a_digest_in_front_of_a_later_command_is_an_error() -> None:
    async with desk(password="right") as table:
        client = await table.connect()
        right = digest(client, "right")
        await client.ask(f"{right}%1POWR ?\r")
        assert await client.ask(f"{right}%1POWR 1\r") == "PJLINK ERRA\r"
        assert table.simulator.state.power == "off"
        assert table.simulator.abuse == ["a digest in front of a later command"]


@pytest.mark.parametrize("given", ["wrong", None])
async def test_a_wrong_or_missing_digest_is_turned_away(given: str | None) -> None:
    async with desk(password="right") as table:
        client = await table.connect()
        prefix = "" if given is None else digest(client, given)
        assert await client.ask(f"{prefix}%1POWR 1\r") == "PJLINK ERRA\r"
        assert table.simulator.state.orders == []
        assert not client.open
        assert len(table.simulator.abuse) == 1


async def test_each_connection_has_its_own_challenge() -> None:
    async with desk(password="right") as table:
        first = await table.connect()
        challenge = first.received
        assert first.transport is not None
        first.transport.close()
        await settle()
        assert (await table.connect()).received != challenge


# -- connections -----------------------------------------------------------------------------------


async def test_one_client_at_a_time() -> None:
    async with desk() as table:
        first = await table.connect()
        second = await table.connect()
        assert (second.received, second.open) == (b"", False)
        assert await first.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert first.transport is not None
        first.transport.close()
        await settle()
        assert (await table.connect()).received == b"PJLINK 0\r"


async def test_an_idle_connection_is_closed_after_thirty_seconds() -> None:
    async with desk() as table:
        client = await table.connect()
        await table.clock.advance(IDLE - 1)
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        await table.clock.advance(IDLE - 1)
        assert client.open
        await table.clock.advance(1.1)
        assert not client.open


async def test_a_line_without_end_is_hung_up_on() -> None:
    async with desk() as table:
        client = await table.connect()
        assert await client.ask("x" * 170) == ""
        assert not client.open


@pytest.mark.parametrize("line", ["POWR ?", "%1POWR?", "%1POW ?", "", "%1POWR="])
async def test_what_is_no_command_gets_no_answer(line: str) -> None:
    async with desk() as table:
        client = await table.connect()
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        if not line.startswith("%") and line:
            # 32 characters in front of the sign are taken for a digest.
            assert await client.ask(f"{line}\r") == "PJLINK ERRA\r"
        else:
            assert await client.ask(f"{line}\r") == ""


# -- what it answers -------------------------------------------------------------------------------

ON = [
    ("%1INPT ?", "%1INPT=31"),
    ("%2INPT ?", "%2INPT=31"),
    ("%1INPT 11", "%1INPT=OK"),
    ("%1INPT 61", "%1INPT=ERR2"),
    ("%1INST ?", "%1INST=11 21 31 32 51"),
    ("%1AVMT ?", "%1AVMT=30"),
    ("%1AVMT 11", "%1AVMT=OK"),
    ("%1AVMT 40", "%1AVMT=ERR2"),
    ("%1LAMP ?", "%1LAMP=1250 1"),
    ("%1ERST ?", "%1ERST=000000"),
    ("%1NAME ?", "%1NAME=Projector"),
    ("%1INF1 ?", "%1INF1=roomd"),
    ("%1INF2 ?", "%1INF2=simulated projector"),
    ("%1INFO ?", "%1INFO="),
    ("%1CLSS ?", "%1CLSS=2"),
    ("%1POWR 2", "%1POWR=ERR2"),
    ("%1NONE ?", "%1NONE=ERR1"),
    ("%1NONE 1", "%1NONE=ERR1"),
    ("%1LAMP 1", "%1LAMP=ERR1"),
    ("%2FREZ ?", "%2FREZ=0"),
    ("%2FREZ 1", "%2FREZ=OK"),
    ("%2FREZ 2", "%2FREZ=ERR2"),
    ("%1FREZ 1", "%1FREZ=ERR1"),
    ("%2SVOL 1", "%2SVOL=OK"),
    ("%2MVOL 0", "%2MVOL=OK"),
    ("%2SVOL 5", "%2SVOL=ERR2"),
    ("%2FILT ?", "%2FILT=120"),
    ("%2SNUM ?", "%2SNUM=R0001"),
    ("%2SVER ?", "%2SVER=1.0.2"),
    ("%2INNM ?31", "%2INNM=HDMI 1"),
    ("%2INNM ?99", "%2INNM=ERR2"),
    ("%2IRES ?", "%2IRES=1920x1080"),
    ("%2RRES ?", "%2RRES=1920x1200"),
    ("%2RLMP ?", "%2RLMP=LMP-1 LMP-2"),
    ("%2RFIL ?", "%2RFIL=FLT-1"),
    ("%3POWR ?", "%3POWR=ERR1"),
    ("%1powr ?", "%1powr=1"),
]


@pytest.mark.parametrize("ask, answer", ON, ids=[a for a, _ in ON])
async def test_while_it_is_on(ask: str, answer: str) -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": "on"})
        client = await table.connect()
        assert await client.ask(f"{ask}\r") == f"{answer}\r"


@pytest.mark.parametrize("power", ["off", "warming", "cooling"])
@pytest.mark.parametrize("ask", ["INPT ?", "AVMT ?", "INPT 31", "AVMT 11"])
async def test_what_belongs_to_the_picture_is_not_now_without_one(power: str, ask: str) -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": power})
        client = await table.connect()
        assert await client.ask(f"%1{ask}\r") == f"%1{ask[:4]}=ERR3\r"


async def test_what_is_ordered_is_done() -> None:
    async with desk() as table:
        state = table.simulator.state
        table.simulator.set_by_hand({"power": "on"})
        client = await table.connect()
        for line in ("%1INPT 11", "%1AVMT 11", "%1AVMT 21", "%2FREZ 1", "%2SVOL 1", "%2MVOL 0"):
            await client.ask(f"{line}\r")
        assert (state.input, state.blank, state.mute, state.freeze) == ("11", True, True, True)
        assert (state.volume, state.microphone) == (11, 9)
        assert await client.ask("%1AVMT ?\r") == "%1AVMT=31\r"
        await client.ask("%1AVMT 10\r")
        assert await client.ask("%1AVMT ?\r") == "%1AVMT=21\r"
        await client.ask("%1AVMT 30\r")
        assert (state.blank, state.mute) == (False, False)


async def test_class_one_knows_no_class_two() -> None:
    async with desk(inputs={"a": "31", "b": "61", "c": "3A"}) as table:
        client = await table.connect()
        assert await client.ask("%1INST ?\r") == "%1INST=31\r"
        assert await client.ask("%2INST ?\r") == "%2INST=31 61 3A\r"
        table.simulator.state.version = 1
        assert await client.ask("%1CLSS ?\r") == "%1CLSS=1\r"
        for line in ("%2FREZ ?", "%2INPT ?", "%2SNUM ?"):
            assert (await client.ask(f"{line}\r")).endswith("=ERR1\r")


# -- power -----------------------------------------------------------------------------------------


async def test_it_warms_up_and_cools_down_on_the_clock() -> None:
    async with desk() as table:
        client = await table.connect()
        assert await client.ask("%1POWR 1\r") == "%1POWR=OK\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=3\r"
        assert await client.ask("%1POWR 0\r") == "%1POWR=ERR3\r"
        assert await client.ask("%1POWR 1\r") == "%1POWR=OK\r"
        await table.clock.advance(15)
        assert await client.ask("%1POWR ?\r") == "%1POWR=1\r"
        assert await client.ask("%1POWR 0\r") == "%1POWR=OK\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=2\r"
        assert await client.ask("%1POWR 1\r") == "%1POWR=ERR3\r"
        await table.clock.advance(10)
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert table.simulator.state.orders == [f"POWR {n}" for n in "10101"]


async def test_a_button_ends_the_transition_under_way() -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": "warming"})
        table.simulator.set_by_hand({"power": "off"})
        await table.clock.advance(60)
        assert table.simulator.state.power == "off"


@pytest.mark.parametrize("values", [{"power": "standby"}, {"zoom": 3}])
def test_what_cannot_be_set_by_hand_changes_nothing(values: dict[str, Any]) -> None:
    simulator = PjlinkSimulator(PjlinkSettings(), "tcp", VirtualClock())
    with pytest.raises(ValueError, match=r"power is one of|no such value"):
        simulator.set_by_hand(values)
    assert simulator.state.power == "off"


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
