"""A TCP port on loopback that simulators listen on."""

from __future__ import annotations

import asyncio
import socket
import struct

from drivers.clock import Clock
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator


class TcpPeer(asyncio.Protocol):
    """One connection; simulators get it as `peer`."""

    def __init__(self, wire: TcpWire) -> None:
        self._wire = wire
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # asyncio gives a stream server nothing else
        self.transport = transport
        self._wire.connected(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the simulators."""
        self._wire.received(self, data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wire.lost(self)

    def close(self) -> None:
        """End this connection properly (FIN), after what was written."""
        if self.transport is not None:
            self.transport.close()


class TcpWire:
    """See the module.

    Args:
        clock: kept for symmetry with serial lines; a network is not paced.
        host: loopback address to listen on.
        port: TCP port; 0 picks a free one.
        clients: connections at once; further ones are closed at accept. 0: no limit.
    """

    def __init__(
        self, clock: Clock, host: str = "127.0.0.1", port: int = 0, *, clients: int = 0
    ) -> None:
        self._clock = clock
        self._host = host
        self._port = port
        self._limit = clients
        self._simulators: list[Simulator] = []
        self._server: asyncio.Server | None = None
        self.peers: list[TcpPeer] = []

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
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: TcpPeer(self), self._host, self._port, reuse_address=True
        )
        self._port = self._server.sockets[0].getsockname()[1]

    def connected(self, peer: TcpPeer) -> None:
        """Take note of a new connection; there is none while the device starts."""
        off = self._off()
        if (off and all(off)) or (self._limit and len(self.peers) >= self._limit):
            _reset(peer)
            return
        self.peers.append(peer)
        for simulator in list(self._simulators):
            if not {"reboot", "unplug"} & simulator.faults.keys():
                simulator.connected(peer)

    def received(self, peer: TcpPeer, data: bytes) -> None:
        """Give bytes to the simulators."""
        for simulator in list(self._simulators):
            deliver(simulator, data, peer, "")

    def lost(self, peer: TcpPeer) -> None:
        """Take note that a connection ended."""
        if peer in self.peers:
            self.peers.remove(peer)
            for simulator in list(self._simulators):
                simulator.disconnected(peer)

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Send to `peer`, or to every connection when it is None."""
        for target in [peer] if isinstance(peer, TcpPeer) else list(self.peers):
            if target.transport is not None and not target.transport.is_closing():
                target.transport.write(data)

    def _off(self) -> list[bool]:
        return [bool({"reboot", "unplug"} & s.faults.keys()) for s in self._simulators]

    def drop_connections(self) -> None:
        """Reset every connection, unless one reboots and others behind the same port (a serial server) go on."""
        off = self._off()
        if all(off) or not any(off):
            self._reset_all()

    def _reset_all(self) -> None:
        for peer in list(self.peers):
            _reset(peer)

    def unplug(self) -> None:
        """Reset every connection and listen no more."""
        self._reset_all()
        if self._server is not None:
            self._server.close()
            self._server = None

    async def plug(self) -> None:
        """Listen again on the same port."""
        if self._server is None:
            await self.open()

    async def close(self) -> None:
        """Take the port away for good."""
        self.unplug()
        for simulator in self._simulators:
            simulator.close()


def _reset(peer: TcpPeer) -> None:
    """End a connection with RST, as a device that lost power does."""
    transport = peer.transport
    if transport is None:
        return
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
