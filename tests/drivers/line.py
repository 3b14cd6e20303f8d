"""A line for tests of the SDK: a transport in memory, a one-line protocol, and a device that speaks it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from drivers.clock import VirtualClock
from drivers.commands import Arg, Outcome, Priority, RetryClass, command
from drivers.device import Device, TransportName
from drivers.errors import DriverError, Refused, Unreachable
from drivers.execute import Request, execute
from drivers.link import Link
from drivers.messages import Junk
from drivers.motion import MotionSpec, Stroke
from drivers.points import PointSpec, Report
from drivers.session import PortState
from drivers.trace import TraceEvent
from drivers.transport.frames import Chunk, Frame

Answer = Callable[[str], "str | None"]


class Line:
    """Records what was sent with its time, and answers what `answer` says."""

    def __init__(
        self, clock: VirtualClock, *, byte_time: float = 0.0, kind: str = "memory"
    ) -> None:
        self.clock = clock
        self.byte_time = byte_time
        self.kind = kind
        self.there: bool | None = None
        """Whether the port's path is there, where one can know."""
        self.sent: list[tuple[float, str]] = []
        self.answer: Answer = lambda _text: None
        self.refuse_open: DriverError | None = None
        self.opened = 0
        self.is_open = False
        self._on_chunk: Callable[[Chunk], None] = lambda _chunk: None
        self._on_lost: Callable[[DriverError], None] = lambda _error: None

    @property
    def endpoint(self) -> str:
        return f"{self.kind}:line:1"

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        self.opened += 1
        if self.refuse_open is not None:
            raise self.refuse_open
        self._on_chunk, self._on_lost, self.is_open = on_chunk, on_lost, True

    async def send(self, frame: Frame) -> None:
        if not self.is_open:
            raise Unreachable("closed")
        assert isinstance(frame, bytes)
        text = frame.decode().strip()
        self.sent.append((self.clock.monotonic(), text))
        answer = self.answer(text)
        if answer is not None:
            self.clock.call_later(self.wire_time(len(frame)) + 0.001, lambda: self.feed(answer))

    def feed(self, text: str) -> None:
        self.bring((text + "\n").encode())

    def bring(self, chunk: Chunk) -> None:
        if self.is_open:
            self._on_chunk(chunk)

    def lose(self, error: DriverError | None = None) -> None:
        self.is_open = False
        self._on_lost(error or Unreachable("gone"))

    async def close(self) -> None:
        self.is_open = False

    def wire_time(self, size: int) -> float:
        return size * self.byte_time

    def subscribe(self, topics: tuple[str, ...]) -> None:
        return None

    def present(self) -> bool | None:
        return self.there

    def descriptor(self) -> int | None:
        return None

    def texts(self) -> list[str]:
        return [text for _, text in self.sent]


