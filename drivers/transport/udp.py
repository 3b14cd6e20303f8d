"""UDP: one connected socket for each device; datagrams from anybody else are dropped and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers.errors import DriverError, Unreachable
from drivers.transport.frames import Chunk, Frame
from drivers.transport.tcp import CONNECT, reason


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, owner: Udp, on_chunk: Callable[[Chunk], None]) -> None:
        self._owner = owner
        self._on_chunk = on_chunk

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._on_chunk(data)

    def error_received(self, exc: Exception) -> None:
        # ICMP "port unreachable": the device is not listening now; the missing answer tells the rest.
        self._owner.refused += 1


class Udp:
    """One device's datagrams. The kernel drops what comes from another address: the socket is connected."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._transport: asyncio.DatagramTransport | None = None
        self.refused = 0
        """How often the far end said that nobody listens there."""

    @property
    def endpoint(self) -> str:
        """Return `udp:host:port`."""
        return f"udp:{self._host}:{self._port}"

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Make the socket; raises `Unreachable` where the address cannot be used."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT):  # a name may take its time
                self._transport, _ = await loop.create_datagram_endpoint(
                    lambda: _Protocol(self, on_chunk), remote_addr=(self._host, self._port)
                )
        except TimeoutError:
            raise Unreachable(f"{self.endpoint}: its name is not found in time") from None
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{self.endpoint}: {reason(error)}") from error

    async def send(self, frame: Frame) -> None:
        """Send one datagram at once."""
        if not isinstance(frame, bytes):
            raise TypeError("UDP takes bytes")
        if self._transport is None or self._transport.is_closing():
            raise Unreachable(f"{self.endpoint}: closed")
        self._transport.sendto(frame)

    async def close(self) -> None:
        """Close; harmless when closed."""
        if self._transport is not None:
            self._transport.abort()
        self._transport = None

    def wire_time(self, size: int) -> float:
        """Return 0: the network's time is not reckoned."""
        return 0.0

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ignore topics."""

    def present(self) -> bool | None:
        """Return None: only asking tells."""
        return None

    def descriptor(self) -> int | None:
        """Return the socket's descriptor while it is open."""
        if self._transport is None or self._transport.is_closing():
            return None
        number: int = self._transport.get_extra_info("socket").fileno()
        return number
