"""Class 2 notices over UDP: one socket for all projectors of the room, told apart by the sender's address. PJLINK-2."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from drivers.errors import Unreachable

Hear = Callable[[bytes], None]


@dataclass(eq=False)
class Ears(asyncio.DatagramProtocol):
    """A socket, and who listens to whom."""

    ears: dict[str, list[Hear]] = field(default_factory=dict[str, list[Hear]])
    """Sender's address -> those who want to hear it."""
    transport: asyncio.DatagramTransport | None = None
    port: int = 0
    strangers: int = 0
    """Datagrams from addresses that no projector of the room has."""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Hand a datagram to those who listen to its sender."""
        ears = self.ears.get(addr[0], [])
        self.strangers += not ears
        for hear in list(ears):
            hear(data)


_sockets: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, int], Ears]] = (
    WeakKeyDictionary()
)


@dataclass
class Listening:
    """One projector's ear; `close` ends it, and the last one closes the socket."""

    address: str
    hear: Hear
    key: tuple[str, int]
    shared: Ears

    def close(self) -> None:
        """Listen no more; harmless a second time."""
        ears = self.shared.ears.get(self.address, [])
        if self.hear in ears:
            ears.remove(self.hear)
        if not ears:
            self.shared.ears.pop(self.address, None)
        if not self.shared.ears and self.shared.transport is not None:
            self.shared.transport.close()
            _open_sockets().pop(self.key, None)


async def listen(host: str, port: int, hear: Hear) -> Listening:
    """Give `hear` each datagram that `host` sends to `port` on the address of ours that leads to it.

    Args:
        host: the projector's name or address.
        port: UDP port, 4352; 0 picks a free one.
        hear: gets the datagram.

    Raises:
        Unreachable: the name is unknown, or the port is taken.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, family=socket.AF_INET)
        address = str(found[0][4][0])
        key = (_towards(address), port)
        shared = _open_sockets().get(key)
        if shared is None:
            transport, shared = await loop.create_datagram_endpoint(Ears, local_addr=key)
            shared.transport, shared.port = transport, transport.get_extra_info("sockname")[1]
            _open_sockets()[key] = shared
    except OSError as error:
        raise Unreachable(f"udp:{port}: {error.strerror or error}") from error
    shared.ears.setdefault(address, []).append(hear)
    return Listening(address, hear, key, shared)


def _open_sockets() -> dict[tuple[str, int], Ears]:
    return _sockets.setdefault(asyncio.get_running_loop(), {})


def _towards(address: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((address, 9))
        return str(probe.getsockname()[0])
