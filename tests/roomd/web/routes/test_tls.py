"""Certificates and the clock over HTTP, for an admin alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.web_room import web_room


class Tls:
    """Certificates that take one text."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def status(self) -> dict[str, Any]:
        return {"served": True, "days": 397}

    def request(self) -> str:
        return "-----BEGIN CERTIFICATE REQUEST-----"

    async def take(self, chain: str) -> str | None:
        self.taken.append(chain)
        return None if chain == "good" else "tls.mismatch"


async def test_an_admin_looks_asks_and_brings(tmp_path: Path) -> None:
    tls = Tls()
    async with web_room(tmp_path, tls=tls) as room:
        assert await room.ask("GET", "tls") == (200, {"served": True, "days": 397})
        status, body = await room.ask("POST", "tls/csr", json={})
        assert (status, body["csr"][:10]) == (200, "-----BEGIN")
        assert (await room.ask("POST", "tls/cert", json={"cert": "good"}))[0] == 200
        status, body = await room.ask("POST", "tls/cert", json={"cert": "bad"})
        assert (status, body["code"]) == (422, "tls.mismatch")
        assert (await room.ask("POST", "tls/cert", json={}))[0] == 400
        assert (await room.ask("POST", "tls/cert", json={"cert": "x" * 70_000}))[0] == 400
        assert tls.taken == ["good", "bad"]
        for role in ("presenter", "security", "auditor"):
            assert (await room.ask("GET", "tls", role))[0] == 403


async def test_nothing_changes_while_the_record_cannot_be_written(tmp_path: Path) -> None:
    tls = Tls()
    async with web_room(tmp_path, tls=tls) as room:
        setattr(room.services, "record_writable", lambda: False)  # noqa: B010  # a method, for a disk that refuses
        for path in ("tls/csr", "tls/cert"):
            status, body = await room.ask("POST", path, json={"cert": "good"})
            assert (status, body["code"]) == (503, "record_unwritable")
        assert tls.taken == []


async def test_a_person_confirms_the_time(tmp_path: Path) -> None:
    told: list[str] = []
    async with web_room(tmp_path, confirm_clock=lambda: told.append("yes")) as room:
        assert await room.ask("POST", "clock/confirm", json={}) == (200, {"clock_ok": True})
        assert (await room.ask("POST", "clock/confirm", "presenter", json={}))[0] == 403
        assert told == ["yes"]


async def test_without_tls_there_is_nothing_to_show(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        assert (await room.ask("GET", "tls"))[0] == 404
        assert (await room.ask("POST", "clock/confirm", json={}))[0] == 404
