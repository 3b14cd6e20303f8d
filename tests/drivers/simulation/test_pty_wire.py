"""A serial line for simulators: a real pty, paced, that can be pulled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import serial

from drivers.clock import VirtualClock
from drivers.simulation.faults import set_fault
from drivers.simulation.pty_wire import BITS, PtyWire
from drivers.transport.serial_port import SerialPort
from tests.drivers.simulation.bench import Thing
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


@asynccontextmanager
async def wired(
    baud: int = 2400, *, echo: bool = False
) -> AsyncIterator[tuple[VirtualClock, PtyWire, Thing, SerialPort, Heard]]:
    clock = VirtualClock()
    wire = PtyWire(clock, baud, echo=echo)
    thing = Thing(clock)
    wire.attach(thing)
    await wire.open()
    port = SerialPort({"path": wire.address}, baud, "8N1", local_echo=False, modem={})
    heard = Heard()
    await heard.listen(port)
    try:
        yield clock, wire, thing, port, heard
    finally:
        await port.close()
        await wire.close()


async def arrived(clock: VirtualClock, thing: Thing, data: bytes) -> float:
    """Return how many seconds of the clock it took until these bytes were there."""
    began = clock.monotonic()
    while thing.data != data:
        await clock.advance(0.001)
        assert clock.monotonic() - began < 5.0
    return clock.monotonic() - began


async def test_a_byte_is_there_when_its_last_bit_is(tmp_path: Path) -> None:
    async with wired(2400) as (clock, _, thing, port, _heard):
        await port.send(b"12345")
        assert await arrived(clock, thing, b"12345") == pytest.approx(5 * BITS / 2400, abs=0.003)


async def test_frames_one_after_another_take_their_time() -> None:
    async with wired(2400) as (clock, _, thing, port, _heard):
        await port.send(b"12345")
        await clock.advance(0.0)
        await port.send(b"67890")
        took = await arrived(clock, thing, b"1234567890")
        assert took == pytest.approx(10 * BITS / 2400, abs=0.003)


async def test_what_it_says_comes_byte_by_byte() -> None:
    async with wired(2400) as (clock, _, thing, _port, heard):
        thing.emit(b"abc")
        await clock.advance(2.5 * BITS / 2400)
        await until(lambda: heard.data == b"ab")
        await clock.advance(BITS / 2400)
        await heard.until(b"abc")
        assert len(heard.chunks) >= 2


async def test_a_half_duplex_line_returns_what_was_sent_first() -> None:
    async with wired(9600, echo=True) as (clock, _, thing, port, heard):
        thing.answer = b"answer"
        await port.send(b"question")
        await clock.advance(1.0)
        await heard.until(b"questionanswer")


async def test_several_share_the_line_and_one_may_leave() -> None:
    async with wired(9600) as (clock, wire, thing, port, _heard):
        other = Thing(clock)
        wire.attach(other)
        await port.send(b"1")
        await arrived(clock, thing, b"1")
        wire.detach(other)
        await port.send(b"2")
        await arrived(clock, thing, b"12")
        assert other.data == b"1"
        assert other.events == ["closed"]


async def test_a_pulled_plug_is_an_error_and_the_path_is_gone() -> None:
    async with wired(9600) as (_clock, wire, thing, _port, heard):
        set_fault(thing, "unplug", value=True, seconds=None)
        await until(lambda: heard.lost)
        assert not Path(wire.path).exists()
        wire.unplug()


async def test_it_comes_back_behind_the_same_name_and_nothing_old_comes_with_it() -> None:
    async with wired(2400) as (clock, wire, thing, port, heard):
        await port.send(b"old question")
        thing.emit(b"old answer")
        await clock.advance(0.0)
        wire.unplug()
        await port.close()
        await wire.plug()
        await wire.plug()
        await heard.listen(port)
        await clock.advance(1.0)
        assert (thing.data, heard.data) == (b"", b"")
        thing.answer = b"new"
        await port.send(b"?")
        await clock.advance(1.0)
        await heard.until(b"new")
        assert thing.data == b"?"


async def test_nobody_else_may_open_the_port_that_roomd_has() -> None:
    async with wired() as (_, wire, _thing, _port, _heard):
        with pytest.raises(serial.SerialException, match="exclusively lock"):
            serial.Serial(wire.path, exclusive=True)


async def test_closed_nothing_is_left() -> None:
    async with wired() as (_, wire, thing, port, _heard):
        folder = Path(wire.path).parent
        wire.drop_connections()
        await port.close()
        await wire.close()
        assert not folder.exists()
        assert thing.events == ["closed"]
        thing.emit(b"nobody hears it")
