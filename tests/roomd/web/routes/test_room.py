"""The room over HTTP: one answer for a key, STOP for everybody, and why not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from drivers.job import Denial
from roomd.control.commands import Command
from roomd.web.answers import StateBody
from roomd.web.once import REMEMBERED
from roomd.web.room_shape import RoomShape
from tests.support.waiting import until
from tests.support.web_room import WebRoom, web_room


async def ask(
    room: WebRoom, level: int, key: str | None, role: str = "presenter"
) -> tuple[int, Any]:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await room.ask("POST", "devices/a/set", role, json={"level": level}, headers=headers)


async def test_the_room_and_its_state(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        status, body = await room.ask("GET", "room", "display")
        assert (status, RoomShape.model_validate(body).id) == (200, "r1")
        status, body = await room.ask("GET", "state", "integration")
        state = StateBody.model_validate(body)
        assert (status, state.seq) == (200, room.room.store.seq)
        assert state.points["a.level"].value == 5


async def test_an_answer_comes_when_the_command_has_ended(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        status, body = await ask(room, 9, None)
        assert (status, body["outcome"], body["tx"]) == (200, "confirmed", 1)
        assert body["ms"] >= 0
        room.room.lines["l1"].answer = lambda _text: None
        status, body = await room.ask("POST", "devices/a/step", json={})
        assert (status, body["outcome"], body["code"]) == (504, "timeout", "no_reply")
        room.room.lines["l1"].answer = lambda text: f"{text} no"
        status, body = await ask(room, 7, None)
        assert (status, body["outcome"], body["code"]) == (502, "failed", "refused_by_device")


async def test_a_key_is_executed_once(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        first = await ask(room, 9, "k1")
        assert await ask(room, 9, "k1") == first
        assert await ask(room, 55, "k1") == first
        assert (await ask(room, 10, "k2"))[1]["id"] != first[1]["id"]
        assert (await ask(room, 11, "k1", "admin"))[1]["id"] != first[1]["id"]
        assert room.texts("l1") == ["a level 9", "a level 10", "a level 11"]


async def test_a_repeat_while_it_runs_waits_for_the_same_end(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        room.room.lines["l1"].answer = lambda _text: None

        async def twice() -> list[tuple[int, Any]]:
            url = f"{room.url}/api/v1/devices/a/step"
            headers = {"Authorization": "Bearer token-of-admin", "Idempotency-Key": "k"}

            async def once() -> tuple[int, Any]:
                async with room.session.post(url, headers=headers, json={}) as answer:
                    return answer.status, await answer.json()

            return list(await asyncio.gather(once(), once()))

        first, second = await room.settled(twice())
        assert first == second
        assert first[1]["outcome"] == "timeout"
        assert room.texts("l1").count("a step") == 1


async def test_a_key_is_forgotten_after_ten_minutes(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        first = await ask(room, 9, "k1")
        room.room.clock._now += REMEMBERED + 1
        assert (await ask(room, 9, "k1"))[1]["id"] != first[1]["id"]


@pytest.mark.parametrize("key", ["", "x" * 101, "a\xa0b"])
async def test_what_is_no_key_is_refused(tmp_path: Path, key: str) -> None:
    async with web_room(tmp_path) as room:
        status, body = await ask(room, 9, key)
        assert (status, body["params"]) == (400, {"fields": ["Idempotency-Key"]})
        assert room.texts("l1") == []


async def test_a_client_that_goes_away_takes_nothing_back(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        room.room.lines["l1"].answer = lambda _text: None
        ended: list[str] = []
        room.room.dispatch.outcomes.append(lambda _c, o: ended.append(o.kind.value))
        asking = asyncio.ensure_future(
            room.ask("POST", "devices/a/set", "presenter", json={"level": 3})
        )
        await until(lambda: room.texts("l1"))
        asking.cancel()
        await asyncio.wait({asking})
        await room.room.clock.advance(30)
        assert ended == ["timeout"]


async def test_what_runs_only_while_held_is_refused_over_http(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        status, body = await room.ask("POST", "devices/lift/up", "presenter", json={})
        assert (status, body["outcome"], body["code"]) == (409, "refused", "hold_required")
        assert room.texts("l2") == []


async def test_stop_is_answered_by_each_device_and_asks_for_no_right(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for role in (None, "display", "invented"):
            status, body = await room.ask("POST", "stop", role)
            assert status == 200
            assert body["devices"]["lift"]["outcome"] == "sent"
        assert room.texts("l2") == ["lift stop"] * 9


async def test_a_line_that_is_down_answers_stop_within_a_second(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        room.room.lines["l2"].refuse_open = OSError("gone")  # type: ignore[assignment]  # broken on purpose
        room.room.lines["l2"].lose()
        await room.room.clock.advance(0.1)
        started = room.room.clock.monotonic()
        _, body = await room.ask("POST", "stop", None)
        assert body["devices"]["lift"]["outcome"] == "offline"
        assert room.room.clock.monotonic() - started <= 1.0


async def test_one_device_is_stopped_by_every_role_whatever_is_in_the_body(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for role in ("reader", "display", "auditor"):
            status, body = await room.ask("POST", "devices/lift/stop", role, data=b"\xff{")
            assert (status, body["outcome"]) == (200, "sent")
        status, body = await room.ask("POST", "devices/nobody/stop", "reader")
        assert (status, body["code"]) == (404, "unknown_device")


async def test_why_says_what_would_refuse_it(tmp_path: Path) -> None:
    def rules(command: Command) -> list[dict[str, Any]]:
        return [{"id": "dark", "verdict": "deny"}] if command.command == "set" else []

    async with web_room(tmp_path, why=rules) as room:
        _, body = await room.ask("GET", "why/a/set", "presenter")
        assert body == {"verdict": "allowed", "rules": [{"id": "dark", "verdict": "deny"}]}
        room.room.dispatch.rules.append(lambda _command: Denial("interlocked", {"rule": "dark"}))
        _, body = await room.ask("GET", "why/a/set", "presenter")
        assert (body["verdict"], body["code"], body["params"]) == (
            "refused",
            "interlocked",
            {"rule": "dark"},
        )
        _, body = await room.ask("GET", "why/lift/stop", "presenter")
        assert body == {"verdict": "allowed", "rules": []}


async def test_a_name_that_is_nearly_right_is_suggested(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        _, body = await room.ask("POST", "devices/lifd/up", "presenter")
        assert body["params"]["suggestion"] == "lift"
        _, body = await room.ask("POST", "devices/a/sett", "presenter")
        assert body["params"]["suggestion"] == "set"
