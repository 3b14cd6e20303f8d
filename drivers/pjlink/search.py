r"""PJLink class 2 search: `%2SRCH\r` to everybody, `%2ACKN=<mac>\r` from each projector. PJLINK-2.

A projector answers to the port 4352 of who asked, after up to 10 s, so that not all answer at once. The question leaves
from that port, too: units that answer to where it came from are heard on the same socket.
"""

from __future__ import annotations

import fcntl
import socket
import struct

from drivers.clock import Clock, LoopClock
from drivers.errors import Unreachable
from drivers.pjlink import codec
from drivers.pjlink.notices import Hear, Listening, overhear, towards
from drivers.pjlink.tables import PORT

BROADCAST = "255.255.255.255"
ANSWERS = 11.0
"""Seconds in which projectors answer: they wait 0 to 10 s. PJLINK-2."""
AGAIN = 1.0
"""Seconds until the question is put once more: broadcasts get lost."""
_GET_ADDRESS = 0x8915
"""Linux: SIOCGIFADDR, see netdevice(7)."""


async def search(
    seconds: float = ANSWERS,
    target: str = BROADCAST,
    port: int = PORT,
    clock: Clock | None = None,
) -> list[tuple[str, str]]:
    """Return address and MAC (`xx:xx:xx:xx:xx:xx`) of each projector that answers within `seconds`.

    Args:
        seconds: how long to listen.
        target: address to ask; the broadcast address asks all, on every network that this machine is in.
        port: UDP port.
        clock: for waiting; left out, the real one.

    Raises:
        OSError: the network does not let us ask.
    """
    clock = clock or LoopClock()
    found: dict[str, str] = {}

    def hear(datagram: bytes, sender: str) -> None:
        said = codec.parse_datagram(datagram)
        mac = None if said is None or said.name != "ACKN" else codec.parse_mac(said.text)
        if mac is not None:
            found.setdefault(sender, mac)

    own = own_addresses() if target == BROADCAST else [towards(target)]
    ears = [_ear(address, port, hear) for address in own]
    try:
        _ask(ears, (target, port))
        await clock.sleep(min(AGAIN, seconds))
        _ask(ears, (target, port))
        await clock.sleep(max(0.0, seconds - AGAIN))
    finally:
        for ear in ears:
            ear.close()
    return sorted(found.items())


def own_addresses() -> list[str]:
    """Return the IPv4 addresses of this machine's interfaces, without loopback."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(sock, _GET_ADDRESS, struct.pack("256s", name.encode()))
            except OSError:
                continue  # an interface without an address
            found.append(socket.inet_ntoa(answer[20:24]))
    return sorted({address for address in found if not address.startswith("127.")})


def _ear(own: str, port: int, hear: Hear) -> Listening:
    try:
        return overhear(own, port, hear)
    except Unreachable:
        return overhear(own, 0, hear)  # another program has the port; some units answer to any


def _ask(ears: list[Listening], target: tuple[str, int]) -> None:
    """Ask on each network; where some cannot be reached the others answer."""
    failed: list[OSError] = []
    for ear in ears:
        try:
            ear.send(codec.SEARCH, target)
        except OSError as error:
            failed.append(error)
    if failed and len(failed) == len(ears):
        raise failed[0]
