r"""PJLink class 2 search: `%2SRCH\r` to everybody, `%2ACKN=<mac>\r` from each projector. PJLINK-2."""

from __future__ import annotations

import asyncio
import socket

from drivers.pjlink import codec
from drivers.pjlink.tables import PORT

BROADCAST = "255.255.255.255"


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = codec.parse_datagram(data)
        if message is not None and message.name == "ACKN":
            self.found.setdefault(addr[0], message.text[:64])


async def search(
    seconds: float, target: str = BROADCAST, port: int = PORT
) -> list[tuple[str, str]]:
    """Return address and MAC of each projector that answers within `seconds`.

    Args:
        seconds: how long to listen.
        target: address to ask; the broadcast address asks all on this network.
        port: UDP port.

    Raises:
        OSError: the network does not let us ask.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)  # noqa: FBT003  # the standard library's signature
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(_Ear, sock=sock)
    try:
        transport.sendto(codec.SEARCH, (target, port))
        await asyncio.sleep(seconds)
    finally:
        transport.close()
    return sorted(ear.found.items())
