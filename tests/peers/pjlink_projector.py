"""A simulated projector on a real port, for clients that others wrote."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from drivers.clock import LoopClock
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import PjlinkSimulator, State
from drivers.simulation.wires import TcpWire
from tests.drivers.rig import eventually

PASSWORDS = [None, "JBMIAProjectorLink"]
LONG = 600.0
"""Seconds of warm-up and cooling: no transition ends by itself before a client has seen it."""


@dataclass
class Projector:
    """Where it is, and what it is."""

    port: int
    simulator: PjlinkSimulator

    @property
    def state(self) -> State:
        """Return what it is."""
        state: State = self.simulator.state
        return state

    @property
    def abuse(self) -> list[str]:
        """Return what no client may do and was done."""
        return self.simulator.abuse

    async def finish(self, transition: str, end: str) -> None:
        """End a transition when the client has asked once in it."""
        await eventually(lambda: self.state.power == transition and self._was_asked())
        self.simulator.set_by_hand({"power": end})

    def _was_asked(self) -> bool:
        """Return whether the state was asked, and told, since the last command that switched."""
        lines = [f.data for f in self.simulator.frames if b"POWR" in f.data]
        order = max(n for n, line in enumerate(lines) if b"POWR=OK" in line)
        return any(re.fullmatch(rb"%1POWR=[0-3]\r", line) for line in lines[order + 1 :])

    async def switched_on_and_off(self) -> None:
        """End both transitions of a client that switches on and off."""
        await self.finish("warming", "on")
        await self.finish("cooling", "off")


@asynccontextmanager
async def projector(password: str | None) -> AsyncIterator[Projector]:
    """Run one; it serves one client at a time."""
    clock = LoopClock()
    wire = TcpWire(clock)
    settings = PjlinkSettings.model_validate({"password": password})
    simulator = PjlinkSimulator(settings, "tcp", clock)
    simulator.state.warm_up = simulator.state.cool_down = LONG
    wire.attach(simulator)
    await wire.open()
    try:
        yield Projector(wire.port, simulator)
    finally:
        await wire.close()


@asynccontextmanager
async def switching(at: Projector) -> AsyncIterator[None]:
    """End the transitions of a client inside the block."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(at.switched_on_and_off())
        yield
