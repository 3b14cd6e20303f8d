"""TCP: no delay, and a cut cable is noticed within 6 s."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

from drivers.errors import DriverError, Unreachable
from drivers.transport.frames import Chunk, Frame

CONNECT = 3.0
"""Seconds for a connection attempt (protocols.md 1.4)."""
USER_TIMEOUT = 4000
"""Milliseconds that sent bytes may stay unacknowledged."""
KEEP_ALIVE = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3}
"""Seconds idle, seconds between probes, probes."""


class HungUp(Unreachable):
    """The far end closed the connection in good order, as some devices do when nothing is said for a while."""


class _Protocol(asyncio.Protocol):
    def __init__(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        self._on_chunk = on_chunk
        self._on_lost = on_lost
        self.asked = False

    def data_received(self, data: bytes) -> None:
        self._on_chunk(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.asked:
            self._on_lost(HungUp("closed by the device") if exc is None else Unreachable(str(exc)))


class Tcp:
    """One TCP connection to a device or a serial server."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._protocol: _Protocol | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def endpoint(self) -> str:
        """Return `tcp:host:port`."""
        return f"tcp:{self._host}:{self._port}"

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Connect within 3 s; raises `Unreachable`."""
        loop = asyncio.get_running_loop()
        protocol = _Protocol(on_chunk, on_lost)
        try:
            async with asyncio.timeout(CONNECT):
                self._transport, self._protocol = await loop.create_connection(
                    lambda: protocol, self._host, self._port
                )
        except TimeoutError:
            protocol.asked = (
                True  # it may have come up in the last moment: nobody wants its end any more
            )
            raise Unreachable(f"{self.endpoint}: no answer to the connection attempt") from None
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{self.endpoint}: {reason(error)}") from error
        tune(self._transport.get_extra_info("socket"))

    async def send(self, frame: Frame) -> None:
        """Hand bytes to the operating system at once."""
        if not isinstance(frame, bytes):
            raise TypeError("TCP takes bytes")
        if self._transport is None or self._transport.is_closing():
            raise Unreachable(f"{self.endpoint}: closed")
        self._transport.write(frame)

    async def close(self) -> None:
        """Close; harmless when closed."""
        if self._protocol is not None:
            self._protocol.asked = True
        if self._transport is not None:
            self._transport.abort()
        self._transport = self._protocol = None

    def wire_time(self, size: int) -> float:
        """Return 0: the network's time is not reckoned."""
        return 0.0

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ignore topics."""

    def present(self) -> bool | None:
        """Return None: only trying tells."""
        return None

    def descriptor(self) -> int | None:
        """Return the socket's descriptor while it is open."""
        if self._transport is None or self._transport.is_closing():
            return None
        number: int = self._transport.get_extra_info("socket").fileno()
        return number


def reason(error: OSError | UnicodeError) -> str:
    """Return why a connection failed, in the operating system's words; a name may also be no name at all."""
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return str(error)


def tune(sock: socket.socket) -> None:
    """Set no delay, the user timeout and keep-alive on a connected TCP socket."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE.items():
        sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
