"""A simulated thing for tests of wires and faults: it keeps what it hears, and says a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from drivers.clock import Clock, VirtualClock
from drivers.simulation.simulator import Simulator


@dataclass
class State:
    """What a person sees."""

    on: bool = False
    level: int = 0
    presets: dict[int, str] = field(default_factory=dict[int, str])


class Thing(Simulator):
    """Answers each piece of input by `answer`, when that is set."""

    protocol = "thing"
    protocol_faults: ClassVar[frozenset[str]] = frozenset({"refuse", "intruder", "stuck"})

    def __init__(self, clock: Clock, *, filters: tuple[str, ...] = ()) -> None:
        super().__init__(clock)
        self.state = State()
        self.filters = filters
        self.answer: bytes | None = None
        self.heard: list[tuple[bytes, object, str]] = []
        self.events: list[str] = []
        self.peers: list[object] = []

    @property
    def data(self) -> bytes:
        return b"".join(data for data, _, _ in self.heard)

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        self.heard.append((data, peer, topic))
        if self.answer is not None:
            self.emit(self.answer, peer=peer, topic="200" if topic[:1].isupper() else topic)

    def connected(self, peer: object) -> None:
        self.events.append("connected")
        self.peers.append(peer)

    def disconnected(self, peer: object) -> None:
        self.events.append("disconnected")

    def topics(self) -> tuple[str, ...]:
        return self.filters

    def will(self) -> tuple[str, bytes] | None:
        return ("thing/will", b"gone") if self.filters else None

    def power_cycle(self) -> None:
        self.events.append("power cycle")
        self.state = State()

    def intrude(self) -> None:
        self.emit(b"nobody asked")

    def close(self) -> None:
        self.events.append("closed")


class Wire:
    """A wire that keeps what it is given; a stream of bytes."""

    address = "bench"
    stream = True

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.events: list[str] = []

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self.said.append(data)

    def drop_connections(self) -> None:
        self.events.append("dropped")

    def unplug(self) -> None:
        self.events.append("unplugged")

    async def plug(self) -> None:
        self.events.append("plugged")


class Messages(Wire):
    """One on which every piece is a message."""

    stream = False


def benched(wire: Wire | None = None) -> tuple[VirtualClock, Thing, Wire]:
    """Put a thing on a wire."""
    clock, found = VirtualClock(pause=0), wire or Wire()
    thing = Thing(clock)
    thing.wire = found
    return clock, thing, found
