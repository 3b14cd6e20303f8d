from __future__ import annotations

from drivers.declarative.points import point_specs
from tests.drivers.declarative.stage import HEAD, made, shipped


def test_wildcards_are_written_out_by_the_command_that_sets_them() -> None:
    names = [
        p.name for p in point_specs(shipped("matrix_sis").definition, {"inputs": 4, "outputs": 2})
    ]
    assert names == ["out.1.input", "out.2.input"]


def test_a_count_short_forms_and_polls() -> None:
    plan = made(
        HEAD
        + """state: {"ch.*.state": {type: bool, count: 2}, power: bool, mode: [a, b],
  level: {unit: "%", range: [0, 100]}, "x.*.y": bool, note: {via: [z]}}
poll: {every: 5s, text: "?", set: {power: true}}
"""
    )
    found = {p.name: p for p in point_specs(plan.definition, {})}
    assert list(found) == ["ch.1.state", "ch.2.state", "power", "mode", "level", "note"]
    assert (
        found["power"].period,
        found["mode"].values,
        found["level"].type,
        found["note"].type,
    ) == (5.0, ("a", "b"), "number", "string")
