"""Scenes of a room file against its devices."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.config.load import load
from roomd.config.models.scenes import depth, walk
from roomd.config.room import LoadResult
from tests.roomd.config.test_rule_checks import ROOM
from tests.support.rooms import HEAD

NAME = "name: {zh: 开始, en: Start}"


def scenes(folder: Path, text: str) -> LoadResult:
    (folder / "room.yaml").write_text(HEAD + ROOM + text, "utf-8")
    return load(folder / "room.yaml")


def one(folder: Path, *steps: str) -> LoadResult:
    lines = "".join(f"      - {step}\n" for step in steps)
    return scenes(folder, f"scenes:\n  start:\n    {NAME}\n    steps:\n{lines}")


def test_a_whole_scene_is_taken(tmp_path: Path) -> None:
    result = scenes(
        tmp_path,
        f"""scenes:
  start:
    {NAME}
    mode: restart
    group: power
    steps:
      - set: {{lights.table: {{level: 60}}}}
      - seq:
          - {{id: lift, device: lift.main, command: up, on_fail: abort}}
          - {{wait: {{lift.main.end: top}}, quality: [confirmed, observed, assumed], timeout: 40s}}
          - {{device: projector.main, command: power_on}}
          - {{device: projector.main, command: input, args: {{input: digital1}}, critical: true}}
      - {{device: lights.table, command: on, after: [lift]}}
      - if: {{projector.main.power: on}}
        then: [{{delay: 2s}}]
        else: [{{scene: end}}]
    undo: [{{set: {{lights.table: {{level: 20}}}}}}]
  end: {{{NAME}, steps: [{{device: motors, command: stop}}]}}
""",
    )
    assert result.problems == ()
    assert result.room is not None
    start = result.room.file.scenes["start"]
    assert (len(walk(start.steps)), depth(start.steps)) == (10, 2)
    assert [s.form for s in start.steps] == ["set", "seq", "command", "if"]


@pytest.mark.parametrize(
    "step, code",
    [
        ("{set: {lights.tabel: {level: 5}}}", "unknown_device"),
        ("{set: {lights.table: {brightness: 5}}}", "cannot_set"),
        ("{set: {lights.table: {level: 500}}}", "invalid_value"),
        ("{device: lift.main, command: fly}", "unknown_command"),
        ("{device: lights.table, command: set, args: {level: 101}}", "invalid_value"),
        ("{device: lights.table, command: set, args: {lvl: 1}}", "unknown_argument"),
        ("{device: lift.main}", "step_form"),
        ("{delay: 1s, scene: start}", "step_form"),
        ("{device: lift.main, delay: 1s}", "step_command"),
        ("{wait: {lift.main.end: top}}", "step_wait"),
        ("{wait: {lift.main.end: upstairs}, timeout: 5s}", "not_one_of"),
        ("{wait: {lift.main.ende: top}, timeout: 5s}", "unknown_point"),
        ("{delay: 1s, then: [{delay: 1s}]}", "step_if"),
        ("{scene: nothing}", "unknown_scene"),
        ("{scene: start}", "scene_circle"),
        ("{delay: 1s, after: [nobody]}", "unknown_step"),
        ("{id: a, delay: 1s, after: [a]}", "step_circle"),
        ("{delay: 2}", "needs_unit"),
        ("{delay: 1s, stepp: 1}", "unknown_key"),
        ("{delay: 1s, retries: 9}", "value_too_high"),
    ],
)
def test_what_is_no_step(tmp_path: Path, step: str, code: str) -> None:
    result = one(tmp_path, step)
    assert code in [p.code for p in result.errors]
    assert result.room is None
    assert all(p.dotted.startswith("scenes.start") for p in result.errors)


def test_ids_and_order(tmp_path: Path) -> None:
    codes = [p.code for p in one(tmp_path, "{id: a, delay: 1s}", "{id: a, delay: 1s}").errors]
    assert codes == ["step_twice"]
    circle = one(tmp_path, "{id: a, delay: 1s, after: [b]}", "{id: b, delay: 1s, after: [a]}")
    assert [p.code for p in circle.errors] == ["step_circle"]
    inner = one(tmp_path, "{id: a, seq: [{delay: 1s, after: [a]}]}")
    assert [p.code for p in inner.errors] == ["step_circle"]


def test_limits(tmp_path: Path) -> None:
    nested = "{delay: 1s}"
    for _ in range(8):
        nested = f"{{seq: [{nested}]}}"
    assert "too_deep" in [p.code for p in one(tmp_path, nested).errors]
    many = ", ".join(["{delay: 1s}"] * 120)
    assert [p.code for p in one(tmp_path, f"{{seq: [{many}]}}", f"{{seq: [{many}]}}").errors] == [
        "too_many_steps"
    ]
