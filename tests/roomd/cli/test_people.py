"""Accounts, tokens and pairing from the console, against a real daemon."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.small_room import ROOM, small_room


async def test_accounts_are_made_listed_and_removed(tmp_path: Path) -> None:
    async with small_room(tmp_path, ROOM) as room:
        made = json.loads(
            (await room.cli("user", "add", "root", "--role", "admin", "--json")).stdout
        )
        assert made["role"] == "admin"
        assert len(made["start_password"]) >= 10
        told = await room.cli("user", "add", "li", "--role", "operator")
        assert (told.code, "start password" in told.stdout) == (0, True)
        assert (await room.cli("user", "add", "li")).code == 1
        listed = json.loads((await room.cli("user", "list", "--json")).stdout)
        assert [(u["name"], u["role"]) for u in listed["users"]] == [
            ("li", "operator"),
            ("root", "admin"),
        ]
        people = await room.cli("user", "list")
        assert "missing: auditor, security" in people.stdout
        last = await room.cli("user", "remove", "root")
        assert (last.code, "last admin" in last.stderr) == (1, True)
        assert (await room.cli("user", "remove", "li")).code == 0


async def test_tokens_are_made_listed_and_revoked(tmp_path: Path) -> None:
    async with small_room(tmp_path, ROOM) as room:
        token = (await room.cli("token", "add", "hall screen")).stdout.strip()
        assert len(token) >= 32
        listed = json.loads((await room.cli("token", "list", "--json")).stdout)["tokens"]
        (mine,) = [t for t in listed if t["name"] == "hall screen"]
        assert "hall screen" in (await room.cli("token", "list")).stdout
        assert (await room.cli("token", "revoke", mine["id"])).code == 0
        again = await room.cli("token", "revoke", mine["id"])
        assert (again.code, "no such token" in again.stderr) == (1, True)


async def test_a_window_is_opened_with_a_code_to_type(tmp_path: Path) -> None:
    async with small_room(tmp_path, ROOM) as room:
        told = await room.cli("pair", "presenter")
        assert (told.code, "code: " in told.stdout) == (0, True)
        window = json.loads((await room.cli("pair", "display", "--json")).stdout)
        assert (window["kind"], len(window["code"])) == ("display", 9)
        assert (await room.cli("pair", "king")).code == 1
