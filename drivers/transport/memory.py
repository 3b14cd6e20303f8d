"""A line in memory, for transcripts and tests: records what was sent with its time, and is fed by hand."""

from __future__ import annotations

from collections.abc import Callable

from drivers.clock import Clock
from drivers.errors import DriverError, Unreachable
from drivers.transport.frames import Chunk, Frame


class Memory:
    """A scripted line.

    Args:
        clock: stamps what is sent.
        byte_time: seconds that one byte takes, as on a serial wire; 0 elsewhere.
    """

    def __init__(self, clock: Clock, *, byte_time: float = 0.0) -> None:
        self._clock = clock
        self._byte_time = byte_time
        self.sent: list[tuple[float, Frame]] = []
        """(monotonic seconds, frame)."""
        self.refuse: DriverError | None = None
        """Raised at the next opening, while set."""
        self.on_send: Callable[[Frame], None] = lambda _frame: None
        """Called after each frame that left."""
        self.topics: set[str] = set()
        self.openings = 0
        self._on_chunk: Callable[[Chunk], None] | None = None
        self._on_lost: Callable[[DriverError], None] = lambda _error: None

    @property
    def endpoint(self) -> str:
        """Return `memory:`."""
        return "memory:"

    @property
    def is_open(self) -> bool:
        """Return whether it is open."""
        return self._on_chunk is not None

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Open, unless `refuse` is set."""
        self.openings += 1
        if self.refuse is not None:
            raise self.refuse
        self._on_chunk, self._on_lost = on_chunk, on_lost

    async def send(self, frame: Frame) -> None:
        """Record a frame."""
        if self._on_chunk is None:
            raise Unreachable("closed")
        self.sent.append((self._clock.monotonic(), frame))
        self.on_send(frame)

    def feed(self, chunk: Chunk) -> None:
        """Let something arrive; dropped while closed."""
        if self._on_chunk is not None:
            self._on_chunk(chunk)

    def lose(self) -> None:
        """Let the line break."""
        if self._on_chunk is not None:
            self._on_chunk = None
            self._on_lost(Unreachable("the line broke"))

    async def close(self) -> None:
        """Close; harmless when closed."""
        self._on_chunk = None

    def wire_time(self, size: int) -> float:
        """Return `size` times the byte's time."""
        return size * self._byte_time

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Note the topics."""
        self.topics |= set(topics)

    def present(self) -> bool | None:
        """Return None: nobody can know."""
        return None

    def descriptor(self) -> int | None:
        """Return None: there is no file."""
        return None
