"""A projector on a real TCP port with the driver on the other end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.pjlink import DRIVER, connection
from drivers.pjlink.device import Projector
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import PjlinkSimulator
from drivers.simulation.wires import TcpWire
from drivers.transport.tcp import Tcp
from tests.drivers.rig import Rig, rigged

STEP = 0.8
"""Seconds of one step of the clock: between two of them the sockets have their turn."""


@dataclass
class Stage:
    """Both ends."""

    rig: Rig
    simulator: PjlinkSimulator
    wire: TcpWire

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
        """Let time pass in steps, so that answers on the socket are not overtaken by their deadlines."""
        while seconds > 0:
            await self.rig.advance(min(STEP, seconds))
            seconds -= STEP

    async def end(self, task: asyncio.Task[Outcome]) -> Outcome:
        """Move the clock until a command has ended."""
        for _ in range(1500):
            if task.done():
                break
            await self.rig.advance(0.4)
        return task.result()

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
    *, real_password: str | None = None, faults: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[Stage]:
    """Put a projector and its driver on one line; `options` is the driver's entry of the room file."""
    clock = VirtualClock()
    wire = TcpWire(clock)
    secret = real_password if real_password is not None else options.get("password")
    real = PjlinkSettings.model_validate({} if secret is None else {"password": secret})
    simulator = PjlinkSimulator(real, "tcp", clock)
    simulator.faults.update(faults or {})
    wire.attach(simulator)
    await wire.open()
    settings = PjlinkSettings(**options)
    transport = connection(settings, Tcp("127.0.0.1", wire.port), clock, {})
    try:
        async with rigged(clock, transport, DRIVER, {"p": options}) as rig:
            yield Stage(rig, simulator, wire)
    finally:
        await wire.close()
