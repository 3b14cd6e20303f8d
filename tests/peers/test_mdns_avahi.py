"""Avahi, the mDNS of Debian, and roomd see each other, on loopback and on a bus of the test's own."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomd.discovery import mdns_services
from roomd.northbound.mdns import Presence
from tests.support.programs import require_program
from tests.support.waiting import until

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("avahi")]
LOOPBACK = "127.0.0.1"
BUS = """\
<busconfig>
  <type>system</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/>
    <allow send_type="method_call"/><allow send_type="method_return"/>
    <allow send_type="signal"/><allow send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/>
    <allow receive_type="signal"/><allow receive_type="error"/>
  </policy>
</busconfig>
"""
AVAHI = """\
[server]
host-name=other-host
use-ipv6=no
allow-interfaces=lo
[wide-area]
enable-wide-area=no
"""


class Avahi:
    """A running avahi, asked by its own programs."""

    def __init__(self, folder: Path) -> None:
        self._environment = {
            **os.environ,
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus",
            "LC_ALL": "C.UTF-8",
        }

    async def begin(self, name: str, *args: str) -> asyncio.subprocess.Process:
        """Start one of its programs."""
        return await asyncio.create_subprocess_exec(
            require_program(name),
            *args,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment,
        )


async def read_until(process: asyncio.subprocess.Process, words: str) -> None:
    """Read what a program says until it says this."""
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while words not in (line := (await process.stdout.readline()).decode()):
            assert line, f"it ended without saying {words!r}"


async def end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    await process.communicate()


@pytest.fixture
async def avahi(tmp_path: Path) -> AsyncIterator[Avahi]:
    if os.geteuid() != 0:
        pytest.skip("needs root: avahi-daemon writes its pid file below /run")
    (tmp_path / "bus.conf").write_text(BUS.format(folder=tmp_path))
    (tmp_path / "avahi.conf").write_text(AVAHI)
    found = Avahi(tmp_path)
    bus = await found.begin(
        "dbus-daemon", f"--config-file={tmp_path}/bus.conf", "--nofork", "--nopidfile"
    )
    await until((tmp_path / "bus").exists)
    switches = ("--no-drop-root", "--no-rlimits", "--no-chroot")
    daemon = await found.begin("avahi-daemon", "-f", f"{tmp_path}/avahi.conf", *switches)
    try:
        await read_until(daemon, "Server startup complete")
        yield found
    finally:
        await end(daemon)
        await end(bus)


async def test_avahi_sees_the_room(avahi: Avahi) -> None:
    presence = Presence(LOOPBACK, 8476)
    presence.change("roomd-r1")
    try:
        await presence.settled()
        browse = await avahi.begin("avahi-browse", "-p", "-r", "_roomd._tcp")
        await read_until(
            browse, f'roomd-r1;_roomd._tcp;local;roomd-r1.local;{LOOPBACK};8476;"path=/"'
        )
        await end(browse)
    finally:
        await presence.close()


async def test_the_room_sees_what_avahi_publishes(avahi: Avahi) -> None:
    publish = await avahi.begin("avahi-publish-service", "the broker", "_mqtt._tcp", "1884")
    try:
        await read_until(publish, "Established under name")
        found = await mdns_services(2.0, [LOOPBACK])
    finally:
        await end(publish)
    assert {
        "how": "mdns",
        "what": "the broker._mqtt._tcp.local.",
        "where": f"{LOOPBACK}:1884",
        "yaml": f'broker: {{host: "{LOOPBACK}", port: 1884}}\n',
    } in found
