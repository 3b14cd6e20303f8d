"""A definition's device on a link whose far end is a list: for transcripts. Real device, link and execution; no I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Self

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.declarative.device import DeclarativeDevice
from drivers.declarative.plan import Plan
from drivers.errors import DriverError
from drivers.execute import Request, execute
from drivers.job import current_job
from drivers.link import Link
from drivers.points import Report
from drivers.session import PortState
from drivers.trace import TraceEvent
from drivers.transport.frames import Frame
from drivers.transport.memory import Memory

BITS = 10
"""Bits of one byte on a serial line, start and stop included."""
STEP = 0.1
"""Seconds by which the clock is moved while a command runs."""
LIMIT = 90.0
"""Seconds of the virtual clock that a command may take."""


class _Ears:
    def on_report(self, report: Report) -> None:
        """Nobody asks: the device keeps its values."""

    def on_state(self, device: str, state: PortState, error: DriverError | None) -> None:
        """Nobody asks."""

    def on_trace(self, event: TraceEvent) -> None:
        """Nobody asks."""


class Stage:
    """One device, set up and running; `async with`."""

    def __init__(self, plan: Plan, options: Mapping[str, Any]) -> None:
        part = plan.definition.link
        self.clock = VirtualClock()
        self.wire = Memory(self.clock, byte_time=BITS / part.baud if part.type == "serial" else 0.0)
        self.wire.on_send = self._sent
        self.sent: list[tuple[str, Frame]] = []
        """Name of the command (or `poll`, `probe`) and the frame."""
        self.on_sent: Callable[[str, Frame], None] = lambda _name, _frame: None
        self.link = Link(
            "rehearsal",
            self.wire,
            self.clock,
            _Ears(),
            window=part.window or 1,
            gap=part.gap,
            jitter=0.0,
        )
        port = self.link.port("device")
        settings = plan.settings.model_validate(dict(options))
        self.device = DeclarativeDevice("device", settings, port, plan)
        port.bind(self.device)
        self.link.attach(port)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the link, and let the stop burst and the first questions pass."""
        self._task = asyncio.create_task(self.link.run())
        await self.clock.advance(4.0)
        self.sent.clear()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End the link."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _sent(self, frame: Frame) -> None:
        job = current_job.get(None)
        name = "" if job is None else job.name
        self.sent.append((name, frame))
        self.on_sent(name, frame)

    async def run(self, command: str, args: Mapping[str, Any]) -> Outcome:
        """Run one command to its outcome, moving the clock."""
        work = asyncio.create_task(execute(self.link, self.device, Request(command, dict(args))))
        passed = 0.0
        while not work.done() and passed < LIMIT:
            await self.clock.advance(STEP)
            passed += STEP
        if not work.done():
            work.cancel()
            await asyncio.wait({work})
        return await work
