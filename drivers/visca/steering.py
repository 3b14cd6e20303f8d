"""What keeps a driven camera from turning for ever: it stops by itself unless the drive is renewed.

The stop belongs to no command: one may be replaced by another that a rule then refuses, or end because nobody answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from drivers.clock import Timer, deadline
from drivers.commands import Priority, RetryClass
from drivers.errors import DriverError
from drivers.job import Job, current_job
from drivers.port import Port

SELF_STOP = 1.0
"""Seconds after which a drive that nobody renews is stopped (protocols.md 2.2)."""
GIVE_UP = 1.5
"""Seconds for that stop; what is left then is done when the camera answers again."""


class Steering:
    """See the module.

    Args:
        device_id: for whom the stop is sent.
        link: its port.
        stop: stops it, in the name of the job of this context.
    """

    def __init__(self, device_id: str, link: Port, stop: Callable[[], Awaitable[None]]) -> None:
        self._device_id = device_id
        self._link = link
        self._stop = stop
        self._timer: Timer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._driven_at = float("-inf")
        self._until = float("-inf")
        self.driven = False
        """It was driven, and no stop has been acknowledged since."""
        self.zooming = False
        """The same of its zoom."""
        self.mark: object = None
        """Changes with each movement that begins."""

    @property
    def overdue(self) -> bool:
        """Return whether it should have stopped long ago, and has not said so."""
        return self.driven and self._link.clock.monotonic() > self._until + GIVE_UP

    def pause(self, between: float) -> float:
        """Return the seconds until it may be driven again, `between` seconds after the last time."""
        return max(0.0, self._driven_at + between - self._link.clock.monotonic())

    def drive(self) -> None:
        """Note that a drive leaves now."""
        self._driven_at = self._link.clock.monotonic()
        self.driven = True
        self.mark = object()
        self._arm()

    def zoom(self, *, on: bool) -> None:
        """Note that a drive of the zoom, or its stop, leaves now."""
        self.zooming = self.zooming or on
        self._arm()

    def leave(self) -> object:
        """Note that it is told now to go to a place of its own; return the mark of this movement.

        What was driven before still stops by itself, should the camera refuse to go.
        """
        self.mark = object()
        if self.driven:
            self._arm()
        return self.mark

    def travel(self) -> None:
        """Note that it has left: what was driven before is over."""
        self._disarm()
        self.driven = self.zooming = False

    def stopped(self, mark: object) -> bool:
        """Note that the movement of `mark` has ended; return False where a newer one has begun meanwhile."""
        if mark is not self.mark:
            return False
        self._disarm()
        self.driven = self.zooming = False
        return True

    def _arm(self) -> None:
        self._disarm()
        self._until = self._link.clock.monotonic() + SELF_STOP
        self._timer = self._link.clock.call_later(SELF_STOP, self._time_is_up)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_is_up(self) -> None:
        task = asyncio.create_task(self._stop_by_itself(), name=f"self-stop {self._device_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stop_by_itself(self) -> None:
        clock = self._link.clock
        current_job.set(
            Job(
                device=self._device_id,
                name="stop",
                priority=Priority.SAFETY,
                retry=RetryClass.STOP,
                accepted=clock.monotonic(),
                ttl=GIVE_UP,
                timeout=SELF_STOP,
                bounded=False,
            )
        )
        try:
            async with deadline(clock, GIVE_UP):
                await self._stop()
        except (DriverError, TimeoutError):
            return  # it stays owed: the next question, or the next connection, begins with it
