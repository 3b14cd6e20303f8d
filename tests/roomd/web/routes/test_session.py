"""A token becomes a cookie that scripts cannot read, and a cookie ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from roomd.identity.totp import code_at, step_of
from tests.support.people_room import GOOD, people_room
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
        ({"token": ""}, 400, "bad_request"),
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


# -- accounts, tablets, guests ------------------------------------------------------------------------------------


async def test_an_account_comes_in_and_is_recorded_without_its_secrets(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        await room.people.add_account("op", "operator", GOOD, must_change=False)
        status, body = await room.enter(user="op", password="wrong")
        assert (status, body["code"]) == (401, "login_failed")
        assert (await room.enter(user="op", password=GOOD))[1]["code"] == "needs_tablet"
        await room.pair("平板")
        assert (await room.enter(user="op", password=GOOD))[1] == {
            "user": "op",
            "role": "operator",
            "device": room.device,
            "clearance": "公开",
        }
        status, body = await room.ask("GET", "session", None)
        assert body["role"] == "operator"
        acts = [(e.act, e.actor, e.result, e.reason) for e in room.noted]
        assert ("session.open", "op", "refused", "login_failed") in acts
        assert ("session.open", "op", "confirmed", "") in acts
        assert GOOD not in repr(room.noted)


async def test_an_administrator_enrols_with_a_qr_that_the_server_draws(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        await room.people.add_account("root", "admin", GOOD, must_change=False)
        status, body = await room.enter(user="root", password=GOOD)
        assert (status, body["code"]) == (401, "totp_enrol")
        assert body["params"]["qr"].startswith("<svg")
        code = code_at(body["params"]["secret"], step_of(room.room.clock.wall()))
        status, body = await room.enter(user="root", password=GOOD, code=code)
        assert (status, body["role"], len(body["paper_codes"])) == (200, "admin", 10)


async def test_too_many_tries_say_when_again(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        for number in range(20):
            await room.enter(user=f"n{number}", password="x")
        ours = {"Origin": room.url}
        work = room.session.post(
            f"{room.url}/api/v1/session", json={"user": "a", "password": "x"}, headers=ours
        )
        answer = await room.settled(work)
        assert answer.status == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60


async def test_a_tablet_is_paired_once_and_its_name_is_its_own(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        status, window = await room.ask("POST", "pairing", "admin", json={"kind": "presenter"})
        assert (status, window["kind"], window["qr"][:4]) == (200, "presenter", "<svg")
        assert "#pair=" in window["url"]
        secret = window["url"].partition("#pair=")[2]
        status, body = await room.enter(pair=secret, name="平板")
        assert (status, body["user"], body["role"]) == (200, "平板", "presenter")
        assert (await room.enter(pair=secret))[1]["code"] == "pairing_closed"
        assert await room.pair("平板") == "平板 2"
        listed = (await room.ask("GET", "tokens", "security"))[1]["devices"]
        assert [d["name"] for d in listed] == ["平板", "平板 2"]
        assert (await room.ask("GET", "state", None))[0] == 200
        assert (await room.ask("DELETE", f"tokens/{listed[1]['id']}", "admin"))[0] == 200
        assert (await room.ask("GET", "state", None))[0] == 401


async def test_a_guest_joins_by_the_code_and_may_little(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        code = (await room.ask("GET", "join", "display"))[1]["code"]
        assert (await room.enter(join="000000" if code != "000000" else "1", name="王"))[0] == 403
        assert (await room.enter(join=code, name=" "))[0] == 400
        status, body = await room.enter(join=f"{code[:3]} {code[3:]}", name="王 五")
        assert (status, body) == (200, {"user": "王 五", "role": "attendee"})
        assert (await room.ask("GET", "state", None))[0] == 403
        ours = {"Origin": room.url}
        assert (await room.ask("POST", "stop", None, headers=ours))[0] == 200
        assert room.people.end_guests() == 1
        assert (await room.ask("GET", "session", None))[0] == 401


async def test_a_tablets_pin_is_changed_with_the_old_one(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        await room.pair("平板")
        ours = {"Origin": room.url}

        async def pin(**body: str) -> tuple[int, Any]:
            return await room.ask("POST", "session/pin", None, json=body, headers=ours)

        assert (await pin(pin="12"))[0] == 400
        assert await pin(pin="4711") == (200, {"pin": True})
        assert room.people.pin_is("平板", "4711")
        assert (await pin(pin="1234"))[1]["code"] == "wrong_pin"
        assert await pin(pin="", old="4711") == (200, {"pin": False})
        assert not room.people.pin_is("平板", "4711")
        status, body = await room.ask("POST", "session/pin", "presenter", json={"pin": "4711"})
        assert (status, body["code"]) == (409, "not_a_tablet")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user": "a"},
        {"user": 1, "password": "x"},
        {"user": "a" * 33, "password": "x"},
        {"user": "a", "password": "x", "more": 1},
        {"pair": "x", "key": {"kty": "EC"}},
        {"pair": "x", "key": "text"},
        {"join": "123456"},
        {"join": "123456", "name": "a\u0000b"},
    ],
)
async def test_what_is_no_way_in_says_which_field(tmp_path: Path, body: dict[str, Any]) -> None:
    async with people_room(tmp_path) as room:
        status, answer = await room.enter(**body)
        assert (status, answer["code"]) == (400, "bad_request")
        assert answer["params"]["fields"]


async def test_nothing_is_changed_while_the_record_cannot_be_written(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        window = (await room.ask("POST", "pairing", "admin", json={"kind": "display"}))[1]
        setattr(room.services, "record_writable", lambda: False)  # noqa: B010  # a method, for a disk that refuses
        for method, path, role, body in (
            ("POST", "pairing", "admin", {"kind": "display"}),
            ("POST", "users", "admin", {"name": "a"}),
            ("POST", "users/a/grant", "security", {"role": "reader"}),
            ("DELETE", "users/a", "admin", None),
            ("POST", "tokens", "admin", {"name": "a"}),
        ):
            status, answer = await room.ask(method, path, role, json=body)
            assert (status, answer["code"]) == (503, "record_unwritable"), path
        assert (await room.enter(pair=window["code"]))[1]["code"] == "record_unwritable"
