"""How a motor moves, as data: strokes and the hard limit of one run."""

from __future__ import annotations

import pytest

from drivers.motion import MotionSpec, Stroke

UP, DOWN = Stroke("up", 18.0), Stroke("down", 16.0, overrun=4.0)


def test_a_stroke_is_found_by_its_command() -> None:
    spec = MotionSpec(UP, DOWN)
    assert spec.stroke("up") is UP
    assert spec.stroke("down") is DOWN
    assert spec.stroke("stop") is None


@pytest.mark.parametrize(
    "spec, limit",
    [
        (MotionSpec(UP, DOWN), 23.0),
        (MotionSpec(UP, Stroke("down", 90.0)), 60.0),
        (MotionSpec(UP, DOWN, max_run=25.0), 25.0),
        (MotionSpec(UP, DOWN, max_run=90.0), 90.0),
    ],
    ids=["longest stroke with its overrun", "at most a minute", "as said", "as said, longer"],
)
def test_the_limit_of_one_run(spec: MotionSpec, limit: float) -> None:
    assert spec.limit == limit


def test_what_holds_unless_it_is_said() -> None:
    spec = MotionSpec(UP, DOWN)
    assert (spec.reverse_pause, spec.run, spec.stop_on_start) == (0.5, "hold", True)
    assert UP.overrun == 2.0
