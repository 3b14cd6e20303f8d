"""Under which addresses this machine is reached, asked of the kernel.

Its own name is not asked: on Debian it leads to 127.0.1.1, where nobody else finds it.
"""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct

SIOCGIFADDR, SIOCGIFNETMASK = 0x8915, 0x891B
"""ioctls that give an interface's IPv4 address and mask (Linux, `netdevice(7)`)."""
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  # compared, not bound


def own_addresses(host: str) -> list[str]:
    """Return the IPv4 addresses of a server that listens on `host`: those of the network, else loopback's."""
    if host not in EVERYWHERE:
        return [host]
    found = {address for _, name in socket.if_nameindex() if (address := _address(name))}
    outside = {a for a in found if not ipaddress.ip_address(a).is_loopback}
    return sorted(outside or found)


def own_networks() -> list[str]:
    """Return the IPv4 networks that this machine is in, `10.3.1.0/24`, loopback left out."""
    found: set[str] = set()
    for _, name in socket.if_nameindex():
        address, mask = _address(name), _address(name, SIOCGIFNETMASK)
        if address is not None and mask is not None:
            network = ipaddress.ip_network(f"{address}/{mask}", strict=False)
            if not network.is_loopback:
                found.add(str(network))
    return sorted(found)


def _address(interface: str, asked: int = SIOCGIFADDR) -> str | None:
    request = struct.pack("256s", interface.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            answer = fcntl.ioctl(sock.fileno(), asked, request)
        except OSError:
            return None  # it has none
    return socket.inet_ntoa(answer[20:24])
