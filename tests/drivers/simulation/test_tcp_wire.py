"""A TCP port for simulators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.clock import VirtualClock
from drivers.errors import Unreachable
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.tcp_wire import TcpPeer, TcpWire
from drivers.transport.tcp import HungUp, Tcp
from tests.drivers.simulation.bench import Thing
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


@asynccontextmanager
async def wired(*, clients: int = 0) -> AsyncIterator[tuple[VirtualClock, TcpWire, Thing]]:
    clock = VirtualClock()
    wire, thing = TcpWire(clock, clients=clients), Thing(clock)
    wire.attach(thing)
    await wire.open()
    try:
        yield clock, wire, thing
    finally:
        await wire.close()


@asynccontextmanager
async def client(wire: TcpWire) -> AsyncIterator[tuple[Tcp, Heard]]:
    line, heard = Tcp("127.0.0.1", wire.port), Heard()
    await heard.listen(line)
    try:
        yield line, heard
    finally:
        await line.close()


async def test_each_connection_gets_its_own_answer_and_all_get_a_notice() -> None:
    async with wired() as (_, wire, thing), client(wire) as (line, one), client(wire) as (_, two):
        assert wire.address == f"127.0.0.1:{wire.port}"
        await until(lambda: len(thing.peers) == 2)
        thing.answer = b"answer"
        await line.send(b"question")
        await one.until(b"answer")
        thing.emit(b"!")
        await one.until(b"answer!")
        await two.until(b"!")


async def test_connections_come_and_go() -> None:
    async with wired() as (_, wire, thing):
        async with client(wire):
            await until(lambda: thing.events)
        await until(lambda: len(thing.events) == 2)
        assert thing.events == ["connected", "disconnected"]
        assert wire.peers == []


async def test_a_simulator_may_end_a_connection_in_good_order() -> None:
    async with wired() as (_, wire, thing), client(wire) as (_, heard):
        await until(lambda: thing.peers)
        peer = thing.peers[0]
        assert isinstance(peer, TcpPeer)
        thing.emit(b"bye", peer=peer)
        peer.close()
        await until(lambda: heard.lost)
        assert (heard.data, type(heard.lost[0])) == (b"bye", HungUp)
        thing.emit(b"too late", peer=peer)


async def test_more_connections_than_it_takes_are_closed_at_once() -> None:
    async with wired(clients=1) as (_, wire, thing), client(wire) as (_, one):
        await until(lambda: thing.peers)
        second = Heard()
        await second.listen(Tcp("127.0.0.1", wire.port))
        await until(lambda: second.lost)
        assert one.lost == []
        assert thing.events == ["connected"]


async def test_unplugged_every_connection_is_reset_and_nobody_gets_in() -> None:
    async with wired() as (_, wire, thing), client(wire) as (_, heard):
        await until(lambda: thing.peers)
        set_fault(thing, "unplug", value=True, seconds=None)
        await until(lambda: heard.lost)
        assert type(heard.lost[0]) is Unreachable
        with pytest.raises(Unreachable):
            await Heard().listen(Tcp("127.0.0.1", wire.port))


async def test_plugged_in_again_it_has_the_same_address() -> None:
    async with wired() as (_, wire, thing):
        port = wire.port
        set_fault(thing, "unplug", value=True, seconds=None)
        clear_fault(thing, "unplug")
        await until(lambda: wire._server is not None)
        await wire.plug()
        assert wire.port == port
        async with client(wire):
            await until(lambda: thing.events == ["connected"])


async def test_one_that_starts_takes_no_connection_and_greets_none() -> None:
    async with wired() as (clock, wire, thing), client(wire) as (_, heard):
        await until(lambda: thing.peers)
        set_fault(thing, "reboot", 3, None)
        await until(lambda: heard.lost)
        early = Heard()
        await early.listen(Tcp("127.0.0.1", wire.port))
        await until(lambda: early.lost)
        await clock.advance(3.1)
        async with client(wire):
            await until(lambda: "connected" in thing.events[2:])
        assert thing.events[:3] == ["connected", "disconnected", "power cycle"]


async def test_a_reboot_behind_a_serial_server_leaves_the_others_connection_alone() -> None:
    async with wired() as (clock, wire, thing):
        other = Thing(clock)
        wire.attach(other)
        async with client(wire) as (line, heard):
            await until(lambda: other.peers)
            set_fault(thing, "reboot", 3, None)
            other.answer = b"here"
            await line.send(b"?")
            await heard.until(b"here")
            assert (heard.lost, thing.heard) == ([], [])
        wire.detach(other)
        assert other.events[-1] == "closed"


async def test_connections_can_be_dropped_by_hand() -> None:
    async with wired() as (_, wire, thing), client(wire) as (_, heard):
        await until(lambda: thing.peers)
        wire.drop_connections()
        await until(lambda: heard.lost)


async def test_a_wire_that_was_never_opened_can_be_closed() -> None:
    wire = TcpWire(VirtualClock())
    TcpPeer(wire).close()
    await wire.close()
    await asyncio.sleep(0)
