"""Windows, paired devices and tokens over HTTP; a revoked tablet is gone at once."""

from __future__ import annotations

import time
from pathlib import Path

from tests.roomd.identity.test_devices import Tablet
from tests.support.people_room import people_room


async def test_a_window_is_opened_shown_and_closed(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        assert (await room.ask("GET", "pairing"))[1] == {"open": False, "kind": None, "seconds": 0}
        assert (await room.ask("POST", "pairing", json={"kind": "king"}))[0] == 400
        window = (await room.ask("POST", "pairing", json={"kind": "display"}))[1]
        assert window["url"].startswith(f"{room.url}/display#pair=")
        assert (await room.ask("GET", "pairing"))[1]["open"] is True
        assert (await room.ask("DELETE", "pairing"))[1] == {"open": False}
        assert (await room.enter(pair=window["code"]))[1]["code"] == "pairing_closed"


async def test_a_tablet_with_a_key_proves_it_and_a_copied_cookie_is_not_enough(
    tmp_path: Path,
) -> None:
    tablet = Tablet()
    async with people_room(tmp_path) as room:
        await room.pair("平板", tablet.jwk)
        ours = {"Origin": room.url}
        status, body = await room.ask("POST", "devices/a/set", None, json={}, headers=ours)
        assert (status, body["code"]) == (401, "proof_needed")
        async with room.socket(None, **ours) as copied:
            await copied.next("challenge")
            await copied.say(type="command", id="c1", device="a", command="set", args={"level": 3})
            assert (await copied.next("error"))["code"] == "proof_needed"
            await copied.say(type="stop")
            await copied.next("stopped")
            await copied.say(type="hello", proof=Tablet().sign("x"))
            assert (await copied.next("bye"))["code"] == "expired"
        async with room.socket(None, **ours) as own:
            nonce = (await own.next("challenge"))["nonce"]
            await own.say(type="hello", proof=tablet.sign(nonce))
            await own.next("snapshot")
            await own.say(type="command", id="c1", device="a", command="set", args={"level": 3})
            await own.next("outcome")
            status, _ = await room.ask("POST", "session/pin", None, json={"pin": ""}, headers=ours)
            assert status == 200
        status, body = await room.ask("POST", "session/pin", None, json={"pin": ""}, headers=ours)
        assert (status, body["code"]) == (401, "proof_needed")


async def test_revoking_a_tablet_closes_its_connection_at_once(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        await room.pair("平板")
        async with room.socket(None, Origin=room.url) as panel:
            await panel.say(type="hello")
            await panel.next("snapshot")
            began = time.monotonic()
            assert (await room.ask("DELETE", f"tokens/{room.device}", "security"))[0] == 200
            assert (await panel.next("bye"))["code"] == "revoked"
            assert await panel.closed() == 1008
            assert (
                time.monotonic() - began < 5
            )  # only ends a test that hangs; no message was needed
        assert (await room.ask("DELETE", f"tokens/{room.device}", "security"))[0] == 404


async def test_tokens_are_for_programs_and_shown_once(tmp_path: Path) -> None:
    async with people_room(tmp_path) as room:
        wanted = {"name": "门厅屏"}
        status, made = await room.ask("POST", "tokens", json=wanted)
        assert (status, made["role"], made["name"]) == (200, "integration", "门厅屏")
        assert (await room.ask("GET", "state", made["token"]))[0] == 200
        assert (await room.ask("POST", "devices/a/set", made["token"], json={}))[0] == 403
        listed = (await room.ask("GET", "tokens"))[1]["tokens"]
        assert made["token"] not in repr(listed)
        assert [t["name"] for t in listed][-1] == "门厅屏"
        refused = await room.ask("POST", "tokens", json={**wanted, "role": "admin"})
        assert refused[1]["code"] == "not_allowed"
        assert (await room.ask("POST", "tokens", json={**wanted, "role": "x"}))[0] == 422
        assert (await room.ask("DELETE", f"tokens/{made['id']}"))[0] == 200
        assert (await room.ask("GET", "state", made["token"]))[0] == 401
