"""A serial lift whose adapter is pulled and put back, on a real pty: found under another number, and it stands."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import serial

from drivers import registry
from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind
from drivers.session import PortState
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.wires import PtyWire
from drivers.transport.serial_port import SerialPort
from tests.drivers.rig import Rig, rigged

UP, DOWN, STOP = (bytes.fromhex(f"ff ee ee ee {op}") for op in ("dd", "ee", "cc"))


@dataclass
class Lift:
    rig: Rig
    wire: PtyWire
    simulator: Any

    def received(self) -> bytes:
        return b"".join(frame.data for frame in self.simulator.frames if frame.direction == "rx")

    async def until(self, state: PortState, within: float) -> float:
        """Return how many seconds it took."""
        clock = self.rig.clock
        assert isinstance(clock, VirtualClock)
        began = clock.monotonic()
        while self.rig.state("lift") is not state:
            await clock.advance(0.01)
            assert clock.monotonic() - began <= within
        return clock.monotonic() - began


@asynccontextmanager
async def lifted() -> AsyncIterator[Lift]:
    spec = registry.find("lift_ff5")
    assert spec is not None
    assert spec.simulator is not None
    clock = VirtualClock()
    wire = PtyWire(clock, 2400)
    await wire.open()
    simulator = spec.simulator(spec.settings(), "serial", clock)
    wire.attach(simulator)
    port = SerialPort({"path": wire.path}, 2400, "8N1", local_echo=False, modem={})
    try:
        async with rigged(clock, port, spec, {"lift": {}}) as rig:
            yield Lift(rig, wire, simulator)
    finally:
        await wire.close()


def take(path: str) -> list[int]:
    """Return descriptors of ptys, one of which has the number that has become free."""
    taken: list[int] = []
    for _ in range(50):
        taken += os.openpty()
        if os.ttyname(taken[-1]) == path:
            break
    return taken


@pytest.mark.parametrize("seconds", [0.5, 5.0, 31.0])
async def test_it_is_online_within_three_seconds_under_another_number_and_nothing_moves(
    seconds: float,
) -> None:
    async with lifted() as lift:
        await lift.until(PortState.ONLINE, 1.0)
        before = lift.rig.link.transport.endpoint
        moving = lift.rig.begin("lift.up")
        await lift.rig.advance(0.1)
        set_fault(lift.simulator, "unplug", value=True, seconds=None)
        await lift.until(PortState.OFFLINE, 1.0)
        outcome = await lift.rig.until_done(moving)
        assert (outcome.kind, outcome.tx) == (OutcomeKind.TIMEOUT, 1)
        await lift.rig.advance(seconds)
        taken = take(before.removeprefix("serial:"))
        lift.simulator.frames.clear()
        clear_fault(lift.simulator, "unplug")
        await lift.until(PortState.ONLINE, 3.0)
        await lift.rig.advance(2.0)
        assert lift.rig.link.transport.endpoint != before
        assert lift.received() == STOP * 3
        for number in taken:
            os.close(number)


async def test_while_it_is_ours_nobody_else_opens_it_and_while_it_is_gone_motion_is_refused() -> (
    None
):
    async with lifted() as lift:
        await lift.until(PortState.ONLINE, 1.0)
        with pytest.raises(serial.SerialException, match="exclusively lock"):
            serial.Serial(lift.wire.path, exclusive=True)
        set_fault(lift.simulator, "unplug", value=True, seconds=None)
        await lift.until(PortState.OFFLINE, 1.0)
        for command in ("lift.up", "lift.down"):
            outcome = await lift.rig.do(command)
            assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
        lift.simulator.frames.clear()
        clear_fault(lift.simulator, "unplug")
        await lift.until(PortState.ONLINE, 3.0)
        await lift.rig.advance(5.0)
        assert UP not in lift.received()
        assert DOWN not in lift.received()


async def test_at_2400_baud_stop_is_on_the_wire_before_any_queued_frame() -> None:
    async with lifted() as lift:
        await lift.until(PortState.ONLINE, 1.0)
        await lift.rig.advance(1.0)
        lift.simulator.frames.clear()
        moves = [lift.rig.begin(f"lift.{way}") for way in ("up", "down") * 10]
        await lift.rig.advance(0.01)
        pressed = lift.rig.clock.monotonic()
        stop = lift.rig.begin("lift.stop")
        assert (await lift.rig.until_done(stop)).kind is OutcomeKind.SENT
        await lift.rig.advance(2.0)
        frames = [frame for frame in lift.simulator.frames if frame.direction == "rx"]
        first_stop = next(n for n, frame in enumerate(frames) if frame.data == STOP)
        assert {frame.data for frame in frames[first_stop:]} == {STOP}
        wire = 5 * 10 / 2400
        assert frames[first_stop].at - pressed <= 2 * wire + 0.1 + 0.05
        assert all(task.done() for task in moves)
