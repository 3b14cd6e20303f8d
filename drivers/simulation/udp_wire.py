"""A UDP port on loopback that simulators listen on."""

from __future__ import annotations

import asyncio
import socket
from typing import ClassVar, cast

from drivers.clock import Clock
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, wire: UdpWire) -> None:
        self._wire = wire

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._wire.received(data, addr)


class UdpWire:
    """See the module. A simulator's `peer` is the sender's address.

    Args:
        clock: kept for symmetry with serial lines; a network is not paced.
        host: loopback address to bind.
        port: UDP port; 0 picks a free one.
        reuse: bind although another socket of this machine holds the port on another address.
    """

    stream: ClassVar[bool] = False
    """A datagram is a message."""

    def __init__(
        self, clock: Clock, host: str = "127.0.0.1", port: int = 0, *, reuse: bool = False
    ) -> None:
        self._clock = clock
        self._host = host
        self._port = port
        self._reuse = reuse
        self._simulators: list[Simulator] = []
        self._transport: asyncio.DatagramTransport | None = None
        self._last: tuple[str, int] | None = None

    @property
    def address(self) -> str:
        """Return `host:port`."""
        return f"{self._host}:{self._port}"

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return self._port

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator behind the port."""
        simulator.wire = self
        self._simulators.append(simulator)

    def detach(self, simulator: Simulator) -> None:
        """Take a simulator away."""
        self._simulators.remove(simulator)
        simulator.close()

    async def open(self) -> None:
        """Bind."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if self._reuse:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((self._host, self._port))
        sock.settimeout(0)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Protocol(self), sock=sock)
        self._port = sock.getsockname()[1]

    def received(self, data: bytes, peer: tuple[str, int]) -> None:
        """Give a datagram to the simulators."""
        self._last = peer
        for simulator in list(self._simulators):
            deliver(simulator, data, peer, "")

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Send to `peer`, or to who spoke last when it is None."""
        target = cast("tuple[str, int]", peer) if isinstance(peer, tuple) else self._last
        if self._transport is not None and target is not None:
            self._transport.sendto(data, target)

    def drop_connections(self) -> None:
        """UDP has none."""

    def unplug(self) -> None:
        """Close the port."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    async def plug(self) -> None:
        """Bind the same port again."""
        if self._transport is None:
            await self.open()

    async def close(self) -> None:
        """Take the port away for good."""
        self.unplug()
        for simulator in self._simulators:
            simulator.close()
