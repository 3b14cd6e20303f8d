"""For those who look after the room: health, configuration, discovery, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from roomd.web.answers import DevicesBody
from tests.support.web_room import FakeConfig, web_room


async def test_each_device_is_told_with_the_banners(tmp_path: Path) -> None:
    warnings = [{"code": "broker_missing", "params": {}}]
    async with web_room(tmp_path, warnings=warnings) as room:
        status, body = await room.ask("GET", "devices")
        shown = DevicesBody.model_validate(body)
        assert status == 200
        assert [(d.id, d.state) for d in shown.devices] == [("a", "online"), ("lift", "online")]
        assert shown.warnings == warnings


async def test_the_configuration_is_shown_checked_reloaded_and_taken_back(tmp_path: Path) -> None:
    config = FakeConfig()
    async with web_room(tmp_path, config=config) as room:
        assert (await room.ask("GET", "config"))[1]["file"] == "room.yaml"
        assert (await room.ask("POST", "config/check", json={"text": "abc"}))[1]["length"] == 3
        assert (await room.ask("POST", "config/reload"))[1] == {"applied": True}
        for body in ({}, {"steps": 9}):
            assert (await room.ask("POST", "config/rollback", json=body))[0] == 200
    assert config.steps == [1, 9]


@pytest.mark.parametrize("steps", [0, 10, -1, True, "2", 1.5, None])
async def test_how_far_back_is_checked(tmp_path: Path, steps: Any) -> None:
    config = FakeConfig()
    async with web_room(tmp_path, config=config) as room:
        status, body = await room.ask("POST", "config/rollback", json={"steps": steps})
        assert (status, body["code"]) == (422, "invalid_value")
    assert config.steps == []


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"text": None}])
async def test_what_is_no_text_is_not_checked(tmp_path: Path, body: dict[str, Any]) -> None:
    async with web_room(tmp_path) as room:
        status, answer = await room.ask("POST", "config/check", json=body)
        assert (status, answer["code"]) == (400, "bad_request")


async def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with web_room(tmp_path, config=None) as room:
        for method, path in (
            ("GET", "config"),
            ("POST", "config/reload"),
            ("GET", "discover"),
            ("GET", "doctor"),
        ):
            status, body = await room.ask(method, path)
            assert (status, body["code"]) == (404, "not_found"), path


async def test_discovery_and_doctor_answer(tmp_path: Path) -> None:
    async def found() -> list[dict[str, Any]]:
        return [{"what": "here"}]

    async with web_room(tmp_path, discover=found, doctor=found) as room:
        assert await room.ask("GET", "discover") == (200, {"found": [{"what": "here"}]})
        assert await room.ask("GET", "doctor") == (200, {"checks": [{"what": "here"}]})
