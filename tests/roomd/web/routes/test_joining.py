"""The join code for those who show it, and the first start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.people_room import GOOD, people_room

THREE = [
    {"role": role, "name": f"{role}1", "password": GOOD}
    for role in ("admin", "security", "auditor")
]


async def test_the_code_is_shown_to_display_and_presenter_and_renewed(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        shown = (await room.ask("GET", "join", "display"))[1]
        assert (len(shown["code"]), shown["seconds"], shown["qr"][:4]) == (6, 600, "<svg")
        assert shown["url"] == f"{room.url}/join"
        assert (await room.ask("GET", "join", "admin"))[0] == 403
        assert (await room.ask("POST", "join/renew", "display"))[0] == 403
        again = (await room.ask("POST", "join/renew", "presenter"))[1]
        assert again["qr"] != shown["qr"]
        assert room.noted[-1].act == "join.renew"


async def test_the_first_start_makes_three_administrators_once(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        status, asked = await room.ask("GET", "setup", None)
        assert (status, asked["needed"]) == (200, True)
        far = {"X-Forwarded-For": "10.0.0.9"}
        assert await room.ask("GET", "setup", None, headers=far) == (200, {"needed": True})
        wrong = {"code": "WRONG", "accounts": THREE}
        assert (await room.ask("POST", "setup", None, json=wrong))[1]["code"] == "setup_code"
        right = {"code": asked["code"], "accounts": THREE}
        status, made = await room.ask("POST", "setup", None, json=right)
        assert (status, made) == (200, {"made": ["admin1", "auditor1", "security1"]})
        assert await room.ask("GET", "setup", None) == (200, {"needed": False})
        assert (await room.ask("POST", "setup", None, json=right))[1]["code"] == "setup_code"
        assert (await room.enter(user="admin1", password=GOOD))[1]["code"] == "totp_enrol"
        assert [e.obj for e in room.noted if e.act == "account.create"] == [
            "admin1",
            "security1",
            "auditor1",
        ]


@pytest.mark.parametrize(
    "accounts, code",
    [
        (None, "bad_request"),
        (THREE[:2], "bad_request"),
        ([*THREE[:2], "x"], "bad_request"),
        ([*THREE[:2], {"role": "auditor", "name": "a"}], "bad_request"),
        ([*THREE[:2], {**THREE[0], "name": "b"}], "setup_roles"),
        ([*THREE[:2], {**THREE[2], "name": "admin1"}], "setup_roles"),
        ([*THREE[:2], {**THREE[2], "password": "short"}], "password_short"),
    ],
)
async def test_all_three_or_none(tmp_path: Path, accounts: Any, code: str) -> None:
    async with people_room(tmp_path) as room:
        body = {"code": room.people.set_up.code, "accounts": accounts}
        assert (await room.ask("POST", "setup", None, json=body))[1]["code"] == code
        assert room.people.set_up.needed
