"""State to panels: one patch for all that changed at once, and a slow panel gets the newest values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from drivers.clock import VirtualClock, settle
from drivers.points import PointSpec, Quality, Report
from roomd.state.store import Store
from roomd.web.feed import BEHIND, QUEUE, Client, Feed

LEVELS = tuple(PointSpec(f"ch.{n}.level", "number") for n in range(1, 5))


class Wire:
    """A socket that takes what it is sent, unless it is stuck."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.flows = asyncio.Event()
        self.flows.set()

    async def send_str(self, data: str) -> None:
        await self.flows.wait()
        self.sent.append(json.loads(data))

    def send_now(self, frame: bytes) -> bool:
        if not self.flows.is_set():
            return False
        assert frame[0] == 0x81
        self.sent.append(json.loads(frame[{126: 4, 127: 10}.get(frame[1], 2) :]))
        return True


class Room:
    """A store with its feed."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.store = Store(self.clock)
        self.store.declare("mixer", LEVELS)
        self.feed = Feed(self.clock, self.store)

    def say(self, channel: int, value: float) -> None:
        self.store.report(Report("mixer", f"ch.{channel}.level", value, Quality.CONFIRMED))

    @asynccontextmanager
    async def panel(self) -> AsyncIterator[tuple[Client, Wire]]:
        wire, client = Wire(), self.feed.join()
        client.live = True
        writing = asyncio.create_task(client.write(wire, self.store))
        await settle()
        try:
            yield client, wire
        finally:
            self.feed.leave(client)
            writing.cancel()
            await asyncio.wait({writing})

    async def fill(self, messages: int = QUEUE) -> None:
        """Let so many patches wait for whoever is stuck."""
        for n in range(messages):
            self.say(1, n + 0.5)
            for _ in range(3):
                await asyncio.sleep(0)


async def test_all_changes_of_one_turn_are_one_patch_with_its_number() -> None:
    room = Room()
    async with room.panel() as (_, wire), room.panel() as (_, other):
        for channel in (1, 2, 2):
            room.say(channel, channel * 10 + room.store.seq % 7)
        await settle()
        (patch,) = wire.sent
        assert patch["seq"] == room.store.seq
        assert set(patch["points"]) == {"mixer.ch.1.level", "mixer.ch.2.level"}
        assert other.sent == wire.sent


async def test_what_a_change_sets_going_comes_before_its_patch() -> None:
    room = Room()
    order: list[str] = []

    async def command() -> None:
        order.append(f"wire, {len(wire.sent)} patches")

    async with room.panel() as (_, wire):
        room.say(1, 5)
        task = asyncio.create_task(command())
        await settle()
        assert task.done()
        assert order == ["wire, 0 patches"]
        assert len(wire.sent) == 1


async def test_a_patch_never_overtakes_what_waits() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        client.push('{"type": "outcome"}')
        room.say(1, 5)
        await settle()
        assert [message["type"] for message in wire.sent] == ["outcome", "patch"]


async def test_before_and_after_its_connection_a_panel_is_sent_nothing_at_once() -> None:
    room = Room()
    client = room.feed.join()
    client.live = True
    room.say(1, 5)
    await settle()
    wire = Wire()
    writing = asyncio.create_task(client.write(wire, room.store))
    await settle()
    writing.cancel()
    await asyncio.wait({writing})
    room.say(1, 6)
    await settle()
    assert [m["points"]["mixer.ch.1.level"]["value"] for m in wire.sent] == [5]


async def test_who_has_not_said_hello_gets_no_patches() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        client.live = False
        room.say(1, 5)
        await settle()
        assert wire.sent == []


async def test_a_stuck_panel_is_owed_only_the_newest_of_each_point() -> None:
    room = Room()
    async with room.panel() as (client, wire), room.panel() as (_, other):
        wire.flows.clear()
        await room.fill(QUEUE + 50)
        room.say(2, 7)
        room.say(2, 8)
        await settle()
        assert len(client._queue) <= QUEUE
        wire.flows.set()
        await settle()
        last = wire.sent[-1]
        assert last["points"]["mixer.ch.2.level"]["value"] == 8
        assert last["seq"] == room.store.seq
        assert len(wire.sent) <= QUEUE + 3
        seen: dict[str, Any] = {}
        for patch in wire.sent:
            seen |= patch["points"]
        assert seen == {p: room.store.snapshot()[p] for p in seen}
        assert len(other.sent) > len(wire.sent)


async def test_a_panel_that_stays_behind_is_too_slow() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        wire.flows.clear()
        await room.fill(QUEUE + 5)
        assert not client.too_slow.is_set()
        await room.clock.advance(BEHIND + 0.1)
        await room.fill(1)
        assert client.too_slow.is_set()


async def test_a_panel_that_catches_up_begins_anew() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        for _ in range(3):
            wire.flows.clear()
            await room.fill(QUEUE + 5)
            await room.clock.advance(BEHIND / 2)
            wire.flows.set()
            await settle()
        assert not client.too_slow.is_set()


async def test_answers_are_never_left_out_and_a_flood_of_them_ends_it() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        wire.flows.clear()
        for n in range(QUEUE * 4):
            client.push(f'{{"n":{n}}}')
        assert not client.too_slow.is_set()
        client.push('{"n":"one too many"}')
        assert client.too_slow.is_set()
        wire.flows.set()
        await settle()
        assert [m["n"] for m in wire.sent] == list(range(QUEUE * 4))


async def test_traces_are_left_out_first_and_counted() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        wire.flows.clear()
        for _ in range(QUEUE):
            client.push_optional("{}")
        assert (len(client._queue), client.dropped) == (QUEUE // 2, QUEUE // 2)
        client.push('{"outcome":1}')
        wire.flows.set()
        await settle()
        assert wire.sent[-1] == {"outcome": 1}


async def test_the_last_word_takes_the_place_of_all_that_waits() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        wire.flows.clear()
        await room.fill(QUEUE + 5)
        client.last_word({"type": "bye", "code": "slow"})
        room.say(3, 1)
        await settle()
        wire.flows.set()
        await client.flushed(1)
        assert wire.sent[-1] == {"type": "bye", "code": "slow"}
        assert len(wire.sent) <= 2  # the one that was on its way


async def test_flushed_gives_up_on_a_panel_that_is_stuck() -> None:
    room = Room()
    async with room.panel() as (client, wire):
        wire.flows.clear()
        client.push("{}")
        await client.flushed(0.01)
        assert wire.sent == []


async def test_the_end_is_said_once_to_everybody() -> None:
    room = Room()
    async with room.panel() as (client, wire), room.panel() as (_, other):
        client.farewell("revoked")
        room.feed.close()
        await settle()
        assert wire.sent == [{"type": "bye", "code": "revoked"}]
        assert other.sent == [{"type": "bye", "code": "restart"}]
        assert client.parting == "revoked"


async def test_a_broadcast_reaches_all() -> None:
    room = Room()
    async with room.panel() as (_, wire), room.panel() as (_, other):
        room.feed.broadcast({"type": "snapshot"})
        await settle()
        assert wire.sent == other.sent == [{"type": "snapshot"}]


async def test_a_device_that_is_gone_is_in_no_patch() -> None:
    room = Room()
    async with room.panel() as (_, wire):
        room.say(1, 5)
        room.store.remove("mixer")
        await settle()
        assert wire.sent[-1]["points"] == {}


async def test_without_panels_nothing_is_written_down() -> None:
    room = Room()
    room.say(1, 5)
    await settle()
    async with room.panel() as (_, wire):
        await settle()
        assert wire.sent == []
