"""One point's state."""

from __future__ import annotations

import math

import pytest

from drivers.points import PointSpec, Quality
from roomd.state.points import PointState

LEVEL = PointSpec("level", "number", unit="%", minimum=0, maximum=100, resolution=1)
POWER = PointSpec("power", "enum", via=("warming", "cooling"))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1, 101, 10**400])
def test_what_cannot_be_is_not_acceptable(value: float) -> None:
    assert not PointState(LEVEL).acceptable(value)


@pytest.mark.parametrize("value", [0, 100, 55.5, None, True, "text"])
def test_everything_else_is(value: float | str | None) -> None:
    assert PointState(LEVEL).acceptable(value)


def test_a_wish_is_reached_within_the_declared_resolution() -> None:
    state = PointState(LEVEL)
    assert state.same(59, 60)
    assert not state.same(58, 60)
    assert not state.same(1, True)
    assert state.same("a", "a")


def test_values_between_report_and_wish_are_on_the_way() -> None:
    state = PointState(LEVEL, value=40, before=10, desired=60)
    assert state.on_the_way(30)
    assert not state.on_the_way(70)
    assert not PointState(LEVEL, before=None, desired=60).on_the_way(30)
    assert not PointState(LEVEL, before=True, desired=60).on_the_way(30)
    power = PointState(POWER, before="off", desired="on")
    assert power.on_the_way("warming")
    assert not power.on_the_way("cooling down")


def test_an_integer_that_readers_of_json_would_round_is_not_acceptable() -> None:
    assert PointState(PointSpec("n", "int")).acceptable(2**53 - 1)
    assert not PointState(PointSpec("n", "int")).acceptable(-(2**53))
    assert PointState(PointSpec("n", "number")).acceptable(1e300)


def test_json_shows_the_wish_only_while_there_is_one() -> None:
    state = PointState(LEVEL, value=10, quality=Quality.CONFIRMED, ts=5.0)
    assert state.as_json() == {"value": 10, "quality": "confirmed", "ts": 5.0, "unit": "%"}
    state.pending, state.desired, state.by = True, 60, "c1"
    assert state.as_json() == {
        "value": 10,
        "quality": "pending",
        "ts": 5.0,
        "unit": "%",
        "desired": 60,
        "was": "confirmed",
        "by": "c1",
    }
