"""The demo's simulators over HTTP: looked at, broken, mended; what is refused changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from roomd.web.routes.simulators import Simulators
from tests.support.web_room import web_room

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Shelf:
    """One simulator that can be mute, and what was done to it."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.faults: dict[str, Any] = {}

    def ids(self) -> list[str]:
        return ["a"]

    def snapshot(self, device: str) -> dict[str, Any] | None:
        if device != "a":
            return None
        return {
            "protocol": "tcp",
            "address": "127.0.0.1:1",
            "state": {"on": True},
            "faults": dict(self.faults),
            "known_faults": ["mute"],
            "frames": [{"hex": "81"}],
        }

    def set_fault(self, device: str, fault: str, value: Any, seconds: float | None) -> None:
        if fault != "mute":
            raise ValueError(f"unknown fault {fault}")
        self.faults[fault] = value
        self.done.append(("fault", device, fault, value, seconds))

    def clear(self, device: str) -> None:
        self.faults.clear()
        self.done.append(("clear", device))

    def set_by_hand(self, device: str, values: dict[str, Any]) -> None:
        if values.keys() - {"on"}:
            raise ValueError("unknown point")
        self.done.append(("set", device, values))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


async def test_all_and_one(tmp_path: Path, shelf: Shelf) -> None:
    offered: Simulators = shelf
    async with web_room(tmp_path, simulators=offered) as room:
        status, body = await room.ask("GET", "/sim", None)
        assert status == 200
        assert body["a"]["state"] == {"on": True}
        assert "frames" not in body["a"]
        status, body = await room.ask("GET", "/sim/a", None)
        assert (status, body["frames"]) == (200, [{"hex": "81"}])
        status, body = await room.ask("GET", "/sim/b", None)
        assert (status, body["code"]) == (404, "unknown_device")


async def test_break_mend_and_touch_it(tmp_path: Path, shelf: Shelf) -> None:
    async with web_room(tmp_path, simulators=shelf) as room:
        for body in (
            {"fault": "mute", "for": "5s"},
            {"fault": "mute", "value": 3},
            {"fault": None},
            {"set": {"on": False}},
        ):
            status, shown = await room.ask("POST", "/sim/a", None, json=body)
            assert (status, shown["protocol"]) == (200, "tcp")
    assert shelf.done == [
        ("fault", "a", "mute", True, 5.0),
        ("fault", "a", "mute", 3, None),
        ("clear", "a"),
        ("set", "a", {"on": False}),
    ]


@pytest.mark.parametrize(
    "body,status,code",
    [
        ({"fault": "explode"}, 422, "unknown_fault"),
        ({"fault": "mute", "for": "soon"}, 422, "unknown_fault"),
        ({"fault": "mute", "for": 5}, 422, "unknown_fault"),
        ({"set": {"colour": 1}}, 422, "unknown_fault"),
        ({"set": 5}, 422, "unknown_fault"),
        ({"set": "on"}, 422, "unknown_fault"),
        ({"set": {"on": False}, "fault": "mute"}, 400, "bad_request"),
        ({"fault": "mute", "more": 1}, 400, "bad_request"),
        ({"for": "5s"}, 400, "bad_request"),
        ({}, 400, "bad_request"),
    ],
)
async def test_what_is_refused_changes_nothing(
    tmp_path: Path, shelf: Shelf, body: dict[str, Any], status: int, code: str
) -> None:
    async with web_room(tmp_path, simulators=shelf) as room:
        answer = await room.ask("POST", "/sim/a", None, json=body)
        assert (answer[0], answer[1]["code"]) == (status, code)
    assert shelf.done == []


async def test_a_simulator_that_is_not_there_cannot_be_broken(tmp_path: Path, shelf: Shelf) -> None:
    async with web_room(tmp_path, simulators=shelf) as room:
        status, body = await room.ask("POST", "/sim/b", None, json={"fault": "mute"})
        assert (status, body["code"]) == (404, "unknown_device")


async def test_a_page_for_people_with_its_style_and_buttons(tmp_path: Path, shelf: Shelf) -> None:
    async with web_room(tmp_path, simulators=shelf) as room:
        status, text = await room.ask("GET", "/sim", None, headers={"Accept": "text/html"})
        assert status == 200
        assert 'value="mute"' in text
        assert "灯" in text
        assert (await room.ask("GET", "/sim.css", None))[1].strip().startswith(":root")
        for pressed, status in (("mute", 303), ("", 303), ("explode", 422)):
            answer = await room.ask(
                "POST",
                "/sim/a",
                None,
                data=f"fault={pressed}".encode(),
                headers=FORM,
                allow_redirects=False,
            )
            assert answer[0] == status
    assert shelf.done == [("fault", "a", "mute", True, None), ("clear", "a")]


async def test_over_the_network_only_an_admin_breaks_things(tmp_path: Path, shelf: Shelf) -> None:
    async with web_room(tmp_path, simulators=shelf, lan=True) as room:
        for role, status in ((None, 401), ("presenter", 403), ("admin", 200)):
            assert (await room.ask("GET", "/sim", role))[0] == status
            assert (await room.ask("GET", "/sim/a", role))[0] == status
            answer = await room.ask("POST", "/sim/a", role, json={"fault": None})
            assert answer[0] == status
    assert shelf.done == [("clear", "a")]


async def test_a_foreign_page_breaks_nothing(tmp_path: Path, shelf: Shelf) -> None:
    async with web_room(tmp_path, simulators=shelf) as room:
        headers = {"Origin": "http://evil.example"}
        status, _ = await room.ask("POST", "/sim/a", None, json={"fault": "mute"}, headers=headers)
        assert status == 403
    assert shelf.done == []


async def test_without_a_demo_there_is_nothing_to_break(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        assert (await room.ask("GET", "/sim/a"))[0] == 404
        assert (await room.ask("POST", "/sim/a", json={"fault": "mute"}))[0] in (404, 405)
