"""Waiting for points."""

from __future__ import annotations

import asyncio

from drivers.clock import VirtualClock
from drivers.points import PointSpec, Quality, Report
from roomd.control.conditions import conditions
from roomd.control.waiting import wait_until
from roomd.state.store import Store

TRUSTED = frozenset({Quality.CONFIRMED, Quality.OBSERVED})


async def test_it_ends_with_the_report_or_with_the_time() -> None:
    clock = VirtualClock()
    store = Store(clock)
    store.declare("a", (PointSpec("level", "number"),))
    needed = conditions({"a.level": 5})
    task = asyncio.create_task(wait_until(clock, store, needed, TRUSTED, 10))
    await clock.advance(1)
    store.report(Report("a", "level", 5, Quality.ASSUMED))
    await clock.advance(1)
    assert not task.done()
    store.report(Report("a", "level", 5, Quality.OBSERVED))
    await clock.advance(0.1)
    assert task.result() is True
    assert await wait_until(clock, store, needed, TRUSTED, 0) is True
    late = asyncio.create_task(wait_until(clock, store, conditions({"a.level": 6}), TRUSTED, 3))
    await clock.advance(3.1)
    assert late.result() is False
