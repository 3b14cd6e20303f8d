"""Under which addresses this machine is reached, asked of the kernel.

Its own name is not asked: on Debian it leads to 127.0.1.1, where nobody else finds it.
"""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct

SIOCGIFADDR = 0x8915
"""ioctl that gives an interface's IPv4 address (Linux, `netdevice(7)`)."""
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  # compared, not bound


def own_addresses(host: str) -> list[str]:
    """Return the IPv4 addresses of a server that listens on `host`: those of the network, else loopback's."""
    if host not in EVERYWHERE:
        return [host]
    found = {address for _, name in socket.if_nameindex() if (address := _address(name))}
    outside = {a for a in found if not ipaddress.ip_address(a).is_loopback}
    return sorted(outside or found)


def _address(interface: str) -> str | None:
    request = struct.pack("256s", interface.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            answer = fcntl.ioctl(sock.fileno(), SIOCGIFADDR, request)
        except OSError:
            return None  # it has none
    return socket.inet_ntoa(answer[20:24])
