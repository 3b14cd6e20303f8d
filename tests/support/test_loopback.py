from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest

from tests.support.loopback import NotLoopback, check_bind, check_target

OUTSIDE = ("192.0.2.1", 9)
"""An address of RFC 5737, which is nobody's."""


async def test_asyncio_cannot_connect_outside() -> None:
    with pytest.raises(NotLoopback):
        await asyncio.open_connection(*OUTSIDE)


def test_a_datagram_cannot_leave() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(NotLoopback):
        sock.sendto(b"x", OUTSIDE)


def listen_at(sock: socket.socket, host: str) -> None:
    sock.bind((host, 0))
    sock.listen()


@pytest.mark.parametrize("host", ["", "0.0.0.0", "192.0.2.1"])
def test_nothing_listens_for_other_machines(host: str) -> None:
    with socket.socket() as sock, pytest.raises(NotLoopback):
        listen_at(sock, host)


def test_no_datagrams_of_other_machines_are_received() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(NotLoopback):
        sock.bind(("", 0))


def test_loopback_works() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


def test_multicast_is_for_the_loopback_interface_only() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with pytest.raises(NotLoopback):
            check_target(sock, ("224.0.0.251", 5353))
        loopback = socket.inet_aton("127.0.0.1")
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
        check_target(sock, ("224.0.0.251", 5353))


def test_names_are_not_resolved() -> None:
    with contextlib.closing(socket.socket()) as sock, pytest.raises(NotLoopback):
        check_target(sock, ("example.org", 80))


def test_unix_sockets_are_not_the_guards_business() -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        check_bind(sock, "/tmp/x")
