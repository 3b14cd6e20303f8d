"""When each point was last reported, and waiting for the next report. No I/O."""

from __future__ import annotations

import asyncio

from drivers.clock import Clock


class PointWatch:
    """The times of a device's reports."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: dict[str, float] = {}
        self._next: asyncio.Future[None] | None = None

    def notify(self, point: str) -> None:
        """Note that `point` was reported just now."""
        self._at[point] = self._clock.monotonic()
        if self._next is not None and not self._next.done():
            self._next.set_result(None)

    def at(self, point: str) -> float | None:
        """Return the monotonic second of the last report, or None."""
        return self._at.get(point)

    async def change(self) -> None:
        """Wait for the next report of any point."""
        if self._next is None or self._next.done():
            self._next = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._next)
