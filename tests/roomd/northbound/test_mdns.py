"""Announced on loopback, seen by another listener; a name that is taken, and the off switch."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import structlog
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from roomd.northbound import mdns
from roomd.northbound.mdns import KINDS, Announcement, Presence

LOOPBACK = "127.0.0.1"


@pytest.fixture
async def other() -> AsyncIterator[AsyncZeroconf]:
    """Another host on the network."""
    async with AsyncZeroconf(interfaces=[LOOPBACK]) as found:
        yield found


async def seen(other: AsyncZeroconf, name: str) -> AsyncServiceInfo | None:
    kind = KINDS[0]
    return await other.async_get_service_info(kind, f"{name}.{kind}", 2000)


async def test_another_host_sees_the_room_until_it_goes(other: AsyncZeroconf) -> None:
    presence = Presence(LOOPBACK, 8471)
    presence.change("roomd-t1")
    await presence.settled()
    told = await seen(other, "roomd-t1")
    assert told is not None
    assert (told.port, told.parsed_addresses(), told.server) == (
        8471,
        [LOOPBACK],
        "roomd-t1.local.",
    )
    presence.change(None)  # switched off in the room file
    await presence.settled()
    assert presence.shown is None
    await presence.close()


async def test_a_name_that_another_has_is_changed_not_fatal(other: AsyncZeroconf) -> None:
    kind = KINDS[0]
    theirs = AsyncServiceInfo(
        kind, f"roomd-t2.{kind}", port=1, addresses=[bytes((127, 0, 0, 1))], server="other.local."
    )
    await other.async_register_service(theirs, cooperating_responders=True)
    ours = Announcement("roomd-t2", LOOPBACK, 8472)
    await ours.open()
    try:
        assert ours.name != "roomd-t2"
        told = await seen(other, ours.name)
        assert told is not None
        assert told.port == 8472
    finally:
        await ours.close()


async def test_the_end_does_not_wait_for_a_name(other: AsyncZeroconf) -> None:
    presence = Presence(LOOPBACK, 8473)
    presence.change("roomd-t3")
    await presence.close()  # at once, while it asks
    await presence.close()
    assert presence.shown is None


async def test_the_same_again_does_nothing() -> None:
    presence = Presence(LOOPBACK, 8474)
    presence.change(None)
    await presence.settled()
    assert presence.shown is None
    await presence.close()


async def test_a_network_that_cannot_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> None:
        raise OSError("no multicast here")

    monkeypatch.setattr(mdns, "AsyncZeroconf", fails)
    with structlog.testing.capture_logs() as logs:
        announcement = Announcement("roomd-t5", LOOPBACK, 8475)
        await announcement.open()
    assert [entry["event"] for entry in logs] == ["mdns.failed"]
    await announcement.close()
