"""Scenes and latches over HTTP and WebSocket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from roomd.config.models.rules import Rule
from roomd.config.models.scenes import Scene
from roomd.control.interlocks import compiled
from roomd.control.latches import Latches
from roomd.control.safety import Safety
from roomd.control.satisfy import Plans
from roomd.control.scenes import Scenes
from roomd.web.room_shape import RoomShape
from tests.support.web_room import WebRoom, web_room

NAME = {"zh": "场景", "en": "Scene"}
SCENES: dict[str, Any] = {
    "bright": {"name": NAME, "steps": [{"set": {"a": {"level": 70}}}], "confirm": True},
    "slow": {"name": NAME, "group": "g", "steps": [{"delay": "50s"}]},
    "late": {"name": NAME, "steps": [{"device": "a", "command": "set", "args": {"level": 1}}]},
}
RULES: list[dict[str, Any]] = [
    {
        "id": "dark",
        "deny": {"device": "a", "command": "set", "origin": ["cli", "scene"]},
        "unless": {"a.level": {"below": 90}},
        "satisfy": {"a": "step"},
        "say": NAME,
    },
    {"id": "alarm", "latch": {"a.level": 100}, "deny": {"kind": ["lift"]}, "say": NAME},
]


@asynccontextmanager
async def scene_web(folder: Path) -> AsyncIterator[tuple[WebRoom, Safety]]:
    """Serve a lamp `a` and a lift `b` with scenes and rules."""
    async with web_room(folder) as web:
        room = web.room
        safety = Safety(room.store, room.dispatch, Latches(None, lambda: 1.0))
        safety.use(tuple(compiled(Rule.model_validate(r, strict=False), {}) for r in RULES))
        scenes = Scenes(room.clock, room.store, room.dispatch, safety)
        entries = {
            n: Scene.model_validate_json(json.dumps(s), strict=True) for n, s in SCENES.items()
        }
        scenes.use(entries)
        web.services.scenes, web.services.why, web.services.reset = scenes, safety.why, safety.reset
        web.services.satisfy = Plans(room.clock, room.store, room.dispatch, safety).run
        scenes.told.append(
            lambda run: web.services.feed.broadcast({"type": "run", **run.as_json()})
        )
        yield web, safety


async def test_the_room_names_its_scenes(tmp_path: Path) -> None:
    async with scene_web(tmp_path) as (room, _):
        _, body = await room.ask("GET", "room")
        shown = RoomShape.model_validate(body).scenes
        assert [(s.id, s.group, s.confirm, s.run) for s in shown] == [
            ("bright", None, True, None),
            ("slow", "g", False, None),
            ("late", None, False, None),
        ]


async def test_a_run_is_answered_when_it_has_ended_or_at_once(tmp_path: Path) -> None:
    async with scene_web(tmp_path) as (room, _):
        status, body = await room.ask("POST", "scenes/bright/run", "presenter", json={})
        assert (status, body["result"], body["steps"][0]["outcome"]) == (200, "ok", "confirmed")
        headers = {"Prefer": "respond-async"}
        status, body = await room.ask(
            "POST", "scenes/slow/run", "presenter", json={}, headers=headers
        )
        assert (status, body["state"], body["total"]) == (202, "running", 0)
        _, shown = await room.ask("GET", "room")
        assert [s["run"] for s in shown["scenes"]] == [None, body["run"], None]
        status, ended = await room.ask("POST", f"runs/{body['run']}/cancel", "presenter")
        assert (status, ended["result"]) == (200, "cancelled")
        status, found = await room.ask("GET", "runs", "presenter")
        assert [r["scene"] for r in found["runs"]] == ["bright", "slow"]


async def test_what_would_be_refused_is_a_409_that_names_the_step(tmp_path: Path) -> None:
    async with scene_web(tmp_path) as (room, _):
        await room.ask("POST", "devices/a/set", "presenter", json={"level": 95})
        status, body = await room.ask("POST", "scenes/late/dry-run", "presenter", json={})
        assert (status, body["steps"][0]["verdict"]) == (200, "will_be_refused")
        status, body = await room.ask("POST", "scenes/late/run", "presenter", json={})
        assert (status, body["code"], body["params"]["step"]) == (409, "preflight", "1")
        status, body = await room.ask("POST", "scenes/late/run", "presenter", json={"force": True})
        assert (status, body["result"]) == (200, "partial")
        status, again = await room.ask("POST", f"runs/{body['run']}/retry", "presenter")
        assert (status, again["code"]) == (409, "preflight")
        status, _ = await room.ask("POST", "scenes/late/run", "presenter", json={"force": 1})
        assert status == 400


async def test_undo_learn_and_what_is_not_there(tmp_path: Path) -> None:
    async with scene_web(tmp_path) as (room, _):
        await room.ask("POST", "devices/a/set", "presenter", json={"level": 20})
        _, body = await room.ask("POST", "scenes/bright/run", "presenter", json={})
        status, back = await room.ask("POST", f"runs/{body['run']}/undo", "presenter")
        assert (status, back["result"]) == (200, "ok")
        assert room.texts("l1")[-1] == "a level 20"
        status, learnt = await room.ask("POST", "scenes/learn", "admin", json={})
        assert (status, learnt["left_out"]) == (200, ["lift"])
        for path in (
            "scenes/nothing/run",
            "scenes/nothing/dry-run",
            "runs/r0/cancel",
            "runs/r0/undo",
        ):
            status, _ = await room.ask("POST", path, "presenter", json={})
            assert status == 404, path


async def test_a_latch_is_reset_by_an_admin_once_its_input_is_normal(tmp_path: Path) -> None:
    async with scene_web(tmp_path) as (room, safety):
        room.room.lines["l1"].feed("a is 100")
        assert safety.latches.is_down("alarm")
        status, body = await room.ask("POST", "rules/alarm/reset", "admin")
        assert (status, body["code"]) == (409, "latch_input")
        room.room.lines["l1"].feed("a is 5")
        assert (await room.ask("POST", "rules/alarm/reset", "presenter"))[0] == 403
        assert await room.ask("POST", "rules/alarm/reset", "admin") == (
            200,
            {"rule": "alarm", "latched": False},
        )
        assert (await room.ask("POST", "rules/nothing/reset", "admin"))[0] == 404


async def test_over_the_socket_every_panel_sees_the_steps_and_one_gets_the_outcome(
    tmp_path: Path,
) -> None:
    async with (
        scene_web(tmp_path) as (room, _),
        room.socket() as one,
        room.socket("display") as other,
    ):
        for socket in (one, other):
            await socket.say(type="hello")
            await socket.next("snapshot")
        await one.say(type="scene", id="s1", scene="bright")
        assert (await one.next("outcome", id="s1"))["outcome"] == "confirmed"
        run = await other.next("run", state="ended")
        assert (run["result"], run["done"], run["total"]) == ("ok", 1, 1)
        await one.say(type="command", id="c1", device="a", command="set", args={"level": 95})
        await one.next("outcome", id="c1")
        await one.say(type="scene", id="s2", scene="late", dry_run=True)
        ahead = await one.next("outcome", id="s2")
        assert ahead["params"]["steps"][0]["verdict"] == "will_be_refused"
        await one.say(type="scene", id="s3", scene="late")
        assert (await one.next("outcome", id="s3"))["code"] == "preflight"
        await one.say(type="scene", id="s4", scene="nothing")
        assert (await one.next("outcome", id="s4"))["code"] == "unknown_scene"
        await one.say(type="scene", id="s5", scene="late", force=True)
        assert (await one.next("outcome", id="s5"))["code"] == "scene_partial"
