"""npm's pjlink 0.2.8 as client of our projector: class 1.

Its own faults, neither followed nor taken for truth: it takes each piece of the stream for one whole line, shows the
mute of one part as that of both, and sends the digest of an empty password where none is set.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.peers.pjlink_projector import PASSWORDS, Projector, projector, switching
from tests.support import npm_peers

pytestmark = pytest.mark.peers

SCRIPT = Path(__file__).with_name("pjlink_client.js")


async def visit(at: Projector, password: str | None, what: str) -> Any:
    """Return what the client saw, or its error."""
    async with npm_peers.running(SCRIPT, str(at.port), password or "", what) as process:
        out, err = await process.communicate()
    assert err == b""
    return json.loads(out)


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_sees_what_the_projector_is(password: str | None) -> None:
    async with projector(password) as at:
        at.state.power, at.state.errors = "on", "021000"
        seen = (await visit(at, password, "look"))["seen"]
        assert seen["PowerState"] == 1
        assert seen["Name"] == "Projector"
        assert seen["Manufacturer"] == "roomd"
        assert seen["Model"] == "simulated projector"
        assert seen["Class"] == "2"
        assert seen["Lamps"] == [{"hours": 1250, "on": True}]
        assert seen["Errors"]["lamp"] == "error"
        assert seen["Errors"]["temperature"] == "warning"
        assert seen["Errors"]["fan"] is False
        assert [i["code"] for i in seen["Inputs"]] == ["11", "21", "31", "32", "51"]
        assert at.abuse == []


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_switches_on_and_off(password: str | None) -> None:
    async with projector(password) as at:
        async with switching(at):
            seen = await visit(at, password, "switch")
        assert seen == {"seen": [0, 3, 2]}
        assert at.state.orders == ["POWR 1", "POWR 0"]
        assert at.abuse == []


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_sets_input_and_mute(password: str | None) -> None:
    async with projector(password) as at:
        at.state.power = "on"
        assert await visit(at, password, "set") == {
            "seen": {
                "inputs": ["31", "11"],
                "mute": [{"audio": False, "video": True}, {"audio": True, "video": True}],
                "error": "Out of parameter",
            }
        }
        assert at.state.orders == ["INPT 11", "AVMT 11", "AVMT 31", "INPT 49"]
        assert (at.state.input, at.state.blank, at.state.mute) == ("11", True, True)


async def test_not_now_while_it_is_off() -> None:
    async with projector(None) as at:
        assert await visit(at, None, "set") == {"error": "Unavailable time"}


@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_wrong_or_missing_password_is_refused(password: str | None) -> None:
    async with projector("right") as at:
        assert await visit(at, password, "look") == {"error": "Authorization failed"}
        assert len(at.abuse) == 1
        assert at.state.orders == []
