"""A TCP connection to a simulator without sockets, so that a minute of virtual time takes milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers.errors import DriverError, Unreachable
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import TcpPeer
from drivers.transport.frames import Chunk, Frame
from drivers.transport.tcp import HungUp


class Peer(TcpPeer):
    """The simulator's end of one connection."""

    def __init__(
        self,
        line: Line,
        on_chunk: Callable[[Chunk], None],
        on_lost: Callable[[DriverError], None],
    ) -> None:
        self._line = line
        self._on_chunk = on_chunk
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self.open = True

    def write(self, data: bytes) -> None:
        """Let bytes arrive at the driver, in a later turn of the loop, as on a socket."""
        self._loop.call_soon(lambda: self._on_chunk(data) if self.open else None)

    def close(self) -> None:
        """End it in good order, after what was written."""
        self._loop.call_soon(self.end, HungUp("closed by the device"))

    def end(self, error: DriverError | None) -> None:
        """End it; None: the driver itself has closed it."""
        if self.open:
            self.open = False
            self._line.forget(self)
            if error is not None:
                self._on_lost(error)


class Line:
    """Both a driver's transport and a simulator's wire."""

    address = "memory"
    endpoint = "tcp:127.0.0.1:4352"

    def __init__(self) -> None:
        self.peers: list[Peer] = []
        self._mine: Peer | None = None
        self._simulator: Simulator | None = None
        self._plugged = True

    def attach(self, simulator: Simulator) -> None:
        """Put the one simulator behind it."""
        simulator.wire = self
        self._simulator = simulator

    @property
    def simulator(self) -> Simulator:
        """Return the simulator."""
        assert self._simulator is not None
        return self._simulator

    def forget(self, peer: Peer) -> None:
        """Take note that a connection has ended."""
        self.peers.remove(peer)
        self.simulator.disconnected(peer)

    # -- for the driver ----------------------------------------------------------------------------

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Connect, unless it is unplugged."""
        await asyncio.sleep(0)
        if not self._plugged:
            raise Unreachable("connection refused")
        self._mine = Peer(self, on_chunk, on_lost)
        self.peers.append(self._mine)
        if not {"reboot", "unplug"} & self.simulator.faults.keys():
            self.simulator.connected(self._mine)

    async def send(self, frame: Frame) -> None:
        """Let bytes arrive at the simulator in a later turn of the loop."""
        assert isinstance(frame, bytes)
        peer = self._mine
        if peer is None or not peer.open:
            raise Unreachable("closed")
        asyncio.get_running_loop().call_soon(self._arrive, peer, frame)

    def _arrive(self, peer: Peer, data: bytes) -> None:
        if peer.open:
            deliver(self.simulator, data, peer, "")

    async def close(self) -> None:
        """Close; harmless when closed."""
        if self._mine is not None:
            self._mine.end(None)

    def wire_time(self, size: int) -> float:
        """Return 0."""
        return 0.0

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ignore topics."""

    def present(self) -> bool | None:
        """Return None: only trying tells."""
        return None

    def descriptor(self) -> int | None:
        """Return None: there is no socket."""
        return None

    # -- for the simulator -------------------------------------------------------------------------

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Send to one connection, or to all."""
        for target in [peer] if isinstance(peer, Peer) else list(self.peers):
            target.write(data)

    def drop_connections(self) -> None:
        """Reset every connection."""
        for peer in list(self.peers):
            peer.end(Unreachable("reset"))

    def unplug(self) -> None:
        """Reset every connection and take no more."""
        self._plugged = False
        self.drop_connections()

    async def plug(self) -> None:
        """Take connections again."""
        self._plugged = True
