"""When points were reported, and waiting for the next report."""

from __future__ import annotations

import asyncio

from drivers.clock import VirtualClock, settle
from drivers.watch import PointWatch


async def test_the_time_of_the_last_report() -> None:
    clock = VirtualClock()
    watch = PointWatch(clock)
    assert watch.at("level") is None
    watch.notify("level")
    first = clock.monotonic()
    await clock.advance(2.0)
    watch.notify("power")
    assert (watch.at("level"), watch.at("power")) == (first, first + 2.0)
    watch.notify("level")
    assert watch.at("level") == first + 2.0


async def test_all_who_wait_are_woken_by_one_report() -> None:
    watch = PointWatch(VirtualClock())
    waiting = [asyncio.create_task(watch.change()) for _ in range(3)]
    await settle(0)
    assert not any(task.done() for task in waiting)
    watch.notify("level")
    await settle(0)
    assert all(task.done() for task in waiting)


async def test_who_comes_after_a_report_waits_for_the_next() -> None:
    watch = PointWatch(VirtualClock())
    watch.notify("level")
    waiting = asyncio.create_task(watch.change())
    await settle(0)
    assert not waiting.done()
    watch.notify("level")
    await settle(0)
    assert waiting.done()


async def test_one_who_gives_up_takes_nobody_along() -> None:
    watch = PointWatch(VirtualClock())
    gone, stays = (asyncio.create_task(watch.change()) for _ in range(2))
    await settle(0)
    gone.cancel()
    await asyncio.wait({gone})
    watch.notify("level")
    await settle(0)
    assert stays.done()
    assert not stays.cancelled()
