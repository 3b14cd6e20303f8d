"""A device on its bench, with its simulator, on a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from drivers.clock import VirtualClock
from drivers.commands import CommandSpec, Outcome, OutcomeKind, Priority
from drivers.device import Device
from drivers.execute import Request, execute
from drivers.job import Gate, open_gate
from drivers.link import Link
from drivers.session import PortState
from drivers.simulation.faults import set_fault
from drivers.simulation.simulator import Simulator
from drivers.transport.base import Transport
from tests.drivers.contract.bench import Bench
from tests.drivers.contract.subjects import Subject, Tellable, Told
from tests.drivers.line import Ears

WINDOW = {"http": 2, "mqtt": 64}
"""Exchanges at once; one elsewhere (control.md 2)."""
PATIENCE = 120.0
"""Seconds after which no driver takes silence for a consequence of switching on any more."""
READY = 300.0
"""Seconds of the virtual clock within which a device is online and switched on."""


@dataclass
class Stage:
    """See the module."""

    subject: Subject
    clock: VirtualClock
    bench: Bench
    link: Link
    device: Device[Any]
    simulator: Simulator
    ears: Ears
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict[str, list[Outcome]])
    """Command id -> its outcomes: there must be one."""
    task: asyncio.Task[None] | None = None

    # -- running --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the link."""
        self.task = asyncio.create_task(self.link.run())

    async def stop(self) -> None:
        """End the link."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})
            self.task = None

    @property
    def state(self) -> PortState:
        """Return whether the device can be reached."""
        return self.link.sessions["it"].state

    async def online(self, within: float = READY) -> None:
        """Wait until it is."""
        there = await self.clock.until(lambda: self.state is PortState.ONLINE, within)
        assert there, f"{self.subject} is {self.state}, not online: {self.link.error}"

    def fault(self, name: str, value: Any = True) -> None:
        """Break the simulator."""
        set_fault(self.simulator, name, value, None)

    @property
    def tellable(self) -> Tellable:
        """Return what the device can be told."""
        return Tellable(self.subject.driver, self.device)

    def touch(self) -> None:
        """Change what a person could change by hand: a device that is only read has nothing else to say."""
        state = self.simulator.state
        values = {f.name: getattr(state, f.name) for f in dataclasses.fields(state)}
        numbers = {n: v for n, v in values.items() if isinstance(v, bool | int | float)}
        turned = {n: not v if isinstance(v, bool) else v + 1 for n, v in numbers.items()}
        self.simulator.set_by_hand(turned)

    # -- telling --------------------------------------------------------------------------------------------------

    def begin(
        self, told: Told, name: str, *, gate: Gate = open_gate, priority: Priority | None = None
    ) -> asyncio.Task[Outcome]:
        """Give it a command under an id of our own."""
        command, args = told
        request = Request(command, args, id=name, gate=gate, priority=priority)
        task = asyncio.create_task(execute(self.link, self.device, request))
        task.add_done_callback(lambda done: self._ended(name, done))
        return task

    def _ended(self, name: str, task: asyncio.Task[Outcome]) -> None:
        if not task.cancelled() and task.exception() is None:
            self.outcomes.setdefault(name, []).append(task.result())

    async def end(self, task: asyncio.Task[Outcome], within: float | None = None) -> Outcome:
        """Move the clock until a command has ended."""
        await self.clock.until(task.done, READY if within is None else within)
        assert task.done(), f"{self.subject}: a command has not ended"
        return task.result()

    async def do(self, told: Told, name: str = "c") -> Outcome:
        """Give it a command and wait for its end."""
        return await self.end(self.begin(told, name))

    def spec(self, told: Told) -> CommandSpec:
        """Return the description of a command."""
        return self.device.commands[told[0]]

    def good(self, told: Told) -> OutcomeKind:
        """Return how it ends when all is well."""
        device = self.spec(told).answers == "device"
        return OutcomeKind.CONFIRMED if device else OutcomeKind.SENT

    def in_time(self, told: Told, outcome: Outcome, priority: Priority = Priority.USER) -> bool:
        """Return whether it ended within its deadline and half a second."""
        return outcome.ms / 1000 <= self.spec(told).deadline(priority) + 0.5

    def frames(self, name: str) -> list[tuple[float, bytes]]:
        """Return what left in the name of a command, with its wall time."""
        return [
            (t.at, t.data) for t in self.ears.traces if t.direction == "tx" and t.command == name
        ]

    async def let_stand(self) -> None:
        """Stop what was set moving, so that the next case begins with a motor that stands."""
        if "stop" in self.device.commands:
            await self.do(("stop", {}), "stand")


@asynccontextmanager
async def staged(
    subject: Subject, *, before: Callable[[Stage], None] = lambda _stage: None, ready: bool = True
) -> AsyncIterator[Stage]:
    """Put a device with its simulator on a bench; `ready`: online and switched on. `before` sees it unconnected."""
    random.seed(1)  # periods of polls vary; in a test each run is to be the same
    clock = VirtualClock(pause=0)
    spec, settings = subject.spec, subject.settings()
    bench = Bench(subject.kind, clock, baud=spec.defaults.baud)
    assert spec.simulator is not None
    simulator = spec.simulator(settings, subject.kind, clock)
    bench.attach(simulator)
    transport: Transport = bench
    if spec.transport is not None and subject.kind == "tcp":
        transport = spec.transport(settings, bench, clock, {})
    ears = Ears()
    window = WINDOW.get(subject.kind, 1)
    link = Link("bench", transport, clock, ears, window=window, gap=spec.defaults.gap, jitter=0.0)
    port = link.port("it")
    device = spec.device("it", settings, port)
    port.bind(device)
    link.attach(port)
    stage = Stage(subject, clock, bench, link, device, simulator, ears)
    before(stage)
    stage.start()
    try:
        if ready:
            await stage.online()
            if "power_on" in device.commands:
                assert (await stage.do(("power_on", {}), "ready")).kind is OutcomeKind.CONFIRMED
                await clock.advance(PATIENCE)
        yield stage
        assert port.undeclared == {}, f"{subject} reports points that it never declared"
        assert device.value("fault") in (None, ""), device.value("fault")
    finally:
        await stage.stop()
        simulator.close()
