"""Tests talk to this machine only; any other address is refused before a byte leaves.

Multicast is allowed where the socket's multicast interface is a loopback address. A bind to all
addresses is refused, except for the two ports where multicast reception needs it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest

MULTICAST_PORTS = frozenset({5353, 5568})
"""mDNS and sACN: a socket that receives multicast is bound to all addresses."""


class NotLoopback(AssertionError):
    """A test tried to reach, or to be reached from, another machine."""


def check_target(sock: socket.socket, address: object) -> None:
    """Refuse to send to an address that is not on this machine.

    Raises:
        NotLoopback: for every other address, and for names other than localhost.
    """
    host = _host(sock, address)
    if host is None or host in {"localhost", ""}:
        return
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        raise NotLoopback(f"tests resolve no names, but {host!r} was asked for") from None
    if not ip.is_loopback and not (ip.is_multicast and _sends_on_loopback(sock)):
        raise NotLoopback(f"tests use loopback only, but {host} was to be reached")


def check_bind(sock: socket.socket, address: object) -> None:
    """Refuse to listen where other machines can reach.

    Raises:
        NotLoopback: for the wildcard and every outside address.
    """
    host = _host(sock, address)
    if host is None or host == "localhost":
        return
    wildcard = host in {"", "0.0.0.0", "::"}
    if wildcard and isinstance(address, tuple) and address[1] in MULTICAST_PORTS:
        return
    if wildcard and address == (host, 0) and sock.type == socket.SOCK_STREAM:
        return  # paho-mqtt binds so before it connects; a server is refused at `listen`
    if wildcard or not _may_bind(host):
        raise NotLoopback(f"tests bind to loopback only, not to {host or 'all addresses'}")


def check_listen(sock: socket.socket) -> None:
    """Refuse to accept connections of other machines.

    Raises:
        NotLoopback: the socket is bound to the wildcard or an outside address.
    """
    host = _host(sock, sock.getsockname())
    if host is not None and not _may_bind(host):
        raise NotLoopback(f"tests listen on loopback only, not on {host}")


def _may_bind(host: str) -> bool:
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return ip.is_loopback or ip.is_multicast


def _host(sock: socket.socket, address: object) -> str | None:
    if sock.family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
        return None
    return str(address[0])


def _sends_on_loopback(sock: socket.socket) -> bool:
    if sock.family != socket.AF_INET:
        return False
    chosen = sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4)
    return ipaddress.ip_address(chosen).is_loopback


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Guard `socket.socket` for the whole run."""
    plain = {
        name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "bind", "listen")
    }
    plain_sendto = socket.socket.sendto

    def connect(self: socket.socket, address: object) -> None:
        check_target(self, address)
        plain["connect"](self, address)

    def connect_ex(self: socket.socket, address: object) -> int:
        check_target(self, address)
        code: int = plain["connect_ex"](self, address)
        return code

    def bind(self: socket.socket, address: object) -> None:
        check_bind(self, address)
        plain["bind"](self, address)

    def listen(self: socket.socket, *backlog: int) -> None:
        check_listen(self)
        plain["listen"](self, *backlog)

    def sendto(self: socket.socket, *args: object) -> int:
        check_target(self, args[-1])
        sent: int = plain_sendto(self, *args)  # type: ignore[call-overload]  # passed on as it came
        return sent

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket.socket, "bind", bind)
        patch.setattr(socket.socket, "listen", listen)
        patch.setattr(socket.socket, "sendto", sendto)
        yield
