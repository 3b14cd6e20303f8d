"""PJLink's UDP port 4352, where class 2 units send notices and answers to a search. PJLINK-2.

One socket for all projectors of the room, because there is one such port; they are told apart by the sender's address.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from drivers.errors import Unreachable

Hear = Callable[[bytes, str], None]
"""Gets a datagram and the address that sent it."""
ANYBODY = ""
"""Instead of a sender's address: all datagrams."""
AT_ONCE = 64
"""Datagrams read before others have their turn."""
LONGEST = 2048
"""Bytes of a datagram that are read; PJLink's are shorter than 140."""


class Ears:
    """One socket, and who listens to whom.

    Raises:
        OSError: the port is taken, or the address is not ours.
    """

    def __init__(self, own: tuple[str, int]) -> None:
        self._loop = asyncio.get_running_loop()
        self.ears: dict[str, list[Hear]] = {}
        self.strangers = 0
        """Datagrams from addresses that nobody listens to."""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)  # noqa: FBT003  # the standard library's signature
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            self.socket.bind(own)
        except OSError:
            self.socket.close()
            raise
        self._loop.add_reader(self.socket, self._read)

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                datagram, (sender, _port) = self.socket.recvfrom(LONGEST)
            except OSError:
                return  # nothing more, or the word that nobody listens where a question went
            ears = [*self.ears.get(sender, []), *self.ears.get(ANYBODY, [])]
            self.strangers += not ears
            for hear in ears:
                hear(datagram, sender)

    def close(self) -> None:
        """Give the port back."""
        self._loop.remove_reader(self.socket)
        self.socket.close()


_sockets: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, int], Ears]] = (
    WeakKeyDictionary()
)


@dataclass
class Listening:
    """One ear; `close` ends it, and the last one closes the socket."""

    sender: str
    hear: Hear
    key: tuple[str, int]
    shared: Ears

    @property
    def port(self) -> int:
        """Return the UDP port that it listens on."""
        return int(self.shared.socket.getsockname()[1])

    def send(self, datagram: bytes, target: tuple[str, int]) -> None:
        """Send from the very port on which the answer is awaited.

        Raises:
            OSError: the network does not let us.
        """
        self.shared.socket.sendto(datagram, target)

    def close(self) -> None:
        """Listen no more; harmless a second time."""
        ears = self.shared.ears.get(self.sender, [])
        if self.hear not in ears:
            return
        ears.remove(self.hear)
        if not ears:
            del self.shared.ears[self.sender]
        if not self.shared.ears:
            _open_sockets().pop(self.key, None)
            self.shared.close()


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
        sender = str(found[0][4][0])
        return _join(sender, (towards(sender), port), hear)
    except OSError as error:
        raise Unreachable(f"udp:{port}: {error.strerror or error}") from error


def overhear(own: str, port: int, hear: Hear) -> Listening:
    """Give `hear` each datagram that anybody sends to `port` on our address `own`.

    Raises:
        Unreachable: the port is taken.
    """
    try:
        return _join(ANYBODY, (own, port), hear)
    except OSError as error:
        raise Unreachable(f"udp:{port}: {error.strerror or error}") from error


def _join(sender: str, key: tuple[str, int], hear: Hear) -> Listening:
    shared = _open_sockets().get(key)
    if shared is None:
        shared = _open_sockets()[key] = Ears(key)
    shared.ears.setdefault(sender, []).append(hear)
    return Listening(sender, hear, key, shared)


def _open_sockets() -> dict[tuple[str, int], Ears]:
    return _sockets.setdefault(asyncio.get_running_loop(), {})


def towards(address: str) -> str:
    """Return the address of ours from which datagrams to `address` leave; nothing is sent.

    Raises:
        OSError: no way leads there.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((address, 9))
        return str(probe.getsockname()[0])
