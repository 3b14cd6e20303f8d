r"""PJLink class 2 search: `%2SRCH\r` to everybody, `%2ACKN=<mac>\r` from each projector. Source: PJL-1."""

from __future__ import annotations

import asyncio
import re
import socket

from drivers.pjlink.tables import PORT

SEARCH = b"%2SRCH\r"
ANSWER = re.compile(rb"%2ACKN=([0-9A-Fa-f:]{12,17})\r?\n?\Z")


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        match = ANSWER.match(data)
        if match is not None:
            self.found[addr[0]] = match.group(1).decode().replace(":", "").lower()


async def search(
    seconds: float, address: str = "255.255.255.255", port: int = PORT
) -> list[tuple[str, str]]:
    """Return (address, hardware address as 12 hex digits) of each projector that answers within `seconds`."""
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setblocking(False)
    sock.bind(("127.0.0.1" if address.startswith("127.") else "", 0))
    transport, answers = await loop.create_datagram_endpoint(_Answers, sock=sock)
    try:
        transport.sendto(SEARCH, (address, port))
        await asyncio.sleep(seconds)
    finally:
        transport.close()
    return sorted(answers.found.items())
