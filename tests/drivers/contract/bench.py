"""A line in memory with a simulator at its end: the one object is the transport of a link and the wire of a simulator.

It keeps time like the real one (a serial byte takes ten bits), it can be pulled, and it can be spied on. Real ptys and
sockets are in the tests of transports, wires and drivers; here every case runs on a clock that stands still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from drivers.clock import VirtualClock
from drivers.device import TransportName
from drivers.errors import DriverError, Unreachable
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator
from drivers.topics import matches
from drivers.transport.frames import (
    Chunk,
    Frame,
    HttpRequest,
    HttpResponse,
    Publish,
    Published,
)

BITS = 10
HOP = 0.0005
"""Seconds that a packet takes on a network."""


@dataclass
class Bench:
    """See the module."""

    kind: TransportName
    clock: VirtualClock
    baud: int = 9600
    sent: list[tuple[float, Frame]] = field(default_factory=list[tuple[float, Frame]])
    heard: list[tuple[float, Chunk]] = field(default_factory=list[tuple[float, Chunk]])
    held: list[Chunk] | None = None
    """What the simulator said, kept back while this is a list."""
    noise: list[bytes] = field(default_factory=list[bytes])
    """Comes in front of what the simulator says next, one piece each."""
    unplugged: bool = False
    openings: int = 0
    simulators: list[Simulator] = field(default_factory=list[Simulator])
    _plugged: int = 0
    _free_at: float = 0.0
    _peer: object = None
    _on_chunk: Callable[[Chunk], None] | None = None
    _on_lost: Callable[[DriverError], None] | None = None
    _requests: dict[int, HttpRequest] = field(default_factory=dict[int, HttpRequest])

    # -- the transport --------------------------------------------------------------------------------------------

    @property
    def endpoint(self) -> str:
        """Return the kind of line, and that it is none."""
        return "http://bench" if self.kind == "http" else f"{self.kind}:bench:1"

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Open, unless the plug is out; nobody notices that on UDP and HTTP."""
        self.openings += 1
        if self.unplugged and self.kind in ("serial", "tcp", "mqtt"):
            raise Unreachable("the plug is out")
        self._on_chunk, self._on_lost = on_chunk, on_lost
        self._plugged += 1
        self._free_at = 0.0
        self._peer = ("127.0.0.1", 5) if self.kind == "udp" else object()
        if self.kind in ("tcp", "mqtt"):
            self.clock.call_later(HOP, partial(self._connected, self._plugged))

    def _connected(self, plugged: int) -> None:
        if plugged == self._plugged and not self.unplugged:
            for simulator in self.simulators:
                simulator.connected(self._peer if self.kind == "tcp" else None)

    async def send(self, frame: Frame) -> None:
        """Take a frame; it is there when its last bit is."""
        if self._on_chunk is None:
            raise Unreachable("closed")
        now = self.clock.monotonic()
        self.sent.append((now, frame))
        size = len(frame) if isinstance(frame, bytes) else 0
        self.clock.call_later(
            self.wire_time(size) + HOP, partial(self._arrive, frame, self._plugged)
        )

    def _arrive(self, frame: Frame, plugged: int) -> None:
        if plugged != self._plugged or self.unplugged:
            return
        for simulator in self.simulators:
            match frame:
                case bytes():
                    deliver(simulator, frame, self._peer, "")
                case Publish():
                    if any(matches(t, frame.topic) for t in simulator.topics()):
                        deliver(simulator, frame.payload, None, frame.topic)
                case HttpRequest():
                    token = object()
                    self._requests[id(token)] = frame
                    deliver(simulator, frame.body, token, f"{frame.method} {frame.path}")

    async def close(self) -> None:
        """Close; what is under way is lost."""
        self._on_chunk = self._on_lost = None
        if self.held:
            self.held.clear()
        self._plugged += 1
        if self.kind == "tcp":
            for simulator in self.simulators:
                simulator.disconnected(self._peer)

    def wire_time(self, size: int) -> float:
        """Return ten bits for each byte on a serial line, nothing elsewhere."""
        return size * BITS / self.baud if self.kind == "serial" else 0.0

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Nothing: the link knows who listens to what."""

    def present(self) -> bool | None:
        """Return whether the plug is in, on serial lines."""
        return not self.unplugged if self.kind == "serial" else None

    def descriptor(self) -> int | None:
        """Return None."""
        return None

    # -- the wire -------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Return that it is none."""
        return "bench"

    @property
    def stream(self) -> bool:
        """Return whether bytes run together."""
        return self.kind in ("serial", "tcp")

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator at the end."""
        simulator.wire = self
        self.simulators.append(simulator)

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Bring what a simulator says; a serial byte takes its time."""
        now = self.clock.monotonic()
        self._free_at = max(self._free_at, now) + self.wire_time(len(data))
        chunk: Chunk = data
        if self.kind == "mqtt":
            chunk = Published(topic, data, retain=False)
        elif self.kind == "http":
            request = self._requests.pop(id(peer), None)
            if request is None:
                return
            chunk = HttpResponse(request, int(topic or "200"), data)
        self.clock.call_later(self._free_at - now + HOP, partial(self._hear, chunk, self._plugged))

    def _hear(self, chunk: Chunk, plugged: int) -> None:
        if plugged != self._plugged or self.unplugged:
            return
        if self.held is not None:
            self.held.append(chunk)
            return
        while self.noise:
            self.bring(noisy(chunk, self.noise.pop()))
        self.bring(chunk)

    def bring(self, chunk: Chunk) -> None:
        """Let something be heard."""
        if self._on_chunk is not None:
            self.heard.append((self.clock.monotonic(), chunk))
            self._on_chunk(chunk)

    def release(self) -> int:
        """Bring what was kept back, now; return how much it was."""
        held, self.held = self.held or [], None
        for chunk in held:
            self.bring(chunk)
        return len(held)

    def drop_connections(self) -> None:
        """Lose the connection, where there is one."""
        if self.kind in ("tcp", "mqtt"):
            self._lose()

    def unplug(self) -> None:
        """Pull the plug."""
        self.unplugged = True
        if self.kind in ("serial", "tcp", "mqtt"):
            self._lose()

    def _lose(self) -> None:
        on_lost, self._on_chunk, self._on_lost = self._on_lost, None, None
        self._plugged += 1
        if self.held:
            self.held.clear()
        if on_lost is not None:
            on_lost(Unreachable("the line broke"))

    async def plug(self) -> None:
        """Put it back."""
        self.unplugged = False


def noisy(chunk: Chunk, noise: bytes) -> Chunk:
    """Return rubbish of the same kind as `chunk`."""
    match chunk:
        case Published(topic=topic):
            return Published(topic, noise, retain=False)
        case HttpResponse():
            return HttpResponse(HttpRequest("GET", "/nobody/asked"), 200, noise)
        case _:
            return noise
