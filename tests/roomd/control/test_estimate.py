"""Where a silent motor stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.motion import MotionSpec, Stroke
from roomd.control.estimate import Estimate

SPEC = MotionSpec(up=Stroke("up", 10.0), down=Stroke("down", 8.0))


def test_unknown_until_a_full_run_with_overrun() -> None:
    estimate = Estimate(SPEC)
    assert not estimate.homed
    assert estimate.full_run("up") == 12.0
    estimate.stop("up", 5.0)
    assert not estimate.homed
    assert estimate.full_run("up") == 7.0
    estimate.stop("up", 7.0)
    assert estimate.height == 100.0


def test_turning_round_before_an_end_begins_anew() -> None:
    estimate = Estimate(SPEC)
    estimate.stop("up", 5.0)
    assert estimate.full_run("down") == 10.0


def test_after_homing_the_height_follows_the_time() -> None:
    estimate = Estimate(SPEC)
    estimate.reach("up")
    estimate.stop("down", 4.0)
    assert estimate.height == pytest.approx(50.0)
    way = estimate.seconds_to(75.0)
    assert way is not None
    assert way[0] == "up"
    assert way[1] == pytest.approx(2.5)
    assert estimate.seconds_to(50.2) is None


def test_each_partial_run_adds_uncertainty_until_goto_is_refused() -> None:
    estimate = Estimate(SPEC)
    estimate.reach("down")
    precise: list[bool] = []
    for seconds in (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 12.0):
        estimate.stop("up", seconds)
        precise.append(estimate.precise)
    assert precise == [True, True, True, True, True, False, True]


@given(st.lists(st.tuples(st.sampled_from(["up", "down"]), st.floats(0, 20)), max_size=20))
def test_the_height_stays_between_the_ends(runs: list[tuple[str, float]]) -> None:
    estimate = Estimate(SPEC)
    for direction, seconds in runs:
        estimate.stop("up" if direction == "up" else "down", seconds)
        assert estimate.height is None or 0 <= estimate.height <= 100
