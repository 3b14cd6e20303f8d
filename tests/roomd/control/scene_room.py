"""A room in memory with scenes: lamps `a` and `c`, lifts `b` (a finger) and `d` (a tap)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from drivers.commands import CommandSpec, renamed
from roomd.config.models.rules import Rule
from roomd.config.models.scenes import Scene
from roomd.control.interlocks import compiled
from roomd.control.latches import Latches
from roomd.control.room import Zone
from roomd.control.safety import Safety
from roomd.control.scene_run import Run
from roomd.control.scenes import Scenes
from tests.drivers.line import MOTION, Lift
from tests.support.lamp_room import ANNA, LIFT, LampRoom, device, lamp_room, plan, spec

SAY = {"zh": "不行", "en": "No"}
NAME = {"zh": "场景", "en": "Scene"}


class Screen(Lift):
    """Moves at a tap."""

    kind = "screen"
    motion_spec = replace(MOTION, run="tap")

    def command_specs(self) -> dict[str, CommandSpec]:
        specs = super().command_specs()
        return {n: renamed(s, run="tap") if s.run is not None else s for n, s in specs.items()}


TAP = replace(spec(Screen), kind="screen")


class SceneRoom:
    """See the module."""

    def __init__(self, room: LampRoom, safety: Safety) -> None:
        self.room = room
        self.safety = safety
        self.scenes = Scenes(room.clock, room.store, room.dispatch, safety)
        self.told: list[dict[str, Any]] = []
        self.scenes.told.append(lambda run: self.told.append(run.as_json()))

    def use(self, **scenes: Any) -> None:
        """Take scenes as a room file writes them: a list of steps, or the whole entry."""
        entries = {n: s if isinstance(s, dict) else {"steps": s} for n, s in scenes.items()}
        self.scenes.use(
            {
                n: Scene.model_validate_json(json.dumps({"name": NAME, **e}), strict=True)
                for n, e in entries.items()
            }
        )

    def rules(self, *rules: dict[str, Any]) -> None:
        self.safety.use(
            tuple(compiled(Rule.model_validate({"say": SAY, **r}, strict=False), {}) for r in rules)
        )

    async def pass_(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.1)):
            await self.room.clock.advance(0.1)

    async def run(self, scene: str, limit: float = 60.0, **options: Any) -> Run:
        """Run a scene to its end."""
        return await self.finish(self.scenes.start(scene, ANNA, **options), limit)

    async def finish(self, run: Run, limit: float = 60.0) -> Run:
        passed, step = 0.0, max(0.1, limit / 200)
        while run.state != "ended" and passed < limit:
            await self.room.clock.advance(step)
            passed += step
        assert run.state == "ended", f"run {run.id} does not end"
        await self.room.clock.advance(0)
        return run

    def sent(self, link: str) -> list[str]:
        """Return what left on a line, questions left out."""
        return [t for t in self.room.lines[link].texts() if not t.endswith("?")]


def outcomes(run: Run) -> list[tuple[str, str, str]]:
    return [(r.step, r.device, r.outcome) for r in run.results]


@asynccontextmanager
async def scene_room() -> AsyncIterator[SceneRoom]:
    devices = (
        device("a", "l1"),
        device("b", "l2", LIFT),
        device("c", "l3"),
        device("d", "l4", TAP),
    )
    zones = (Zone("lamps", NAME, ("a", "c")),)
    async with lamp_room(plan(*devices, zones=zones)) as room:
        for line in ("l1", "l3"):
            _remember(room, line)
        yield SceneRoom(room, Safety(room.store, room.dispatch, Latches(None, lambda: 1.0)))


def _remember(room: LampRoom, link: str) -> None:
    """Let a lamp answer questions with what it was set to."""
    level = ["5"]

    def answer(text: str) -> str | None:
        if text.endswith("?"):
            return f"{text[:-1]} is {level[0]}"
        if " level " in text:
            level[0] = text.rpartition(" ")[2]
            return f"{text} ok"
        return None

    room.lines[link].answer = answer
