"""A camera of ours for clients that others wrote, on real sockets and a real pty, in real time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from drivers.clock import LoopClock
from drivers.simulation.wires import PtyWire, UdpWire
from drivers.visca.camera import State
from drivers.visca.settings import ViscaSettings
from drivers.visca.simulator import ViscaSimulator


@dataclass(frozen=True)
class Stand:
    """The camera and its wire."""

    camera: ViscaSimulator
    wire: UdpWire | PtyWire

    @property
    def state(self) -> State:
        """Return the truth."""
        return self.camera.camera.state

    def heard(self) -> list[str]:
        """Return what the camera received, each piece as it came."""
        return [f.data.hex(" ") for f in self.camera.frames if f.direction == "rx"]


@asynccontextmanager
async def on_udp(
    protocol: str, host: str = "127.0.0.1", *, lenient: bool = False
) -> AsyncIterator[Stand]:
    """Put a camera on a free UDP port; `protocol` is `sony` or `raw`."""
    clock = LoopClock()
    wire = UdpWire(clock, host)
    camera = ViscaSimulator(ViscaSettings.model_validate({"protocol": protocol}), "udp", clock)
    camera.lenient = lenient
    wire.attach(camera)
    await wire.open()
    try:
        yield Stand(camera, wire)
    finally:
        await wire.close()


@asynccontextmanager
async def on_pty() -> AsyncIterator[Stand]:
    """Put a camera on a pty at 9600 baud."""
    clock = LoopClock()
    wire = PtyWire(clock, 9600)
    camera = ViscaSimulator(ViscaSettings(), "serial", clock)
    wire.attach(camera)
    await wire.open()
    try:
        yield Stand(camera, wire)
    finally:
        await wire.close()
