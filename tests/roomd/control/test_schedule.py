"""What is due when; clocks that jump, restarts, reloads, holidays, summer time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import MutableMapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.clock import VirtualClock
from roomd.config.models.schedules import Schedule
from roomd.control.holidays import Holidays
from roomd.control.schedule import Schedules, applies, instant, next_due, plan_of

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
TUESDAY = dt.date(2026, 11, 24)


def entry(at: str = "08:30", **fields: Any) -> Schedule:
    return Schedule.model_validate_json(
        json.dumps({"at": at, "scene": "prepare", **fields}), strict=True
    )


class WallClock(VirtualClock):
    """A virtual clock whose wall time can be set, as people and NTP do."""

    def __init__(self, when: str) -> None:
        super().__init__(pause=0)
        self.offset = 0.0
        self.set(when)

    def wall(self) -> float:
        return super().wall() + self.offset

    def set(self, when: str) -> None:
        """Set the time of day on that Tuesday, or a whole date."""
        text = when if "T" in when else f"{TUESDAY}T{when}"
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp()
        self.offset += moment - self.wall()


class Desk:
    """Schedules that write down what they start."""

    def __init__(self, when: str, ran: MutableMapping[str, str] | None = None) -> None:
        self.clock = WallClock(when)
        self.started: list[str] = []
        self.ran: MutableMapping[str, str] = {} if ran is None else ran
        self.schedules = Schedules(self.clock, self._start, self.ran)

    def _start(self, scene: str) -> None:
        now = dt.datetime.fromtimestamp(self.clock.wall(), SHANGHAI)
        self.started.append(f"{scene} {now:%d %H:%M}")

    def use(self, *entries: Schedule, holidays: Holidays | None = None) -> None:
        self.schedules.use(plan_of(entries, SHANGHAI, holidays or {}))


async def test_it_runs_at_its_time_each_day() -> None:
    desk = Desk("08:00")
    desk.use(entry())
    await desk.clock.advance(1799)
    assert desk.started == []
    await desk.clock.advance(2)
    assert desk.started == ["prepare 24 08:30"]
    await desk.clock.advance(86_399)
    assert desk.started == ["prepare 24 08:30", "prepare 25 08:30"]


async def test_after_the_end_of_the_daemon_nothing_runs() -> None:
    desk = Desk("08:29")
    desk.use(entry())
    desk.schedules.close()
    desk.schedules.close()
    await desk.clock.advance(600)
    assert desk.started == []


async def test_a_clock_that_is_set_back_runs_nothing_twice() -> None:
    desk = Desk("08:29")
    desk.use(entry())
    await desk.clock.advance(120)
    desk.clock.set("08:20")
    await desk.clock.advance(3600)
    assert desk.started == ["prepare 24 08:30"]
    desk.clock.set("2026-11-25T08:29")
    await desk.clock.advance(120)
    desk.clock.set("08:29")
    await desk.clock.advance(120)
    assert desk.started == ["prepare 24 08:30", "prepare 25 08:30"]


async def test_a_clock_that_is_set_on_leaves_what_it_passed_over_unless_told() -> None:
    desk = Desk("08:00")
    desk.use(entry(), entry(scene="again", catch_up="run_once"))
    await desk.clock.advance(1)
    desk.clock.set("08:50")
    await desk.clock.advance(60)
    assert desk.started == ["again 24 08:50"]
    desk.clock.set("08:29")
    await desk.clock.advance(120)
    assert desk.started == ["again 24 08:50", "prepare 24 08:30"]


async def test_a_small_step_of_the_clock_is_no_jump() -> None:
    desk = Desk("08:29:50")
    desk.use(entry())
    desk.clock.set("08:30:10")
    await desk.clock.advance(30)
    assert desk.started == ["prepare 24 08:30"]


@pytest.mark.parametrize(
    "when, policy, expected",
    [
        ("08:45", {"catch_up": "run_once"}, ["prepare 24 08:45"]),
        ("09:05", {"catch_up": "run_once"}, []),
        ("09:05", {"catch_up": "run_once", "within": "1h"}, ["prepare 24 09:05"]),
        ("08:45", {}, []),
        ("08:30:20", {}, []),
    ],
)
async def test_after_a_start_only_what_is_to_be_caught_up_runs(
    when: str, policy: dict[str, str], expected: list[str]
) -> None:
    desk = Desk(when)
    desk.use(entry(**policy))
    await desk.clock.advance(7200)
    assert desk.started == expected


async def test_a_restart_runs_nothing_twice() -> None:
    desk = Desk("08:29")
    desk.use(entry(catch_up="run_once"))
    await desk.clock.advance(120)
    assert desk.started == ["prepare 24 08:30"]
    again = Desk("08:40", desk.ran)
    again.use(entry(catch_up="run_once"))
    await again.clock.advance(3600)
    assert again.started == []


async def test_a_reload_runs_nothing_and_loses_nothing() -> None:
    desk = Desk("08:45")
    desk.use(entry("09:00"))
    desk.use(entry("09:00"), entry("08:30", catch_up="run_once"))
    await desk.clock.advance(600)
    assert desk.started == []
    await desk.clock.advance(600)
    assert desk.started == ["prepare 24 09:00"]
    desk.use()
    assert desk.ran == {}
    desk.clock.set("2026-11-25T08:59")
    await desk.clock.advance(120)
    assert len(desk.started) == 1


def test_days_dates_and_holidays() -> None:
    saturday, holiday = dt.date(2026, 11, 28), dt.date(2026, 11, 25)
    dates: Holidays = {holiday: None, saturday: "mon"}
    assert applies(entry(days=["tue"]), TUESDAY, dates)
    assert not applies(entry(days=["mon"]), TUESDAY, dates)
    assert applies(entry(days=["mon"]), saturday, dates)
    assert not applies(entry(days=["sat"]), saturday, dates)
    assert applies(entry(holidays="skip"), saturday, dates)
    assert applies(entry(), holiday, dates)
    assert not applies(entry(holidays="skip"), holiday, dates)
    assert applies(entry(holidays="only"), holiday, dates)
    assert not applies(entry(holidays="only"), TUESDAY, dates)
    assert applies(entry(dates=["2026-11-24"]), TUESDAY, dates)
    assert not applies(entry(dates=["2026-11-24"]), holiday, dates)


def test_summer_time_makes_one_instant_of_each_time() -> None:
    spring, autumn = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
    left_out = instant(entry("02:30"), spring, BERLIN)
    assert dt.datetime.fromtimestamp(left_out, BERLIN).strftime("%H:%M") == "03:30"
    twice = dt.datetime.fromtimestamp(instant(entry("02:30"), autumn, BERLIN), BERLIN)
    assert (twice.fold, twice.strftime("%H:%M")) == (0, "02:30")


def test_the_next_one() -> None:
    noon = instant(entry("12:00"), TUESDAY, SHANGHAI)
    plan = plan_of([entry("08:30"), entry("20:00", days=["wed"])], SHANGHAI, {})
    tomorrow = TUESDAY + dt.timedelta(days=1)
    assert next_due(plan, noon) == instant(entry("08:30"), tomorrow, SHANGHAI)
    assert next_due(plan_of([entry(dates=["2027-01-01"])], SHANGHAI, {}), noon) is None


@given(st.lists(st.tuples(st.integers(-7200, 7200), st.integers(0, 7200)), max_size=12))
def test_whatever_the_clock_does_each_date_has_it_once(jumps: list[tuple[int, int]]) -> None:
    import asyncio  # noqa: PLC0415  # hypothesis calls plain functions

    async def story() -> list[str]:
        desk = Desk("07:00")
        desk.use(entry(catch_up="run_once", within="2h"))
        for jump, seconds in jumps:
            desk.clock.offset += jump
            await desk.clock.advance(seconds)
        return [text.split()[1] for text in desk.started]

    days = asyncio.run(story())
    assert len(days) == len(set(days))
