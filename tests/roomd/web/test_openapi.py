"""The interface page: what is answered is what it describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from roomd.web.bodies import REQUESTS, RESPONSES, components
from roomd.web.openapi import describe
from roomd.web.server import ROUTES
from tests.support.web_room import TOKENS, web_room

ROOT = Path(__file__).parents[3]
PAGE: dict[str, Any] = json.loads((ROOT / "docs/openapi.json").read_text("utf-8"))


def check(method: str, path: str, status: int, body: Any) -> None:
    """Refuse a body that the page does not describe."""
    answers = PAGE["paths"][path][method.lower()]["responses"]
    answer = answers.get(str(status)) or answers["default"]
    (media,) = answer["content"].values()
    schema = {**media["schema"], "components": PAGE["components"]}
    Draft202012Validator(schema).validate(body)


def test_the_page_in_the_docs_is_the_one_that_is_served() -> None:
    assert json.loads(json.dumps(describe())) == PAGE


def test_every_route_is_on_the_page_and_nothing_else() -> None:
    described = {(m.upper(), p) for p, methods in PAGE["paths"].items() for m in methods}
    assert described == {(method, path) for method, path, _, _ in ROUTES}


def test_what_models_describe_exists() -> None:
    routes = {(method, path) for method, path, _, _ in ROUTES}
    assert RESPONSES.keys() | REQUESTS.keys() <= routes
    for schema in components().values():
        Draft202012Validator.check_schema(schema)


CALLS: list[tuple[str, str, str | None, Any]] = [
    ("GET", "room", "presenter", None),
    ("GET", "state", "presenter", None),
    ("POST", "devices/a/set", "presenter", {"level": 5}),
    ("POST", "devices/a/set", "presenter", {"level": 500}),
    ("POST", "devices/a/set", None, {"level": 5}),
    ("POST", "devices/lift/up", "presenter", {}),
    ("POST", "devices/nobody/set", "presenter", {}),
    ("POST", "devices/lift/stop", "reader", {"anything": 1}),
    ("POST", "devices/lift/stop", None, None),
    ("POST", "devices/a/stop", "display", None),
    ("POST", "devices/a/probe", "admin", {}),
    ("POST", "devices/a/reconnect", "presenter", {}),
    ("GET", "why/a/set", "presenter", None),
    ("GET", "why/lift/up", "presenter", None),
    ("GET", "why/nobody/set", "presenter", None),
    ("POST", "stop", None, None),
    ("GET", "session", "display", None),
    ("GET", "session", None, None),
    ("POST", "session", None, {"token": TOKENS["admin"]}),
    ("POST", "session", None, {"token": "wrong"}),
    ("POST", "session", None, {"tokens": "wrong"}),
    ("GET", "devices", "admin", None),
    ("GET", "devices", "presenter", None),
    ("GET", "config", "admin", None),
    ("POST", "config/check", "admin", {"text": "a: 1"}),
    ("POST", "config/check", "admin", {"text": 1}),
    ("POST", "config/reload", "admin", None),
    ("POST", "config/rollback", "admin", {"steps": 2}),
    ("POST", "config/rollback", "admin", {"steps": 99}),
    ("GET", "discover", "admin", None),
    ("GET", "doctor", "admin", None),
    ("GET", "openapi.json", None, None),
]


def described(path: str) -> str:
    parts = path.split("/")
    if parts[0] in ("devices", "why") and len(parts) == 3:
        parts[1:] = ["{device}", "stop" if parts[2] == "stop" else "{command}"]
    return "/api/v1/" + "/".join(parts)


async def found() -> list[dict[str, Any]]:
    return [{"how": "serial"}]


async def test_what_is_answered_is_what_the_page_describes(tmp_path: Path) -> None:
    async with web_room(tmp_path, discover=found, doctor=found) as room:
        for method, path, role, body in CALLS:
            status, answer = await room.ask(method, path, role, json=body)
            check(method, described(path), status, answer)
            room.session.cookie_jar.clear()


async def test_it_is_served_to_everybody(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        assert await room.ask("GET", "openapi.json", None) == (200, PAGE)


def test_a_body_of_another_shape_is_seen() -> None:
    with pytest.raises(Exception, match="required"):
        check("GET", "/api/v1/state", 200, {"seq": 1})
