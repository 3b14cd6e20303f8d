"""What systemd hears, on a socket of its kind; F29: a loop that is late shows no life."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.clock import VirtualClock
from roomd.notify import Notifier
from tests.support.daemon import Daemon, free_port
from tests.support.small_room import HEAD
from tests.support.waiting import until

PID = 42


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)  # its only argument
        self.heard: list[str] = []

    def hear(self) -> list[str]:
        """Return everything heard so far."""
        while True:
            try:
                self.heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return self.heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    abstract = request.param == "abstract"
    found = Systemd(f"@roomd-{secrets.token_hex(8)}" if abstract else str(tmp_path / "notify"))
    yield found
    found.close()


async def test_ready_alive_and_stopping_are_said(systemd: Systemd) -> None:
    clock = VirtualClock()
    told = {"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": "15000000"}
    notifier = Notifier(clock, told, PID)
    notifier.ready("https://r1.local")
    assert systemd.hear() == ["READY=1\nSTATUS=https://r1.local"]
    await clock.advance(15)
    assert systemd.hear()[1:] == ["WATCHDOG=1"] * 3
    notifier.stopping()
    await clock.advance(60)
    assert systemd.hear()[4:] == ["STOPPING=1"]


async def test_f29_a_loop_that_is_late_shows_no_life(systemd: Systemd) -> None:
    clock = VirtualClock()
    told = {"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": "15000000"}
    notifier = Notifier(clock, told, PID)
    notifier.ready("")
    clock._now += 7  # blocked: the timer of 5 s runs 2 s late
    await clock.advance(0)
    assert systemd.hear()[1:] == []
    await clock.advance(5)
    assert systemd.hear()[1:] == ["WATCHDOG=1"]
    notifier.stopping()


@pytest.mark.parametrize(
    "more", [{}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}]
)
async def test_a_watchdog_that_is_not_ours_is_left_alone(
    systemd: Systemd, more: dict[str, str]
) -> None:
    clock = VirtualClock()
    notifier = Notifier(clock, {"NOTIFY_SOCKET": systemd.address, **more}, PID)
    notifier.ready("")
    await clock.advance(60)
    assert len(systemd.hear()) == 1


async def test_without_systemd_nothing_happens() -> None:
    notifier = Notifier(VirtualClock(), {}, PID)
    notifier.ready("")
    notifier.stopping()
    gone = Notifier(VirtualClock(), {"NOTIFY_SOCKET": "/nowhere/at/all"}, PID)
    gone.ready("")


async def test_the_daemon_says_it(systemd: Systemd, tmp_path: Path) -> None:
    file = tmp_path / "room.yaml"
    file.write_text(
        f"{HEAD}web: {{port: {free_port()}}}\nnorthbound: {{mdns: {{enabled: false}}}}\n"
    )
    os.environ["NOTIFY_SOCKET"] = systemd.address
    try:
        async with Daemon.run(file, tmp_path / "data") as daemon:
            await until(lambda: any("READY=1" in text for text in systemd.hear()))
            assert await daemon.end() == 0
    finally:
        del os.environ["NOTIFY_SOCKET"]
    assert "STOPPING=1" in systemd.hear()
