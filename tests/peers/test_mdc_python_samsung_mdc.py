"""python-samsung-mdc 1.18.0 as a client of our simulator, over unfragmented TCP, and as the maker of frames.

Its own limits, which are not asserted as truth: it reads short and dies with IndexError when an answer comes in pieces,
and it gives up on the first answer that is not its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from drivers.clock import LoopClock
from drivers.commands import OutcomeKind
from drivers.samsung_mdc import DRIVER, codec, connection
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.simulator import MdcSimulator
from drivers.samsung_mdc.tables import TWINS, Command
from drivers.simulation.faults import set_fault
from drivers.simulation.wires import TcpWire
from drivers.transport.tcp import Tcp
from tests.drivers.rig import eventually, rigged
from tests.support.programs import require_module

pytestmark = pytest.mark.peers

DISPLAYS = [0, 1, 0xAA, 253]
LEVELS = [0, 1, 20, 0x41, 100]


def peer() -> Any:
    """Return its package."""
    require_module("samsung_mdc")
    import samsung_mdc  # noqa: PLC0415  # a peer may be missing

    return samsung_mdc


@asynccontextmanager
async def simulated(**options: Any) -> AsyncIterator[tuple[MdcSimulator, TcpWire]]:
    """Put a display that is on behind a TCP port."""
    clock = LoopClock()
    wire = TcpWire(clock)
    display = MdcSimulator(MdcSettings(**options), "tcp", clock)
    display.state.power = "on"
    wire.attach(display)
    await wire.open()
    try:
        yield display, wire
    finally:
        await wire.close()


@asynccontextmanager
async def client(wire: TcpWire, **options: Any) -> AsyncIterator[Any]:
    """Connect it to our port."""
    mdc = peer().MDC(f"127.0.0.1:{wire.port}", timeout=2, **options)
    await mdc.open()
    try:
        yield mdc
    finally:
        await mdc.close()


async def test_it_asks_and_tells_our_simulator() -> None:
    async with simulated(display=7) as (display, wire), client(wire) as mdc:
        assert await mdc.power(7) == (1,)
        assert await mdc.volume(7, (20,)) == (20,)
        assert display.state.volume == 20
        assert await mdc.volume(7) == (20,)
        assert await mdc.mute(7, ("ON",)) == (1,)
        assert display.state.mute
        assert await mdc.input_source(7, ("HDMI2",)) == (0x23,)
        assert display.state.input == 0x23
        on, volume, mute, source, *_ = await mdc.status(7)
        assert (on, volume, mute, source) == (1, 20, 1, 0x23)
        assert await mdc.power(7, ("OFF",)) == (0,)
        assert display.state.power == "off"
        assert display.state.orders == ["VOLUME 20", "MUTE 1", "INPUT 35", "POWER 0"]


async def test_it_understands_what_is_broken_and_a_refusal() -> None:
    async with simulated() as (display, wire), client(wire) as mdc:
        display.state.broken, display.state.temperature = ["fan"], 55
        lamp, hot, light, signal, degrees, fan = await mdc.error_status(1)
        assert (lamp, hot, light, signal, degrees, fan) == (0, 0, 2, 0, 55, 1)
        set_fault(display, "nak", 3, None)
        with pytest.raises(peer().exceptions.NAKError) as refused:
            await mdc.volume(1, (50,))
        assert refused.value.error_code == 3
        assert display.state.volume == 15


async def test_it_logs_in_with_the_right_pin_and_is_told_about_a_wrong_one() -> None:
    async with simulated(pin="4711") as (display, wire):
        async with client(wire, pin="4711") as mdc:
            assert mdc.is_tls_started
            assert await mdc.volume(1, (42,)) == (42,)
        await eventually(lambda: not wire.peers)
        failed = peer().exceptions.MDCTLSAuthFailed
        for fault, code in ((None, 1), ("blocked_pin", 2)):
            if fault is not None:
                set_fault(display, fault, value=True, seconds=None)
            with pytest.raises(failed) as refused:
                async with client(wire, pin="1111"):
                    pass
            assert refused.value.code == code
            await eventually(lambda: not wire.peers)
        assert display.abuse == ["wrong PIN"] * 2


async def test_it_sees_what_roomd_wrote_and_roomd_what_it_wrote() -> None:
    async with simulated() as (_, wire):
        line = connection(MdcSettings(), Tcp("127.0.0.1", wire.port), LoopClock(), {})
        async with rigged(LoopClock(), line, DRIVER, {"d": {}}) as rig:
            assert (await rig.do("d.volume", volume=33)).kind is OutcomeKind.CONFIRMED
            assert (await rig.do("d.input", input="dvi")).kind is OutcomeKind.CONFIRMED
        await eventually(lambda: not wire.peers)
        async with client(wire) as mdc:
            _, volume, _, source, *_ = await mdc.status(1)
            assert (volume, source) == (33, 0x18)
            await mdc.volume(1, (66,))
        await eventually(lambda: not wire.peers)
        line = connection(MdcSettings(), Tcp("127.0.0.1", wire.port), LoopClock(), {})
        async with rigged(LoopClock(), line, DRIVER, {"d": {}}) as rig:
            assert rig.value("d.volume") == (66, "confirmed")


# -- its frames are ours ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("display", DISPLAYS)
def test_our_commands_are_its_commands(display: int) -> None:
    pack = packer()
    for on in (True, False):
        assert codec.power(display, on=on) == pack(0x11, display, [on])
        assert codec.mute(display, on=on) == pack(0x13, display, [on])
    for level in LEVELS:
        assert codec.volume(display, level) == pack(0x12, display, [level])
    for command in Command:
        assert codec.ask(display, command) == pack(command, display)


def packer() -> Any:
    """Return its `pack_payload`."""
    peer()
    from samsung_mdc.connection import pack_payload  # noqa: PLC0415  # as above

    return pack_payload


def response_packer() -> Any:
    """Return its `pack_response`."""
    peer()
    from samsung_mdc.connection import pack_response  # noqa: PLC0415  # as above

    return pack_response


def test_our_numbers_of_inputs_are_its_numbers() -> None:
    numbers = {s.name: int(s) for s in peer().MDC.input_source.INPUT_SOURCE_STATE}
    named = {"hdmi1": "HDMI1", "hdmi2": "HDMI2", "displayport1": "DISPLAY_PORT_1"}
    ours = MdcSettings().names
    for name, number in ours.items():
        assert numbers[named.get(name, name.upper())] == number
        assert codec.select(1, number) == packer()(0x14, 1, [number])
    names = {number: name for name, number in numbers.items()}
    pairs = {names[twin]: names[number] for twin, number in TWINS.items()}
    assert pairs == {
        "DVI_VIDEO": "DVI",
        "HDMI1_PC": "HDMI1",
        "HDMI2_PC": "HDMI2",
        "HDMI3_PC": "HDMI3",
        "HDMI4_PC": "HDMI4",
    }


@pytest.mark.parametrize("display", DISPLAYS)
def test_we_read_its_answers(display: int) -> None:
    pack = response_packer()
    values = [(0x12, [level]) for level in LEVELS]
    values += [(0x00, [1, 30, 0, 0x21, 1, 0, 0]), (0x0D, [0, 1, 2, 0, 44, 0])]
    for command, value in values:
        (reply,) = codec.Decoder().feed(pack(command, display, True, value))
        assert reply == codec.Reply(display, command, accepted=True, value=bytes(value))
    (reply,) = codec.Decoder().feed(pack(0x11, display, False, [9]))
    assert reply == codec.Reply(display, 0x11, accepted=False, value=b"\x09")
