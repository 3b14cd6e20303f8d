"""A sensor that knows better raises what is assumed, or puts it in doubt; nothing is sent because of it."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.points import PointSpec, PointValue, Quality, Report
from roomd.control.verify import Check, SecondOpinions, is_on
from roomd.state.store import Store

AC = "ac.power"
CURRENT = Check("sensor.current", above=0.3, within=90.0)


class Room:
    """An air conditioner that says nothing, and the sensor on its cable."""

    def __init__(self, check: Check = CURRENT) -> None:
        self.clock = VirtualClock()
        self.store = Store(self.clock)
        self.store.declare("ac", (PointSpec("power", "bool"), PointSpec("mode", "enum")))
        self.store.declare("sensor", (PointSpec("current", "number"),))
        self.opinions = SecondOpinions(self.clock, self.store)
        self.opinions.use({AC: check})

    def assume(self, value: PointValue, quality: Quality = Quality.ASSUMED) -> None:
        self.store.report(Report("ac", "power", value, quality))

    def measure(self, value: PointValue, quality: Quality = Quality.OBSERVED) -> None:
        self.store.report(Report("sensor", "current", value, quality))

    @property
    def quality(self) -> str:
        return str(self.store.snapshot()[AC]["quality"])


async def test_agreement_raises_what_is_assumed() -> None:
    room = Room()
    room.assume(True)
    assert room.quality == "assumed"
    room.measure(2.1)
    assert room.quality == "observed"
    room.assume(False)
    assert room.quality == "assumed"
    room.measure(0.0)
    assert room.quality == "observed"


async def test_contradiction_makes_it_suspect_when_it_has_lasted() -> None:
    room = Room()
    room.measure(0.0)
    room.assume(True)
    await room.clock.advance(89)
    assert room.quality == "assumed"
    await room.clock.advance(2)
    assert room.quality == "suspect"
    room.measure(0.1)
    await room.clock.advance(200)
    assert room.quality == "suspect"
    room.measure(2.0)
    assert room.quality == "observed"


async def test_a_source_that_follows_in_time_leaves_no_doubt() -> None:
    room = Room()
    room.measure(0.0)
    room.assume(True)
    await room.clock.advance(60)
    room.measure(1.0)
    await room.clock.advance(60)
    assert room.quality == "observed"


async def test_a_newer_wish_has_its_own_time() -> None:
    room = Room()
    room.measure(0.0)
    room.assume(True)
    await room.clock.advance(60)
    room.assume(False)
    assert room.quality == "observed"
    room.assume(True)
    await room.clock.advance(60)
    assert room.quality == "assumed"
    await room.clock.advance(31)
    assert room.quality == "suspect"


async def test_assuming_the_same_again_does_not_begin_anew() -> None:
    room = Room()
    room.measure(0.0)
    room.assume(True)
    await room.clock.advance(60)
    room.assume(True)
    await room.clock.advance(31)
    assert room.quality == "suspect"
    room.assume(True)
    assert room.quality == "suspect"


@pytest.mark.parametrize("quality", [Quality.STALE, Quality.UNKNOWN, Quality.ASSUMED])
async def test_a_source_that_knows_nothing_says_nothing(quality: Quality) -> None:
    room = Room()
    room.measure(2.0)
    room.assume(True)
    assert room.quality == "observed"
    room.measure(2.0, quality)
    assert room.quality == "assumed"
    await room.clock.advance(200)
    assert room.quality == "assumed"


async def test_what_the_device_itself_says_is_never_judged() -> None:
    room = Room()
    room.measure(0.0)
    room.assume(True, Quality.CONFIRMED)
    await room.clock.advance(200)
    assert room.quality == "confirmed"


async def test_checks_that_are_gone_leave_no_opinion() -> None:
    room = Room()
    room.measure(2.0)
    room.assume(True)
    room.opinions.use({AC: Check("sensor.current", above=5.0)})
    assert room.quality == "assumed"
    room.opinions.use({})
    await room.clock.advance(200)
    assert room.quality == "assumed"
    room.measure(9.0)
    assert room.quality == "assumed"


async def test_points_that_do_not_exist_are_waited_for() -> None:
    room = Room(Check("nobody.value", above=1.0))
    room.opinions.use({"ac.nothing": CURRENT, AC: Check("nobody.value", above=1.0)})
    room.measure(2.0)
    room.assume(True)
    assert room.quality == "assumed"


@pytest.mark.parametrize(
    "check,value,says",
    [
        (Check("s", above=0.3), 0.3, False),
        (Check("s", above=0.3), 0.31, True),
        (Check("s", below=10), 9, True),
        (Check("s", below=10), 10, False),
        (Check("s", above=1, below=3), 2, True),
        (Check("s", above=0.3), True, False),
        (Check("s", above=0.3), "5", False),
        (Check("s", equals=True), True, True),
        (Check("s", equals=True), 1, False),
        (Check("s", equals=1), True, False),
        (Check("s", equals="open"), "open", True),
    ],
)
def test_what_a_source_says(check: Check, value: Any, says: bool) -> None:
    assert check.says(value) is says


@pytest.mark.parametrize(
    "value,on",
    [
        (True, True),
        (False, False),
        (0, False),
        (3.5, True),
        ("on", True),
        ("off", False),
        (None, False),
    ],
)
def test_what_is_on(value: PointValue, on: bool) -> None:
    assert is_on(value) is on
