"""A driver on a real wire: link, devices and the clock that moves them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from drivers.clock import LoopClock, VirtualClock
from drivers.commands import Outcome
from drivers.device import Device
from drivers.execute import Request, execute
from drivers.job import Gate, open_gate
from drivers.link import Link
from drivers.session import PortState
from drivers.spec import DriverSpec
from drivers.transport.base import Transport
from tests.drivers.line import Ears

T = TypeVar("T")


@dataclass
class Rig:
    """See the module."""

    clock: VirtualClock | LoopClock
    link: Link
    devices: dict[str, Device[Any]]
    ears: Ears

    def value(self, path: str) -> tuple[object, str]:
        """Return value and quality of `<device>.<point>` as last reported."""
        device, _, point = path.partition(".")
        report = self.devices[device].values[point]
        return report.value, str(report.quality)

    def state(self, device: str) -> PortState:
        """Return whether a device can be reached."""
        return self.link.sessions[device].state

    def sent(self) -> list[bytes]:
        """Return all frames that left."""
        return [t.data for t in self.ears.traces if t.direction == "tx"]

    async def advance(self, seconds: float) -> None:
        """Let time pass, on a virtual clock only."""
        assert isinstance(self.clock, VirtualClock)
        await self.clock.advance(seconds)

    async def do(self, path: str, *, gate: Gate = open_gate, **args: Any) -> Outcome:
        """Run `<device>.<command>` to its outcome."""
        return await self.until_done(self.begin(path, gate=gate, **args))

    def begin(self, path: str, *, gate: Gate = open_gate, **args: Any) -> asyncio.Task[Outcome]:
        """Start `<device>.<command>`."""
        device, _, command = path.partition(".")
        request = Request(command, args, gate=gate)
        return asyncio.create_task(execute(self.link, self.devices[device], request))

    async def until_done(self, task: asyncio.Task[T], limit: float = 120.0) -> T:
        """Return what `task` gives; a virtual clock is moved until it is done."""
        if isinstance(self.clock, LoopClock):
            return await task
        passed = 0.0
        while not task.done() and passed < limit:
            await self.clock.advance(0.02)
            passed += 0.02
        return task.result()


@asynccontextmanager
async def rigged(
    clock: VirtualClock | LoopClock,
    transport: Transport,
    spec: DriverSpec,
    settings: Mapping[str, Mapping[str, Any]],
    *,
    settle: float = 1.0,
) -> AsyncIterator[Rig]:
    """Put devices of one driver on a link, and run it; `settings` is device id -> options of the room file.

    With the real clock, for peers, it waits until all devices are online.
    """
    ears = Ears()
    link = Link("rig", transport, clock, ears, gap=spec.defaults.gap, jitter=0.0)
    devices: dict[str, Device[Any]] = {}
    for device_id, options in settings.items():
        port = link.port(device_id)
        devices[device_id] = spec.device(device_id, spec.settings(**options), port)
        port.bind(devices[device_id])
        link.attach(port)
    task = asyncio.create_task(link.run())
    try:
        rig = Rig(clock, link, devices, ears)
        if isinstance(clock, VirtualClock):
            await clock.advance(settle)
        else:
            await eventually(lambda: all(rig.state(d) is PortState.ONLINE for d in devices))
        yield rig
    finally:
        task.cancel()
        await asyncio.wait({task})


async def eventually(check: Callable[[], bool], within: float = 5.0) -> None:
    """Wait, in real time, until `check` says yes: for peers, which know no virtual clock."""
    async with asyncio.timeout(within):
        for _ in itertools.count():
            if check():
                return
            await asyncio.sleep(0.005)
