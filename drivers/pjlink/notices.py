"""PJLink class 2 notices on UDP 4352: a hint to ask at once, never a value, because nobody signs them. Source: PJL-1."""

from __future__ import annotations

import asyncio
import re
from weakref import WeakKeyDictionary, WeakSet

from drivers.pjlink.tables import PORT
from drivers.port import Port

NOTICE = re.compile(rb"%2(?:LKUP|POWR|INPT|ERST)=[^\r\n]{0,64}\r?\n?\Z")


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.ports: WeakSet[Port] = WeakSet()
        self.ignored = 0

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        hits = [p for p in self.ports if p.host == addr[0]] if NOTICE.match(data) else []
        if not hits:
            self.ignored += 1
        for port in hits:
            port.look_again()


_ears: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, int], _Ear]] = (
    WeakKeyDictionary()
)


async def listen(address: str, port: Port, number: int = PORT) -> None:
    """Let `port`'s device be asked whenever its host sends a notice to `address`; once for each device is enough.

    Raises:
        OSError: the address cannot be bound.
    """
    loop = asyncio.get_running_loop()
    ears = _ears.setdefault(loop, {})
    if (address, number) not in ears:
        ear = _Ear()
        await loop.create_datagram_endpoint(lambda: ear, local_addr=(address, number))
        ears[(address, number)] = ear
    ears[(address, number)].ports.add(port)
