"""Fingers, credentials and limits of a WebSocket: what it holds stops, and STOP is never refused."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from roomd.web.ws import AT_ONCE, UNCOUNTED
from tests.support.web_room import TOKENS, web_room

MESSAGES: dict[str, dict[str, Any]] = {
    "hold": {"id": "h1", "device": "lift", "command": "up"},
    "keep": {"id": "h1"},
    "release": {"id": "h1"},
}


async def test_a_finger_runs_it_and_release_stops_it(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="hold", id="h1", device="lift", command="up")
        for _ in range(6):
            await room.room.clock.advance(0.15)
            await panel.say(type="keep", id="h1")
        assert room.texts("l2") == ["lift up", "lift up"]
        await panel.say(type="release", id="h1")
        assert (await panel.next("outcome", id="h1"))["outcome"] == "sent"
        assert "lift stop" in room.texts("l2")


async def test_a_finger_that_says_nothing_is_gone_after_400_ms(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="hold", id="h1", device="lift", command="up")
        ended = await panel.next("outcome", id="h1")
        assert (ended["outcome"], ended["code"]) == ("cancelled", "hold_lost")
        times = {text: at for at, text in reversed(room.room.lines["l2"].sent)}
        assert 0.35 <= times["lift stop"] - times["lift up"] <= 0.45


async def test_a_dead_hold_stays_dead(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="hold", id="h1", device="lift", command="up")
        await panel.next("outcome", id="h1")
        await room.room.clock.advance(2)
        room.room.lines["l2"].sent.clear()
        for late in ("keep", "release", "hold"):
            await panel.say(type=late, **MESSAGES[late])
            assert (await panel.next("outcome", id="h1"))["code"] == "hold_lost"
        await room.room.clock.advance(1)
        assert room.texts("l2") == []


async def test_a_socket_that_breaks_stops_what_it_held(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="hold", id="h1", device="lift", command="up")
        while "lift up" not in room.texts("l2"):
            await room.room.clock.advance(0.01)
        transport = panel.socket._response.connection.transport  # type: ignore[union-attr]  # a cable that is cut
        transport.abort()  # type: ignore[union-attr]  # as above
        for _ in range(20):
            await room.room.clock.advance(0.01)
        assert "lift stop" in room.texts("l2")
        assert room.room.clock.monotonic() - room.room.lines["l2"].sent[0][0] < 0.4


async def test_a_second_finger_is_told_who_holds_it(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as one, room.socket("admin") as two:
        await one.say(type="hold", id="h1", device="lift", command="up")
        while "lift up" not in room.texts("l2"):
            await room.room.clock.advance(0.01)
        await two.say(type="hold", id="h1", device="lift", command="down")
        refused = await two.next("outcome", id="h1")
        assert (refused["code"], refused["params"]["who"]) == ("owned", "presenter")
        await two.say(type="stop")
        assert (await two.next("stopped"))["devices"]["lift"]["outcome"] == "sent"
        assert (await one.next("outcome", id="h1"))["code"] == "stopped"


async def test_a_session_that_ended_is_told_and_closed(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        await room.ask("POST", "session", None, json={"token": TOKENS["presenter"]})
        async with room.socket(None, Origin=room.url) as panel:
            await panel.say(type="hello")
            await panel.next("snapshot")
            assert (await room.ask("DELETE", "session", None, headers={"Origin": room.url}))[0]
            await panel.say(type="command", id="c1", device="a", command="set", args={"level": 3})
            await panel.next("bye", code="expired")
            assert await panel.closed() == 1008
        assert room.texts("l1") == []


async def test_too_many_messages_are_refused_and_then_the_socket_is_closed(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        for n in range(120):
            await panel.say(type="command", id=f"c{n}", device="x", command="y")
        while (await panel.next("outcome"))["code"] != "rate_limited":
            pass
        await panel.say(type="stop")  # never counted
        await panel.next("stopped")
        reading = asyncio.create_task(said(panel.socket))
        started = room.room.clock.monotonic()
        while not reading.done():
            await room.room.clock.advance(0.1)
            for _ in range(20):
                if not reading.done():
                    await panel.socket.send_str('{"type":"ping"}')
        assert reading.result()[-1] == {"type": "bye", "code": "rate_limited"}
        assert panel.socket.close_code == 1008
        assert 2.9 <= room.room.clock.monotonic() - started <= 5
    assert {"stop", "keep", "release"} == UNCOUNTED


async def said(socket: aiohttp.ClientWebSocketResponse) -> list[dict[str, Any]]:
    """Return all that the daemon says until it closes."""
    return [json.loads(m.data) async for m in socket if m.type is aiohttp.WSMsgType.TEXT]


async def test_too_many_commands_at_once_are_busy(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        room.room.lines["l1"].answer = lambda _text: None
        for n in range(AT_ONCE + 2):
            await panel.say(type="command", id=f"c{n}", device="a", command="step")
        assert (await panel.next("outcome", id=f"c{AT_ONCE}"))["code"] == "busy"


async def test_a_dragged_slider_is_never_busy(tmp_path: Path) -> None:
    """All values in one segment: each gives way to the next one before the limit is reached."""
    async with web_room(tmp_path) as room, room.socket() as panel:
        room.room.lines["l1"].answer = lambda _text: None
        values = range(2 * AT_ONCE)
        for n in values:
            await panel.say(
                type="command", id=f"c{n}", device="a", command="set", args={"level": n}
            )
        found = [await panel.next("outcome") for _ in values[1:-1]]
        assert {outcome["outcome"] for outcome in found} == {"superseded"}


async def test_a_token_that_is_revoked_ends_what_it_opened_at_once(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel, room.socket("admin") as other:
        await panel.say(type="hold", id="h1", device="lift", command="up")
        while "lift up" not in room.texts("l2"):
            await room.room.clock.advance(0.01)
        revoked = room.room.clock.monotonic()
        assert room.services.tokens.revoke(TOKENS["presenter"])
        await panel.next("bye", code="revoked")
        assert await panel.closed() == 1008
        times = {text: at for at, text in reversed(room.room.lines["l2"].sent)}
        assert times["lift stop"] - revoked <= 0.05
        await other.say(type="ping")
        await other.next("pong")


async def test_the_stop_of_one_device_is_never_refused(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket("display") as panel:
        for n in range(150):
            await panel.say(type="command", id=f"c{n}", device="lift", command="up")
        await panel.say(type="command", id="last", device="lift", command="stop", args={"x": 1})
        assert (await panel.next("outcome", id="c0"))["code"] == "not_allowed"
        assert (await panel.next("outcome", id="c149"))["code"] == "rate_limited"
        assert (await panel.next("outcome", id="last"))["outcome"] == "sent"
        assert room.texts("l2") == ["lift stop"] * 3


async def test_who_floods_with_stop_is_heard_and_sent_away(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        reading = asyncio.create_task(said(panel.socket))
        while not reading.done():
            await room.room.clock.advance(0.05)
            for _ in range(20):
                if not reading.done():
                    await panel.socket.send_str('{"type":"keep","id":"h1"}')
        assert reading.result()[-1] == {"type": "bye", "code": "rate_limited"}
        assert {m.get("code") for m in reading.result()[:-1]} == {"hold_lost"}


async def test_stop_needs_no_role_beyond_being_connected(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket("display") as panel:
        await panel.say(type="stop")
        assert (await panel.next("stopped"))["devices"]["lift"]["outcome"] == "sent"
