"""A token becomes a cookie that scripts cannot read, and a cookie ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.web_room import TOKENS, WebRoom, web_room


async def log_in(room: WebRoom, role: str = "presenter") -> tuple[int, Any]:
    ours = {"Origin": room.url}
    return await room.ask("POST", "session", None, json={"token": TOKENS[role]}, headers=ours)


async def test_a_token_is_changed_for_a_cookie(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        work = room.session.post(f"{room.url}/api/v1/session", json={"token": TOKENS["admin"]})
        answer = await room.settled(work)
        assert await answer.json() == {"user": "admin", "role": "admin"}
        cookie = answer.cookies["roomd"]
        assert cookie.value not in TOKENS.values()
        assert cookie["httponly"] is True
        assert (cookie["samesite"], cookie["path"]) == ("Strict", "/")
        assert await room.ask("GET", "session", None) == (200, {"user": "admin", "role": "admin"})


async def test_each_log_in_is_another_session(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        seen: set[str] = set()
        for _ in range(3):
            await log_in(room)
            seen |= {c.value for c in room.session.cookie_jar}
        assert len(seen) == 3


async def test_a_cookie_that_was_ended_opens_nothing(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        await log_in(room)
        (cookie,) = room.session.cookie_jar
        ours = {"Origin": room.url}
        assert (await room.ask("DELETE", "session", None, headers=ours))[0] == 204
        assert not list(room.session.cookie_jar)
        again = {"Cookie": f"roomd={cookie.value}"}
        assert (await room.ask("GET", "room", None, headers=again))[0] == 401


async def test_who_is_nobody_has_nothing_to_end(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        status, body = await room.ask("DELETE", "session", None)
        assert (status, body["code"]) == (401, "not_authenticated")


async def test_a_bearer_token_has_no_session_to_end_and_goes_on(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        assert (await room.ask("DELETE", "session", "presenter"))[0] == 204
        assert (await room.ask("GET", "room", "presenter"))[0] == 200


@pytest.mark.parametrize(
    "body,status,code",
    [
        ({"token": "wrong"}, 401, "not_authenticated"),
        ({"token": ""}, 401, "not_authenticated"),
        ({"token": 5}, 400, "bad_request"),
        ({}, 400, "bad_request"),
        ({"token": "x", "role": "admin"}, 400, "bad_request"),
    ],
)
async def test_what_is_no_token_opens_nothing(
    tmp_path: Path, body: dict[str, Any], status: int, code: str
) -> None:
    async with web_room(tmp_path) as room:
        answer = await room.ask("POST", "session", None, json=body)
        assert (answer[0], answer[1]["code"]) == (status, code)
        assert not list(room.session.cookie_jar)


async def test_a_token_in_the_address_is_nothing(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        status, _ = await room.ask("GET", f"room?token={TOKENS['admin']}", None)
        assert status == 401
