"""A projector with the driver on the other end, in memory or on a real TCP port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from drivers.clock import VirtualClock, settle
from drivers.commands import Outcome
from drivers.pjlink import DRIVER, connection
from drivers.pjlink.device import Projector
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import PjlinkSimulator
from drivers.simulation.wires import TcpWire
from drivers.transport.tcp import Tcp
from tests.drivers.pjlink.line import Line
from tests.drivers.rig import Rig, rigged

STEP = 0.8
"""Seconds of one step of the clock: between two of them what is under way has its turn."""


@dataclass
class Stage:
    """Both ends."""

    rig: Rig
    simulator: PjlinkSimulator
    wire: TcpWire | Line

    @property
    def device(self) -> Projector:
        """Return the driver's device."""
        device = self.rig.devices["p"]
        assert isinstance(device, Projector)
        return device

    async def do(self, name: str, **args: Any) -> Outcome:
        """Run a command to its outcome."""
        return await self.end(self.rig.begin(f"p.{name}", **args))

    async def wait(self, seconds: float) -> None:
        """Let time pass in steps, so that answers under way are not overtaken by their deadlines."""
        while seconds > 0:
            await self.rig.advance(min(STEP, seconds))
            await self._settle()
            seconds -= STEP

    async def soon(self) -> None:
        """Let what has begun go on for half a second."""
        for _ in range(5):
            await self.rig.advance(0.1)
            await self._settle()

    async def end(self, task: asyncio.Task[Outcome]) -> Outcome:
        """Move the clock until a command has ended."""
        for _ in range(1500):
            if task.done():
                break
            await self.rig.advance(0.4)
            await self._settle()
        return task.result()

    async def _settle(self) -> None:
        """Let a burst of questions, each of which takes some turns of the loop, be answered."""
        for _ in range(4):
            await settle(0)

    def orders(self, name: str) -> list[str]:
        """Return what was set, of one command."""
        return [o for o in self.simulator.state.orders if o.startswith(name)]

    def lines(self) -> list[str]:
        """Return the lines that the simulator received."""
        data = b"".join(f.data for f in self.simulator.frames if f.direction == "rx")
        return data.decode("ascii").split("\r")[:-1]

    def value(self, point: str) -> Any:
        """Return a value and its quality."""
        return self.rig.value(f"p.{point}")


@asynccontextmanager
async def staged(
    *,
    real_password: str | None = None,
    faults: dict[str, Any] | None = None,
    tcp: bool = False,
    **options: Any,
) -> AsyncIterator[Stage]:
    """Put a projector and its driver on one line.

    Args:
        real_password: the projector's, where it is not the driver's.
        faults: set from the start.
        tcp: use a real port.
        options: the driver's entry of the room file.
    """
    clock = VirtualClock() if tcp else VirtualClock(pause=0)
    secret = real_password if real_password is not None else options.get("password")
    real = PjlinkSettings.model_validate({} if secret is None else {"password": secret})
    simulator = PjlinkSimulator(real, "tcp", clock)
    simulator.faults.update(faults or {})
    wire: TcpWire | Line = TcpWire(clock) if tcp else Line()
    wire.attach(simulator)
    if isinstance(wire, TcpWire):
        await wire.open()
    inner = Tcp("127.0.0.1", wire.port) if isinstance(wire, TcpWire) else wire
    transport = connection(PjlinkSettings(**options), inner, clock, {})
    try:
        async with rigged(clock, transport, DRIVER, {"p": options}) as rig:
            stage = Stage(rig, simulator, wire)
            await stage.soon()
            yield stage
    finally:
        await wire.close()
        simulator.close()
