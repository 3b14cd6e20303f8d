"""A UDP port for simulators."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from drivers.clock import VirtualClock
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.udp_wire import UdpWire
from drivers.transport.udp import Udp
from tests.drivers.simulation.bench import Thing
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


@asynccontextmanager
async def wired() -> AsyncIterator[tuple[UdpWire, Thing]]:
    clock = VirtualClock()
    wire, thing = UdpWire(clock), Thing(clock)
    wire.attach(thing)
    await wire.open()
    try:
        yield wire, thing
    finally:
        await wire.close()


@asynccontextmanager
async def client(wire: UdpWire) -> AsyncIterator[tuple[Udp, Heard]]:
    line, heard = Udp("127.0.0.1", wire.port), Heard()
    await heard.listen(line)
    try:
        yield line, heard
    finally:
        await line.close()


async def test_each_client_gets_its_own_answer_and_the_last_one_a_notice() -> None:
    async with wired() as (wire, thing), client(wire) as (line, one), client(wire) as (other, two):
        assert wire.address == f"127.0.0.1:{wire.port}"
        await other.send(b"hello")
        await until(lambda: thing.heard)
        thing.answer = b"answer"
        await line.send(b"question")
        await one.until(b"answer")
        thing.emit(b"!")
        await one.until(b"answer!")
        assert two.chunks == []


async def test_a_notice_before_anybody_spoke_goes_nowhere() -> None:
    async with wired() as (_, thing):
        thing.emit(b"hello?")
        assert thing.frames[-1].data == b"hello?"


async def test_unplugged_nobody_listens_and_plugged_in_again_it_has_the_same_port() -> None:
    async with wired() as (wire, thing), client(wire) as (line, heard):
        port = wire.port
        set_fault(thing, "unplug", value=True, seconds=None)
        wire.drop_connections()
        await asyncio.sleep(0)  # the socket is closed in the next turn of the loop
        await line.send(b"question")
        await until(lambda: line.refused)
        assert thing.heard == []
        clear_fault(thing, "unplug")
        await until(lambda: wire._transport is not None)
        await wire.plug()
        thing.answer = b"answer"
        await line.send(b"question")
        await heard.until(b"answer")
        assert wire.port == port


async def test_two_may_hold_the_same_port_on_different_addresses() -> None:
    clock = VirtualClock()
    first = UdpWire(clock, "127.0.0.1", reuse=True)
    await first.open()
    second = UdpWire(clock, "127.0.0.2", first.port, reuse=True)
    await second.open()
    thing = Thing(clock)
    second.attach(thing)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"for the second", ("127.0.0.2", first.port))
        await until(lambda: thing.data == b"for the second")
    second.detach(thing)
    assert thing.events == ["closed"]
    await first.close()
    await second.close()
