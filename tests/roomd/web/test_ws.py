"""The WebSocket: rights at every message, one outcome each, holds that stop in doubt, and who gets what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from drivers.commands import Outcome, OutcomeKind
from roomd.control.commands import Command
from roomd.identity.roles import ROLES, authorize
from roomd.web.ws import PERMISSION
from tests.support.lamp_room import ANNA, device, plan
from tests.support.web_room import LAMP_AND_LIFT, web_room

MESSAGES: dict[str, dict[str, Any]] = {
    "hello": {},
    "command": {"id": "c1", "device": "a", "command": "set", "args": {"level": 7}},
    "hold": {"id": "h1", "device": "lift", "command": "up"},
    "keep": {"id": "h1"},
    "release": {"id": "h1"},
    "scene": {"id": "s1", "scene": "start"},
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


async def test_what_could_not_be_read_names_the_command_that_will_have_no_outcome(
    tmp_path: Path,
) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="command", id="c5", device="a", command="set", args=[1])
        error = await panel.next("error")
        assert error["params"] == {"fields": ["args"], "id": "c5"}


async def test_a_connection_that_breaks_takes_no_command_back(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        room.room.lines["l1"].answer = lambda _text: None
        async with room.socket() as panel:
            await panel.say(type="command", id="c1", device="a", command="set", args={"level": 9})
            while not room.texts("l1"):
                await room.room.clock.advance(0.01)
        ended: list[tuple[str, str]] = []
        room.room.dispatch.outcomes.append(lambda c, o: ended.append((c.command, o.kind.value)))
        await room.room.clock.advance(20)
        assert ended == [("set", "timeout")]


async def test_a_scene_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await panel.say(type="scene", id="s1", scene="start", dry_run=True)
        refused = await panel.next("outcome", id="s1")
        assert (refused["outcome"], refused["code"]) == ("refused", "unknown_scene")


async def test_without_rules_there_is_nothing_to_satisfy_and_the_command_runs(
    tmp_path: Path,
) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        body = {"device": "a", "command": "set", "args": {"level": 9}}
        await panel.say(type="command", id="c1", satisfy=True, **body)
        assert (await panel.next("outcome", id="c1"))["outcome"] == "confirmed"


async def test_a_plan_is_run_only_where_it_was_accepted(tmp_path: Path) -> None:
    asked: list[str] = []

    async def satisfy(command: Command) -> Outcome:
        asked.append(command.command)
        return Outcome(OutcomeKind.CONFIRMED, "satisfied")

    async with web_room(tmp_path, satisfy=satisfy) as room, room.socket() as panel:
        for name, accepted in (("c1", False), ("c2", True)):
            await panel.say(type="command", id=name, device="lift", command="up", satisfy=accepted)
        assert (await panel.next("outcome", id="c1"))["code"] == "hold_required"
        assert (await panel.next("outcome", id="c2"))["code"] == "satisfied"
        assert asked == ["up"]


async def test_a_rule_is_passed_by_an_operator_who_names_it(tmp_path: Path) -> None:
    passed: list[tuple[frozenset[str], str]] = []

    def rules(_command: Command) -> list[dict[str, Any]]:
        return [{"id": "dark"}]

    def rule(command: Command) -> None:
        passed.append((command.passes, command.reason))

    async with web_room(tmp_path, why=rules) as room:
        room.room.dispatch.rules.append(rule)
        body = {"device": "a", "command": "set", "args": {"level": 9}}
        for role, named, code in (
            ("presenter", "dark", "not_allowed"),
            ("operator", "bright", "unknown_rule"),
            ("operator", "dark", None),
        ):
            async with room.socket(role) as panel:
                override = {"rule": named, "reason": "a rehearsal"}
                await panel.say(type="command", id="c1", override=override, **body)
                assert (await panel.next("outcome", id="c1"))["code"] == code
        assert passed == [(frozenset({"dark"}), "a rehearsal")] * 2  # preview and gate
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
        ('{"type":"watch","topics":["weather"]}', "bad_request"),
        ('{"type":"scene","scene":"start"}', "bad_request"),
        ('{"type":"command","id":"c","device":"a","command":"set","override":{}}', "bad_request"),
        ('{"type":"command","id":"c","device":"a","command":"set","satisfy":1}', "bad_request"),
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


async def test_an_upgrade_with_a_body_is_refused(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Content-Length": "2"}
        status, body = await room.ask("GET", "ws", data=b"{}", headers=headers)
        assert (status, body["code"]) == (400, "bad_request")


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
