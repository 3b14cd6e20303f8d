from __future__ import annotations

import pytest

from drivers.declarative.model import MotionPart
from drivers.declarative.motion import motion_points, motion_spec
from tests.drivers.declarative.stage import shipped


def test_options_give_the_travel() -> None:
    part = shipped("lift_ff5").definition.motion
    assert part is not None
    spec = motion_spec(part, "lift", {"travel_up": 17.0, "travel_down": 15.0})
    assert (spec.up.travel, spec.down.travel, spec.reverse_pause, spec.max_run) == (17, 15, 1, 25)
    assert (spec.duty_run, spec.duty_per, spec.run, spec.stop_on_start) == (120, 1200, "hold", True)
    with pytest.raises(ValueError, match="no time"):
        motion_spec(part, "lift", {"travel_up": "x", "travel_down": 1.0})


def test_defaults_by_kind() -> None:
    part = MotionPart.model_validate(
        {"up": {"command": "u", "travel": "2s"}, "down": {"command": "d", "travel": "2s"}}
    )
    assert [motion_spec(part, kind, {}).run for kind in ("lift", "screen", "curtain")] == [
        "hold",
        "tap",
        "tap",
    ]
    assert motion_spec(part, "lift", {}).reverse_pause == 0.5
    assert {p.name for p in motion_points("curtain")} == {"moving", "position", "end", "homed"}
