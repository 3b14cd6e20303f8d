"""Time as an argument: the clock that links, drivers and simulators are given.

`LoopClock` is the real one. `VirtualClock` is moved by tests (`await clock.advance(2.5)`) and by rehearsals, so that a
60 s warm-up takes milliseconds. Monotonic seconds are for ages and deadlines; wall time only for what people read.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

PAUSE = 0.0005
"""Real seconds after which bytes that were sent on loopback have usually arrived."""
ROUNDS = 12
"""Turns of the event loop in which what is ready settles."""


class Timer(Protocol):
    """A callback that will run once."""

    def cancel(self) -> None:
        """Make sure that it does not run any more; harmless when it has."""
        ...


class Clock(Protocol):
    """Monotonic seconds, wall seconds, and waiting."""

    def monotonic(self) -> float:
        """Return seconds that never go back; the zero point means nothing."""
        ...

    def wall(self) -> float:
        """Return seconds since 1970-01-01 UTC, for people."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Run `callback` once, `delay` seconds (0 or more) from now."""
        ...

    async def sleep(self, delay: float) -> None:
        """Wait `delay` seconds (0 or more)."""
        ...


class LoopClock:
    """The running event loop's clock."""

    def monotonic(self) -> float:
        """Return the monotonic time in seconds, as the event loop counts it."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return time.time()

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Run `callback` once, `delay` seconds from now."""
        return asyncio.get_running_loop().call_later(delay, callback)

    async def sleep(self, delay: float) -> None:
        """Wait `delay` seconds."""
        await asyncio.sleep(delay)


class _VirtualTimer:
    def __init__(self, when: float, callback: Callable[[], object]) -> None:
        self.when = when
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class VirtualClock:
    """A clock that stands still until `advance` moves it; sockets and ptys still work at their real pace.

    Args:
        start: where it begins, in seconds.
        pause: real seconds that `advance` waits, four times for each timer, so that bytes under way on sockets and ptys
            arrive; 0 where all of them are in memory.
    """

    def __init__(self, start: float = 1000.0, *, pause: float = PAUSE) -> None:
        self._now = start
        self._pause = pause
        self._order = itertools.count()
        self._timers: list[tuple[float, int, _VirtualTimer]] = []

    def monotonic(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def wall(self) -> float:
        """Return the virtual time as seconds since 1970-01-01 UTC (2026-11-24 plus what has passed)."""
        return 1_795_478_400.0 + self._now

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Run `callback` when the clock has been moved `delay` seconds on."""
        timer = _VirtualTimer(self._now + max(0.0, delay), callback)
        heapq.heappush(self._timers, (timer.when, next(self._order), timer))
        return timer

    async def sleep(self, delay: float) -> None:
        """Wait until the clock has been moved `delay` seconds on; 0 gives way once."""
        if delay <= 0:
            await asyncio.sleep(0)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_later(delay, lambda: _wake(done))
        try:
            await done
        finally:
            timer.cancel()

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`, running each timer at its own moment and letting tasks and local I/O settle."""
        end = self._now + seconds
        await settle(self._pause)
        while self._timers and self._timers[0][0] <= end:
            when, _, timer = heapq.heappop(self._timers)
            if timer.cancelled:
                continue
            self._now = max(self._now, when)
            timer.callback()
            await settle(self._pause)
        self._now = end
        await settle(self._pause)

    async def until(self, condition: Callable[[], object], within: float) -> bool:
        """Move on from timer to timer until `condition` is true; return whether it came true within so many seconds."""
        end = self._now + within
        await settle(self._pause)
        while not condition():
            while self._timers and self._timers[0][2].cancelled:
                heapq.heappop(self._timers)
            if self._now >= end:
                return False
            next_at = self._timers[0][0] if self._timers else end
            await self.advance(min(next_at, end) - self._now)
        return True


def _wake(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


async def settle(pause: float = PAUSE) -> None:
    """Let ready tasks run, and bytes that are under way on loopback sockets and ptys arrive.

    Args:
        pause: real seconds to wait in between; 0 where nothing is on its way outside of this process.
    """
    for round_number in range(ROUNDS):
        # A real, short wait in between: the kernel delivers pty bytes from a work queue, not at once.
        await asyncio.sleep(pause if round_number % 4 == 3 else 0)


def deadline(
    clock: Clock, seconds: float | None
) -> AbstractAsyncContextManager[asyncio.Timeout, bool | None]:
    """Raise `TimeoutError` inside the block when `seconds` of `clock` have passed; None means never."""
    if isinstance(clock, LoopClock):
        return asyncio.timeout(seconds)  # the same, and each command has two
    return _moved_deadline(clock, seconds)


@asynccontextmanager
async def _moved_deadline(
    clock: Clock, seconds: float | None
) -> AsyncGenerator[asyncio.Timeout, None]:
    async with asyncio.timeout(None) as scope:
        loop = asyncio.get_running_loop()
        timer = None if seconds is None else clock.call_later(seconds, lambda: _expire(scope, loop))
        try:
            yield scope
        finally:
            if timer is not None:
                timer.cancel()


def _expire(scope: asyncio.Timeout, loop: asyncio.AbstractEventLoop) -> None:
    if not scope.expired():
        scope.reschedule(loop.time())
