"""Who may transmit next on one physical endpoint: priority, window, gap, quiet and dirty times. No I/O.

SAFETY waits for nothing but the gap and the frame being sent: not for a window, a quiet time, or a neighbour's answer.
Inside one priority the order is first in, first out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.clock import Clock, Timer
from drivers.commands import Priority
from drivers.job import Job


@dataclass(eq=False)
class Slot:
    """One transmission with, where an answer is expected, the wait for it."""

    job: Job
    expects: bool
    granted: asyncio.Future[None]
    preempt: Callable[[], None] | None = None
    """Ends the wait for an answer; set by the port while it waits."""

    @property
    def rank(self) -> tuple[int, int]:
        """Return its place in the queue; lower goes first."""
        return (int(self.job.priority), self.job.order)

    @property
    def safety(self) -> bool:
        """Return whether it is a STOP."""
        return self.job.priority is Priority.SAFETY


@dataclass
class Lane:
    """The queue of one endpoint.

    Args:
        clock: the link's clock.
        window: how many exchanges may await their first answer at once, 1 or more.
        gap: seconds between the end of one transmission, or the last received byte, and the next transmission.
    """

    clock: Clock
    window: int
    gap: float
    _waiting: list[Slot] = field(default_factory=list[Slot])
    _held: set[Slot] = field(default_factory=set[Slot])
    _free_at: float = 0.0
    _quiet_until: float = 0.0
    _dirty_until: float = 0.0
    _dirty_window: float = 0.0
    _timer: Timer | None = None
    _open: bool = False

    async def acquire(self, job: Job, *, expects: bool) -> Slot:
        """Wait for a turn. The caller transmits at once, then calls `sent`, and `release` at the end."""
        slot = Slot(job, expects, asyncio.get_running_loop().create_future())
        self._waiting.append(slot)
        self.pump()
        try:
            await slot.granted
        except asyncio.CancelledError:
            self._drop(slot)
            raise
        return slot

    def release(self, slot: Slot) -> None:
        """Give the turn back."""
        self._drop(slot)

    def sent(self, wire_time: float) -> None:
        """Note that a transmission of `wire_time` seconds has just been handed to the operating system."""
        now = self.clock.monotonic()
        self._free_at = max(self._free_at, now + wire_time + self.gap)
        if self.window > 1:
            self.pump()

    def received(self) -> None:
        """Note that bytes came in."""
        now = self.clock.monotonic()
        self._free_at = max(self._free_at, now + self.gap)
        if self._dirty_until > now:
            self._dirty_until = now + self._dirty_window

    def quiet(self, seconds: float) -> None:
        """Keep silent for `seconds`; only STOP passes."""
        self._quiet_until = max(self._quiet_until, self.clock.monotonic() + seconds)

    def soil(self, window: float) -> None:
        """Let no question out until the input has been quiet for `window` seconds: a bare answer may still come."""
        self._dirty_window = window
        self._dirty_until = self.clock.monotonic() + window

    def open(self) -> None:
        """Begin to transmit: the link is up."""
        self._open = True
        self._quiet_until = self._dirty_until = self._free_at = 0.0
        self.pump()

    def close(self) -> None:
        """Hold everything back: the link is down."""
        self._open = False

    def waiting(self) -> int:
        """Return how many transmissions wait for their turn."""
        return len(self._waiting)

    def preempt_others(self, device: str) -> None:
        """End other devices' waits for an answer where the line allows only one at a time."""
        if self.window == 1:
            for slot in list(self._held):
                if slot.job.device != device and not slot.safety and slot.preempt is not None:
                    slot.preempt()

    def pump(self) -> None:
        """Grant all turns that are due, and set a timer for the next one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._open and self._waiting:
            slot, wait = self._next()
            if slot is None:
                if wait is not None:
                    self._timer = self.clock.call_later(wait, self.pump)
                return
            self._waiting.remove(slot)
            self._held.add(slot)
            slot.job.in_flight = True
            slot.granted.set_result(None)
            if self.gap > 0 or self.window == 1:
                # The grant is taken in the next turn of the loop; until `sent` nobody else may be granted.
                return

    def _next(self) -> tuple[Slot | None, float | None]:
        """Return the slot that may go now, or None with the seconds until it is worth looking again."""
        now = self.clock.monotonic()
        if (
            any(not held.expects or held.preempt is None for held in self._held)
            and self.window == 1
        ):
            return (
                None,
                None,
            )  # somebody was granted and has not transmitted yet; its release pumps again
        later: float | None = None
        for slot in sorted(self._waiting, key=lambda s: s.rank):
            at = self._due(slot)
            if at is None:
                continue
            if at <= now:
                return slot, None
            later = at - now if later is None else min(later, at - now)
            if slot.safety:
                break  # nobody overtakes a STOP that waits for its gap
        return None, later

    def _due(self, slot: Slot) -> float | None:
        """Return when `slot` may go, or None while others hold the window."""
        if slot.safety:
            return self._free_at
        if len(self._held) >= self.window:
            return None
        at = max(self._free_at, self._quiet_until)
        return max(at, self._dirty_until) if slot.expects else at

    def _drop(self, slot: Slot) -> None:
        slot.job.in_flight = False
        self._held.discard(slot)
        if slot in self._waiting:
            self._waiting.remove(slot)
        self.pump()
