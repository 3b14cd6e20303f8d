"""The WebSocket: rights at every message, one outcome each, holds that stop in doubt, and who gets what."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from roomd.control.commands import Command
from roomd.identity.roles import ROLES, authorize
from roomd.web.ws import AT_ONCE, PERMISSION, UNCOUNTED
from tests.support.lamp_room import ANNA, device, plan
from tests.support.web_room import LAMP_AND_LIFT, TOKENS, web_room

MESSAGES: dict[str, dict[str, Any]] = {
    "hello": {},
    "command": {"id": "c1", "device": "a", "command": "set", "args": {"level": 7}},
    "hold": {"id": "h1", "device": "lift", "command": "up"},
    "keep": {"id": "h1"},
    "release": {"id": "h1"},
    "stop": {},
    "ping": {},
    "watch": {"topics": []},
}
CONNECTS = [role for role in ROLES if authorize(role, "state.read")]


def test_the_examples_are_all_messages() -> None:
    assert MESSAGES.keys() == PERMISSION.keys()


@pytest.mark.parametrize("role", CONNECTS)
async def test_every_message_type_by_every_role_that_may_connect(tmp_path: Path, role: str) -> None:
    async with web_room(tmp_path) as room, room.socket(role) as panel:
        for kind, fields in MESSAGES.items():
            await panel.say(type=kind, **fields)
        await panel.say(type="ping")
        if not authorize(role, "device.command"):
            assert (await panel.next("outcome", id="c1"))["code"] == "not_allowed"
            assert not [t for t in room.texts("l1") if "level" in t]
        if not authorize(role, "device.hold"):
            assert "lift up" not in room.texts("l2")
        await panel.next("stopped")
        assert room.texts("l2")[-1] == "lift stop"


@pytest.mark.parametrize("role", [r for r in ROLES if r not in CONNECTS] + [None])
async def test_who_may_not_read_gets_no_socket(tmp_path: Path, role: str | None) -> None:
    async with web_room(tmp_path) as room:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with room.socket(role):
                pass
        assert refused.value.status == (401 if role is None else 403)


async def test_hello_gets_all_and_changes_follow_as_numbered_patches(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="hello")
        snapshot = await panel.next("snapshot")
        assert snapshot["points"]["a.level"]["value"] == 5
        room.room.lines["l1"].feed("a is 30")
        patch = await panel.next("patch")
        assert patch["points"]["a.level"]["value"] == 30
        assert patch["seq"] > snapshot["seq"]


async def test_who_comes_back_gets_what_changed_since(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        seq = room.room.store.seq
        room.room.lines["l1"].feed("a is 31")
        await room.room.clock.advance(0.1)
        async with room.socket() as panel:
            await panel.say(type="hello", last_seq=seq)
            assert list((await panel.next("patch"))["points"]) == ["a.level"]
        for stale in (0, seq + 10**9):
            async with room.socket() as panel:
                await panel.say(type="hello", last_seq=stale)
                await panel.next("snapshot")


async def test_a_command_ends_in_one_outcome_with_the_clients_id(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="command", id="c7", device="a", command="set", args={"level": 9})
        assert (await panel.next("outcome", id="c7"))["outcome"] == "confirmed"
        assert room.texts("l1") == ["a level 9"]


async def test_an_id_is_executed_once_and_gets_its_first_answer_again(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        for level in (9, 9, 55):
            await panel.say(
                type="command", id="c1", device="a", command="set", args={"level": level}
            )
        first = await panel.next("outcome", id="c1")
        await panel.say(type="command", id="c1", device="a", command="set", args={"level": 60})
        assert await panel.next("outcome", id="c1") == first
        assert room.texts("l1") == ["a level 9"]


async def test_another_connection_may_use_the_same_id(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for level in (1, 2):
            async with room.socket() as panel:
                await panel.say(
                    type="command", id="c1", device="a", command="set", args={"level": level}
                )
                await panel.next("outcome", id="c1")
        assert room.texts("l1") == ["a level 1", "a level 2"]


async def test_an_id_is_forgotten_after_ten_minutes(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="command", id="c1", device="a", command="fly")
        await panel.next("outcome", id="c1")
        room.room.clock._now += 601
        await panel.say(type="command", id="c1", device="a", command="set", args={"level": 2})
        assert (await panel.next("outcome", id="c1"))["outcome"] == "confirmed"


async def test_probe_and_reconnect_are_for_who_looks_after_the_room(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for role, code in (("presenter", "not_allowed"), ("admin", None)):
            async with room.socket(role) as panel:
                await panel.say(type="command", id="c1", device="a", command="reconnect")
                assert (await panel.next("outcome", id="c1"))["code"] == code


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


@pytest.mark.parametrize(
    "text,code",
    [
        ("{", "bad_json"),
        ("[]", "bad_json"),
        ('{"type":"ping","type":"ping"}', "bad_json"),
        ('{"type":"hello","last_seq":NaN}', "bad_json"),
        ('{"type":"hello","last_seq":-1}', "bad_request"),
        ('{"type":"hello","last_seq":"1"}', "bad_request"),
        ('{"type":"ping","more":1}', "bad_request"),
        ('{"type":"fly"}', "unknown_type"),
        ('{"type":["ping"]}', "unknown_type"),
        ("{}", "unknown_type"),
        ('{"type":"command","id":"c"}', "bad_request"),
        ('{"type":"command","id":"' + "x" * 65 + '","device":"a","command":"set"}', "bad_request"),
        ('{"type":"watch","topics":["trace:a"]}', "not_allowed"),
    ],
)
async def test_what_cannot_be_used_is_answered_and_the_socket_lives(
    tmp_path: Path, text: str, code: str
) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.socket.send_str(text)
        assert (await panel.next("error"))["code"] == code
        await panel.say(type="ping")
        await panel.next("pong")


async def test_binary_and_oversize_messages_close_the_socket(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        async with room.socket() as panel:
            await panel.socket.send_bytes(b"\x81\x01")
            assert await panel.closed() == 1003
        async with room.socket() as panel:
            await panel.socket.send_str('{"type":"ping","x":"' + "x" * 70_000 + '"}')
            assert await panel.closed() == 1009
        async with room.socket() as panel:
            await panel.say(type="ping")
            await panel.next("pong")


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


async def test_an_admin_watches_frames_with_their_meaning(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket("admin") as panel:
        await panel.say(type="watch", topics=["trace:a"])
        await panel.say(type="command", id="c1", device="a", command="set", args={"level": 4})
        frame = await panel.next("trace", direction="tx")
        assert bytes.fromhex(frame["hex"]) == b"a level 4"
        assert frame["device"] == "a"
        await panel.say(type="watch", topics=[])
        await panel.say(type="command", id="c2", device="a", command="set", args={"level": 5})
        await panel.next("outcome", id="c2")
        assert "a level 5" not in [bytes.fromhex(m.get("hex", "")).decode() for m in panel.seen]


async def test_stop_needs_no_role_beyond_being_connected(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket("display") as panel:
        await panel.say(type="stop")
        assert (await panel.next("stopped"))["devices"]["lift"]["outcome"] == "sent"


async def test_the_end_of_the_daemon_is_said_before_the_socket_closes(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="hello")
        await panel.next("snapshot")
        room.services.feed.close()
        await panel.next("bye", code="restart")
        assert await panel.closed() == 1001


async def test_a_new_room_is_told_to_all_panels(tmp_path: Path) -> None:
    async with web_room(tmp_path, LAMP_AND_LIFT) as room, room.socket() as panel:
        await panel.say(type="hello")
        await panel.next("snapshot")
        await room.room.supervisor.apply(plan(device("b", "l1")))
        await panel.say(type="hello")
        shown = await panel.next("snapshot")
        assert [d["id"] for d in shown["room"]["devices"]] == ["b"]
        assert not [p for p in shown["points"] if p.startswith("a.")]


async def test_messages_are_json_that_any_client_reads(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="hello")
        raw = await room.settled(panel.socket.receive())
        assert json.loads(raw.data)["type"] == "snapshot"
        outcome = await room.settled(
            room.room.dispatch.run(Command("a", "set", {"level": 3}, ANNA))
        )
        assert outcome.kind.value == "confirmed"


async def test_our_own_mistake_ends_one_connection_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with web_room(tmp_path) as room, room.socket() as one, room.socket() as two:

        def broken(*_: object) -> bool:
            raise RuntimeError("a bug")

        monkeypatch.setattr(room.services.holds, "keep", broken)
        await one.say(type="keep", id="h1")
        assert await one.closed() == 1011
        await two.say(type="ping")
        await two.next("pong")
