"""A display on a real line, with the driver on the other end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.samsung_mdc import DRIVER, connection
from drivers.samsung_mdc.device import Display
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.simulator import MdcSimulator
from drivers.session import PortState
from drivers.simulation.wires import PtyWire, TcpWire
from drivers.transport.base import Transport
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from tests.drivers.rig import Rig, rigged


@dataclass
class Stage:
    """Both ends."""

    rig: Rig
    simulator: MdcSimulator
    wire: PtyWire | TcpWire
    clock: VirtualClock
    memory: MutableMapping[str, str] = field(default_factory=dict[str, str])

    @property
    def device(self) -> Display:
        """Return the driver's device."""
        device = self.rig.devices["d"]
        assert isinstance(device, Display)
        return device

    async def do(self, name: str, **args: Any) -> Outcome:
        """Run a command to its outcome."""
        return await self.end(self.rig.begin(f"d.{name}", **args))

    async def end(self, task: asyncio.Task[Outcome]) -> Outcome:
        """Move the clock until a command has ended."""
        await self.until(task.done, limit=120.0)
        return task.result()

    async def wait(self, seconds: float) -> None:
        """Let time pass in small steps, so that answers on a socket are not overtaken by their deadlines."""
        for _ in range(round(seconds / 0.25)):
            await self.clock.advance(0.25)

    async def look(self) -> None:
        """Have all its points asked for now, as a poll would later."""
        self.device.link.look()
        await self.wait(0.5)

    async def until(self, check: Callable[[], bool], limit: float = 60.0) -> None:
        """Let time pass until `check` says yes."""
        for _ in range(round(limit / 0.1)):
            if check():
                return
            await self.clock.advance(0.1)
        raise AssertionError(f"not within {limit} s")

    @property
    def settled(self) -> bool:
        """Return whether it is known if it can be reached."""
        error = self.rig.link.error
        stuck = error is not None and error.permanent
        return stuck or self.rig.state("d") in (PortState.ONLINE, PortState.SILENT)

    def value(self, point: str) -> Any:
        """Return a value and its quality."""
        return self.rig.value(f"d.{point}")

    def orders(self, name: str) -> list[str]:
        """Return what was set, of one command."""
        return [o for o in self.simulator.state.orders if o.startswith(name)]


@asynccontextmanager
async def staged(
    kind: str = "tcp",
    *,
    faults: dict[str, Any] | None = None,
    state: dict[str, Any] | None = None,
    memory: MutableMapping[str, str] | None = None,
    real: dict[str, Any] | None = None,
    early: str | None = None,
    **options: Any,
) -> AsyncIterator[Stage]:
    """Put a display and its driver on one line.

    Args:
        kind: `tcp` or `serial`.
        faults: of the simulator, from the start.
        state: of the simulator, from the start; it is on unless this says otherwise.
        memory: what the connection remembers from before.
        real: settings of the simulator where they differ from those of the driver.
        early: a command that is given while the connection is being made.
        options: the driver's entry of the room file.
    """
    clock = VirtualClock()
    wire: PtyWire | TcpWire = PtyWire(clock, 9600) if kind == "serial" else TcpWire(clock)
    simulator = MdcSimulator(MdcSettings(**(options | (real or {}))), kind, clock)
    simulator.faults.update(faults or {})
    for name, value in ({"power": "on"} | (state or {})).items():
        setattr(simulator.state, name, value)
    wire.attach(simulator)
    await wire.open()
    memory = {} if memory is None else memory
    try:
        transport = _transport(wire, MdcSettings(**options), clock, memory)
        settle = 0.0 if early else 1.0
        async with rigged(clock, transport, DRIVER, {"d": options}, settle=settle) as rig:
            given = None if early is None else rig.begin(f"d.{early}")
            stage = Stage(rig, simulator, wire, clock, memory)
            await stage.until(lambda: stage.settled, limit=10.0)
            if given is not None:
                await stage.end(given)
            yield stage
    finally:
        await wire.close()


def _transport(
    wire: PtyWire | TcpWire,
    settings: MdcSettings,
    clock: VirtualClock,
    memory: MutableMapping[str, str],
) -> Transport:
    if isinstance(wire, PtyWire):
        return SerialPort({"path": wire.path}, 9600, "8N1", local_echo=False, modem={})
    return connection(settings, Tcp("127.0.0.1", wire.port), clock, memory)


class Listener(asyncio.DatagramProtocol):
    """A UDP socket that hands on what arrives."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self.hear = hear

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.hear(data)


@asynccontextmanager
async def listening(hear: Callable[[bytes], None]) -> AsyncIterator[int]:
    """Give the UDP port on which `hear` gets each datagram."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Listener(hear), local_addr=("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
