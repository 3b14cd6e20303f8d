"""The clock that tests move: each timer runs at its own moment, in order, and deadlines follow it."""

from __future__ import annotations

import asyncio

import pytest

from drivers.clock import LoopClock, VirtualClock, deadline, settle

NAP = 3.0
"""Seconds of the virtual clock."""


async def test_timers_run_in_order_each_at_its_own_moment() -> None:
    clock = VirtualClock()
    start = clock.monotonic()
    heard: list[tuple[str, float]] = []

    def note(name: str) -> None:
        heard.append((name, round(clock.monotonic() - start, 6)))

    clock.call_later(2.0, lambda: note("late"))
    clock.call_later(0.5, lambda: note("early"))
    clock.call_later(0.5, lambda: note("early, asked later"))
    await clock.advance(1.0)
    assert heard == [("early", 0.5), ("early, asked later", 0.5)]
    await clock.advance(1.0)
    assert heard[2:] == [("late", 2.0)]
    assert clock.monotonic() == start + 2.0


async def test_a_timer_that_a_timer_sets_runs_in_the_same_advance() -> None:
    clock = VirtualClock()
    at: list[float] = []

    def again() -> None:
        at.append(clock.monotonic())
        if len(at) < 3:
            clock.call_later(0.25, again)

    clock.call_later(0.25, again)
    start = clock.monotonic()
    await clock.advance(10.0)
    assert at == [start + 0.25, start + 0.5, start + 0.75]


async def test_it_moves_from_timer_to_timer_until_something_is_true() -> None:
    clock = VirtualClock(pause=0)
    start, heard = clock.monotonic(), list[float]()
    for delay in (0.5, 1.5, 2.5):
        clock.call_later(delay, lambda: heard.append(clock.monotonic() - start))
    clock.call_later(0.1, lambda: None).cancel()
    assert await clock.until(lambda: len(heard) == 2, within=10.0)
    assert (heard, clock.monotonic()) == ([0.5, 1.5], start + 1.5)
    assert await clock.until(lambda: True, within=0.0)
    assert not await clock.until(lambda: False, within=10.0)
    assert clock.monotonic() == start + 11.5


async def test_a_cancelled_timer_does_not_run() -> None:
    clock = VirtualClock()
    heard: list[str] = []
    timer = clock.call_later(1.0, lambda: heard.append("cancelled"))
    clock.call_later(1.0, lambda: heard.append("kept"))
    timer.cancel()
    timer.cancel()
    await clock.advance(5.0)
    assert heard == ["kept"]


async def test_a_sleeper_wakes_at_its_time_and_not_before() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(clock.sleep(NAP))
    await clock.advance(NAP - 0.001)
    assert not sleeper.done()
    await clock.advance(0.002)
    assert sleeper.done()


async def test_a_cancelled_sleeper_leaves_no_timer() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(clock.sleep(NAP))
    await settle(0)
    sleeper.cancel()
    await asyncio.wait({sleeper})
    assert all(timer.cancelled for _, _, timer in clock._timers)


@pytest.mark.parametrize("delay", [0.0, -1.0])
async def test_no_time_is_one_turn(delay: float) -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(clock.sleep(delay))
    await settle(0)
    assert sleeper.done()


async def test_wall_time_moves_with_it() -> None:
    clock = VirtualClock()
    before = clock.wall()
    await clock.advance(60.0)
    assert clock.wall() - before == 60.0


async def test_a_deadline_ends_its_block_by_the_clock_that_it_is_given() -> None:
    clock = VirtualClock()

    async def wait_for_ever() -> None:
        async with deadline(clock, 5.0):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait_for_ever())
    await clock.advance(4.9)
    assert not task.done()
    await clock.advance(0.2)
    with pytest.raises(TimeoutError):
        task.result()


async def test_a_block_that_ends_in_time_sees_no_deadline() -> None:
    clock = VirtualClock()
    async with deadline(clock, 5.0):
        await asyncio.sleep(0)
    await clock.advance(10.0)
    assert all(timer.cancelled for _, _, timer in clock._timers)


async def test_no_deadline_is_for_ever() -> None:
    clock = VirtualClock()
    async with deadline(clock, None):
        await clock.advance(1e6)


async def test_the_real_clock_is_the_event_loops() -> None:
    clock = LoopClock()
    done = asyncio.Event()
    before = clock.monotonic(), clock.wall()
    clock.call_later(0.001, done.set)
    await done.wait()
    await clock.sleep(0.001)
    assert clock.monotonic() > before[0]
    assert clock.wall() > before[1]
    clock.call_later(0, done.clear).cancel()
    await asyncio.sleep(0)
    assert done.is_set()
