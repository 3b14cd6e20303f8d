"""The packet that wakes a device, and where it goes."""

from __future__ import annotations

import asyncio
import socket

import pytest

from drivers.errors import Unreachable
from drivers.transport.wake_on_lan import EVERYBODY, caller, magic_packet
from tests.support.loopback import NotLoopback

MAC = "02005e100002"


def test_the_packet() -> None:
    packet = magic_packet(MAC)
    assert packet.hex(" ").startswith("ff ff ff ff ff ff 02 00 5e 10 00 02 02 00 5e")
    assert len(packet) == 102
    assert packet[6:] == bytes.fromhex(MAC) * 16


@pytest.mark.parametrize("mac", ["", "02005e1000", "02005e10000203", "zz005e100002"])
def test_what_is_no_address(mac: str) -> None:
    with pytest.raises(ValueError, match=r"MAC|hex"):
        magic_packet(mac)


async def test_on_loopback_it_goes_to_the_device_alone_and_once_a_call() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(2)
        call = await caller(MAC, "127.0.0.1", ear.getsockname()[1])
        ear.setblocking(False)
        with pytest.raises(BlockingIOError):
            ear.recv(200)
        ear.settimeout(2)
        assert call() == magic_packet(MAC)
        assert ear.recv(200) == magic_packet(MAC)
        call()
        assert ear.recv(200) == magic_packet(MAC)


async def test_elsewhere_it_goes_to_everybody_from_the_address_that_leads_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[object, object]] = []

    def sendto(self: socket.socket, data: bytes, address: object) -> int:
        sent.append((self.getsockname()[0], address))
        return len(data)

    monkeypatch.setattr("drivers.transport.wake_on_lan._towards", lambda _address: "127.0.0.2")
    monkeypatch.setattr(socket.socket, "sendto", sendto)
    call = await caller(MAC, "192.0.2.7", 9)
    call()
    assert sent == [("127.0.0.2", (EVERYBODY, 9))]


async def test_the_tests_themselves_wake_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.transport.wake_on_lan._towards", lambda _address: "127.0.0.1")
    call = await caller(MAC, "192.0.2.7", 9)
    with pytest.raises(NotLoopback):
        call()


async def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_args: object, **_options: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match="display: Name or service"):
        await caller(MAC, "display", 9)


async def test_no_network_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_address: str) -> str:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("drivers.transport.wake_on_lan._towards", nowhere)
    call = await caller(MAC, "192.0.2.7", 9)
    with pytest.raises(Unreachable, match="Network is unreachable"):
        call()
