"""Wake-on-LAN: switch on a device whose network sleeps with it. It is never answered.

The packet is sixteen times the device's MAC address after six bytes FF, in a UDP datagram to everybody on the network
that leads to the device; a sleeping device has no address that could be resolved. Source: WOL-1.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable

from drivers.errors import Unreachable

EVERYBODY = "255.255.255.255"


def magic_packet(mac: str) -> bytes:
    """Return the 102 bytes that wake a device. WOL-1.

    Args:
        mac: 12 hexadecimal digits, without separators.

    Raises:
        ValueError: it is no MAC address.
    """
    address = bytes.fromhex(mac)
    if len(address) != 6:
        raise ValueError(f"{mac!r} is no MAC address")
    return b"\xff" * 6 + address * 16


async def caller(mac: str, host: str, port: int) -> Callable[[], bytes]:
    """Find the way to a device; return what sends the packet at once and gives its bytes.

    Args:
        mac: 12 hexadecimal digits.
        host: name or IPv4 address that the device has when it is awake. On loopback, where nobody can be called by
            broadcast, the packet goes to it alone.
        port: UDP port, usually 9; a sleeping device does not look at it.

    Raises:
        Unreachable: the name is unknown, or no network leads there. Sending may raise it too.
    """
    packet = magic_packet(mac)
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise Unreachable(f"wake-on-lan: {host}: {error.strerror or error}") from error
    address = str(found[0][4][0])
    target = address if ipaddress.ip_address(address).is_loopback else EVERYBODY

    def send() -> bytes:
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                # The address of ours that leads to the device also chooses the network that the broadcast goes to.
                sock.bind((_towards(address), 0))
                sock.sendto(packet, (target, port))
        except OSError as error:
            raise Unreachable(f"wake-on-lan: {error.strerror or error}") from error
        return packet

    return send


def _towards(address: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((address, 9))
        return str(probe.getsockname()[0])
