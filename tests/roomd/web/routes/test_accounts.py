"""`admin` makes accounts, `security` gives them a role; each act is a row."""

from __future__ import annotations

from pathlib import Path

from tests.support.people_room import GOOD, people_room


async def test_an_account_is_made_granted_used_and_removed(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        status, made = await room.ask("POST", "users", "admin", json={"name": "李四"})
        assert (status, made["role"]) == (200, None)
        start = made["start_password"]
        assert (await room.enter(user="李四", password=start))[1]["code"] == "account_without_role"
        role = {"role": "operator", "clearance": "内部"}
        status, granted = await room.ask("POST", "users/李四/grant", "security", json=role)
        assert (status, granted["role"], granted["clearance"]) == (200, "operator", "内部")
        assert (await room.enter(user="李四", password=start))[1][
            "code"
        ] == "password_change_needed"
        await room.pair("平板")
        status, body = await room.enter(user="李四", password=start, new_password=GOOD)
        assert (status, body["role"]) == (200, "operator")
        assert (await room.ask("DELETE", "users/李四", "admin"))[0] == 200
        assert (await room.ask("GET", "session", None))[1]["code"] == "not_authenticated"
        acts = [(e.act, e.obj, e.actor) for e in room.noted if e.act.startswith("account.")]
        assert acts == [
            ("account.create", "李四", "admin"),
            ("account.grant", "李四", "security"),
            ("account.remove", "李四", "admin"),
        ]
        grant = next(e for e in room.noted if e.act == "account.grant")
        assert grant.detail["before"] == {"role": "", "clearance": "公开"}
        assert grant.detail["after"] == role


async def test_over_the_network_nobody_makes_an_account_with_a_role(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        body = {"name": "a", "role": "admin", "password": GOOD}
        status, answer = await room.ask("POST", "users", "admin", json=body)
        assert (status, answer["code"]) == (403, "role_by_security")
        assert (await room.ask("GET", "users", "security"))[1]["users"] == []


async def test_refusals_have_their_codes(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        await room.people.add_account("root", "admin", GOOD, must_change=False)
        for path, role, body, code in (
            ("users", "admin", {"name": "root"}, "account_exists"),
            ("users", "admin", {"name": "-"}, "account_name"),
            ("users", "admin", {"name": "b", "password": "short"}, "password_short"),
            ("users/root/grant", "security", {"role": "auditor"}, "account_separated"),
            ("users/root/grant", "security", {"role": ""}, "last_administrator"),
            ("users/nobody/grant", "security", {"role": "reader"}, "unknown_account"),
            ("users/root/grant", "security", {"role": "king"}, "unknown_role"),
            ("users/root/grant", "security", {"clearance": "绝密"}, "unknown_clearance"),
            ("users/root/grant", "admin", {"role": ""}, "not_allowed"),
            ("users/root/password", "auditor", {"password": GOOD}, "not_allowed"),
        ):
            assert (await room.ask("POST", path, role, json=body))[1]["code"] == code, (path, body)
        removed = await room.ask("DELETE", "users/root", "admin")
        assert removed[1]["code"] == "last_administrator"
        assert (await room.ask("GET", "users", "admin"))[1]["missing"] == ["auditor", "security"]


async def test_ones_own_password_needs_the_old_one_and_an_admin_gives_a_start_password(
    tmp_path: Path,
) -> None:
    async with people_room(tmp_path) as room:
        await room.people.add_account("op", "operator", GOOD, must_change=False)
        await room.pair("平板")
        await room.enter(user="op", password=GOOD)
        ours = {"Origin": room.url}
        path = "users/op/password"
        wrong = {"old": "wrong", "password": "battery staple"}
        assert (await room.ask("POST", path, None, json=wrong, headers=ours))[0] in (401, 403)
        status, answer = await room.ask("POST", path, "admin", json={"totp": "forget"})
        assert status == 200
        assert (await room.ask("GET", "session", None))[0] == 401
        again = await room.enter(user="op", password=answer["start_password"])
        assert again[1]["code"] == "password_change_needed"
