"""Scenes and latches from the command line, against a real daemon."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.small_room import ROOM, small_room

SCENES = """
rules:
  - {id: busy, deny: {device: matrix.main, command: route}, unless: {matrix.main.out.1.input: [1, 2]},
     say: {zh: 输出一被占用, en: Output one is in use}}
scenes:
  two: {name: {zh: 二, en: Two}, steps: [{device: matrix.main, command: route, args: {in: 2, out: 1}}]}
  light: {name: {zh: 灯, en: Light}, steps: [{device: lights.cove, command: "on"}]}
"""


async def test_a_scene_tells_each_step_and_what_would_be_refused(tmp_path: Path) -> None:
    async with small_room(tmp_path, ROOM + SCENES.replace('"on"', "on")) as room:
        await room.online("matrix.main", "lights.cove")
        told = await room.cli("scene", "light")
        assert told.code == 0
        assert "lights.cove" in told.stdout
        assert told.stdout.endswith("ok\n")
        ahead = json.loads((await room.cli("scene", "two", "--dry-run", "--json")).stdout)
        assert ahead["steps"][0]["device"] == "matrix.main"
        refused = await room.cli("scene", "nothing")
        assert refused.code == 1
        assert "no scene nothing" in refused.stderr
        reset = await room.cli("reset", "busy")
        assert (reset.code, "no rule busy" in reset.stderr) == (1, True)
