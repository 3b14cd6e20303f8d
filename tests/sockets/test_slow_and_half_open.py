"""Clients that stop reading, stop answering, or vanish are dropped; what they held stops, and nobody else waits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drivers.points import Quality, Report
from roomd.web.feed import BEHIND, QUEUE
from tests.sockets.raw import raw
from tests.support.waiting import until
from tests.support.web_room import WebRoom, web_room

LARGE = "x" * 200_000


def flood(room: WebRoom, messages: int = 40) -> None:
    """Send all panels more than any kernel holds for one that does not read."""
    for _ in range(messages):
        room.services.feed.broadcast({"type": "run", "text": LARGE})


def say(room: WebRoom, level: float) -> None:
    room.room.store.report(Report("a", "level", level, Quality.OBSERVED))


async def test_a_client_that_stops_reading_is_dropped_and_nobody_waits_for_it(
    tmp_path: Path,
) -> None:
    async with web_room(tmp_path) as room, raw(room, receive_buffer=4096) as stuck:
        await stuck.upgrade()
        await stuck.say(type="hello")
        stuck.transport.pause_reading()
        await until(lambda: [c for c in room.services.feed.clients if c.live])
        (client,) = room.services.feed.clients
        flood(room)
        async with room.socket() as panel:
            await panel.say(type="hello")
            await panel.next("snapshot")
            for n in range(QUEUE + 20):
                say(room, n % 100)
                await room.room.clock.advance(0)
            assert len(client._queue) <= QUEUE + 40
            await room.room.clock.advance(BEHIND + 0.1)
            say(room, 77)
            patch: dict[str, Any] = {}
            while patch.get("points", {}).get("a.level", {}).get("value") != 77:
                patch = await panel.next("patch")
            await until(lambda: client not in room.services.feed.clients)


async def test_a_client_that_was_slow_for_a_while_has_the_newest_values(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room, receive_buffer=4096) as slow:
        await slow.upgrade()
        await slow.say(type="hello")
        slow.transport.pause_reading()
        await until(lambda: [c for c in room.services.feed.clients if c.live])
        (client,) = room.services.feed.clients
        flood(room)
        for n in range(QUEUE + 200):
            say(room, n % 100)
            await room.room.clock.advance(0)
        say(room, 42)
        await room.room.clock.advance(0)
        assert client._owed == {"a.level"}
        slow.transport.resume_reading()
        patches = 0
        while True:
            _, payload = await slow.receive()
            message = json.loads(payload)
            patches += message["type"] == "patch"
            if message["type"] == "patch" and message["seq"] == room.room.store.seq:
                break
        assert message["points"]["a.level"]["value"] == 42
        assert patches <= QUEUE + 2
        assert client in room.services.feed.clients


async def test_a_finger_on_a_dead_cable_is_gone_after_400_ms(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade()
        await client.say(type="hold", id="h1", device="lift", command="up")
        await until(lambda: room.room.holds.owner("lift"))
        # Nothing more is written, nothing is closed: a cable that was cut without a word.
        for _ in range(60):
            await room.room.clock.advance(0.01)
        times = {text: at for at, text in reversed(room.room.lines["l2"].sent)}
        assert 0.35 <= times["lift stop"] - times["lift up"] <= 0.45


async def test_a_peer_that_answers_no_ping_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomd.web.ws.PING", 0.1)
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade()
        await until(lambda: room.services.feed.clients)
        await until(lambda: not room.services.feed.clients)


async def test_a_connection_that_breaks_in_a_message_takes_nothing_with_it(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        async with raw(room) as client:
            await client.upgrade()
            await client.say(type="hold", id="h1", device="lift", command="up")
            await until(lambda: room.room.holds.owner("lift"))
            await client.write(b"\x81\xfe\x10\x00mask" + b"x" * 100)
            client.transport.abort()
        await until(lambda: not room.services.feed.clients)
        await room.room.clock.advance(0.1)
        assert room.room.holds.owner("lift") is None
        assert room.texts("l2")[-1] == "lift stop"


async def test_a_client_that_never_says_hello_costs_nothing(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade()
        await until(lambda: room.services.feed.clients)
        (found,) = room.services.feed.clients
        for n in range(QUEUE * 2):
            say(room, n % 100)
            await room.room.clock.advance(0)
        assert len(found._queue) == 0
        assert client.seen == []