class LineDecoder:
    """Lines of text."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[str | Junk]:
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        return [w.decode() if w.isascii() else Junk("unknown", w) for w in whole]

    def reset(self) -> None:
        self._rest = b""


class NoSettings(BaseModel):
    """Nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lamp(Device[NoSettings]):
    """Answers `<id> level 30 ok`; says `<id> is 30` by itself."""

    kind = "light"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"memory"})
    points: tuple[PointSpec, ...] = (
        PointSpec("level", "number", unit="%", minimum=0, maximum=100, poll="10s"),
    )
    motion_spec: MotionSpec | None = None

    def decoder(self) -> LineDecoder:
        return LineDecoder()

    @property
    def motion(self) -> MotionSpec | None:
        return self.motion_spec

    def _is(self, word: str) -> Callable[[object], str | None]:
        def until(message: object) -> str | None:
            if message == f"{self.id} {word} no":
                raise Refused("no")
            return word if message == f"{self.id} {word} ok" else None

        return until

    def on_message(self, message: object) -> None:
        found = re.fullmatch(rf"{self.id} (?:is|level) (\d+)(?: ok)?", str(message))
        if found is not None:
            self.report("level", int(found.group(1)))

    async def refresh(self, points: frozenset[str]) -> None:
        def until(message: object) -> object | None:
            return message if str(message).startswith(f"{self.id} is ") else None

        await self.link.exchange(f"{self.id}?".encode(), until=until)

    @command(
        args={"level": Arg("number", 0, 100)},
        key="level",
        confirm={"level": "{level}"},
        timeout="1s",
    )
    async def set(self, level: float) -> None:
        """Set the level."""
        await self.link.exchange(
            f"{self.id} level {level:g}".encode(), until=self._is(f"level {level:g}")
        )

    @command(retry=RetryClass.RELATIVE, timeout="1s")
    async def step(self) -> None:
        """One step up."""
        await self.link.exchange(f"{self.id} step".encode(), until=self._is("step"))

    @command(key="move", retry=RetryClass.MOTION, retries=0, ttl="3s", answers="none", run="hold")
    async def up(self) -> None:
        """Move up."""
        await self.link.send(f"{self.id} up".encode(), repeat=2, repeat_gap=0.2)

    @command(key="move", retry=RetryClass.MOTION, retries=0, ttl="3s", answers="none", run="hold")
    async def down(self) -> None:
        """Move down."""
        await self.link.send(f"{self.id} down".encode(), repeat=2, repeat_gap=0.2)

    @command(
        key="move",
        retry=RetryClass.STOP,
        priority=Priority.SAFETY,
        flush=True,
        ttl="3s",
        answers="none",
    )
    async def stop(self) -> None:
        """Stop."""
        await self.link.send(f"{self.id} stop".encode(), repeat=3, repeat_gap=0.12)


MOTION = MotionSpec(
    up=Stroke("up", 10.0), down=Stroke("down", 8.0), reverse_pause=0.5, max_run=20.0
)


class Lift(Lamp):
    """A lamp that moves."""

    kind = "lift"
    motion_spec = MOTION


class Ears:
    """Hears all that a link tells."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.states: list[tuple[str, PortState]] = []
        self.traces: list[TraceEvent] = []

    def on_report(self, report: Report) -> None:
        self.reports.append(report)

    def on_state(self, device: str, state: PortState, error: DriverError | None) -> None:
        self.states.append((device, state))

    def on_trace(self, event: TraceEvent) -> None:
        self.traces.append(event)


def lamps(
    line: Line, *ids: str, gap: float = 0.0, lamp: type[Lamp] = Lamp
) -> tuple[Link, dict[str, Lamp]]:
    """Put lamps of these ids on one link."""
    link = Link("line", line, line.clock, Ears(), gap=gap, jitter=0.0)
    made: dict[str, Lamp] = {}
    for device_id in ids:
        port = link.port(device_id)
        made[device_id] = lamp(device_id, NoSettings(), port)
        port.bind(made[device_id])
        link.attach(port)
    return link, made


@asynccontextmanager
async def running(link: Link, clock: VirtualClock, settle: float = 1.0) -> AsyncIterator[Ears]:
    """Run a link; what it tells is given."""
    assert isinstance(link.listener, Ears)
    task = asyncio.create_task(link.run())
    try:
        await clock.advance(settle)
        yield link.listener
    finally:
        task.cancel()
        await asyncio.wait({task})


async def finish(
    clock: VirtualClock, *tasks: asyncio.Task[Outcome], limit: float = 60.0
) -> list[Outcome]:
    """Move the clock until all tasks are done."""
    passed = 0.0
    while not all(t.done() for t in tasks) and passed < limit:
        await clock.advance(0.05)
        passed += 0.05
    return [t.result() for t in tasks]


def ask(link: Link, lamp: Lamp, command: str, **args: object) -> asyncio.Task[Outcome]:
    """Give a lamp a command."""
    return asyncio.create_task(execute(link, lamp, Request(command, args)))


def obliging(text: str) -> str | None:
    """Answer like a lamp that works: levels are taken, questions get 5."""
    if text.endswith("?"):
        return f"{text[:-1]} is 5"
    return f"{text} ok" if " level " in text or " step" in text else None
