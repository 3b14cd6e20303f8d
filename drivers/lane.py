"""Who may transmit next on one physical endpoint: priority, window, gap, quiet and dirty times. No I/O.

SAFETY waits for nothing but the gap and the frame being sent: not for a window, a quiet time, or a neighbour's answer.
Inside one priority the order is first in, first out. What was granted a turn transmits in the next turn of the event
loop; until it has, nobody else is granted one, unless the line takes several at once and demands no gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.clock import Clock, Timer
from drivers.commands import Priority
from drivers.errors import DriverError, Unreachable
from drivers.job import Job, Preempted

POLL_SHARE = 0.3
"""Of the time of a line that takes one exchange at a time, at most, for polls."""
NEVER = float("-inf")


@dataclass(eq=False)
class Slot:
    """One transmission with, where an answer is expected, the wait for it. Times are seconds of the lane's clock."""

    job: Job
    expects: bool
    asked: float
    """When it joined the queue."""
    granted: asyncio.Future[None]
    sent_at: float | None = None
    """When its bytes were handed to the operating system."""
    wire: float = 0.0
    """Seconds that its bytes take on the wire."""
    give_up: Callable[[DriverError], None] | None = None
    """Ends the wait for an answer; set by the port while it waits."""

    @property
    def safety(self) -> bool:
        """Return whether it is a STOP."""
        return self.job.priority is Priority.SAFETY

    def is_poll(self, now: float) -> bool:
        """Return whether it is a poll; one that is very late counts as SCENE."""
        return self.job.priority is Priority.POLL and now < self.job.late_at

    def rank(self, now: float) -> tuple[int, int]:
        """Return its place in the queue; lower goes first."""
        late = self.job.priority is Priority.POLL and not self.is_poll(now)
        return int(Priority.SCENE if late else self.job.priority), self.job.order


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
    _beside: dict[str, list[Slot]] = field(default_factory=dict[str, list[Slot]])
    """Those that are held, by device."""
    _sent_until: float = NEVER
    """Computed end of the last transmission."""
    _heard_at: float = NEVER
    _quiet_until: float = NEVER
    _dirty_until: float = NEVER
    _dirty_window: float = 0.0
    _polls_from: float = NEVER
    _timer: Timer | None = None
    _open: bool = False

    async def acquire(self, job: Job, *, expects: bool) -> Slot:
        """Wait for a turn. The caller transmits at once, then calls `sent`, and `release` at the end.

        Raises:
            Unreachable: the link is down, or goes down meanwhile; nothing waits for the next connection.
        """
        if not self._open:
            raise Unreachable("the link is down")
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        now = self.clock.monotonic()
        slot = Slot(job, expects, now, granted)
        if not self._waiting and self._together:
            due = self._due(slot, now)
            if due is not None and due <= now:
                self._hold(slot)
                return slot
        self._waiting.append(slot)
        self.pump()
        try:
            await granted
        except BaseException:
            if granted.done() and not granted.cancelled():
                granted.exception()  # read, so that asyncio does not complain of an unread error
            self._drop(slot)
            raise
        return slot

    def release(self, slot: Slot) -> None:
        """Give the turn back."""
        poll = slot.job.priority is Priority.POLL
        if poll and slot.sent_at is not None and self.window == 1:
            # Polls leave the line to others for the rest of the time.
            now = self.clock.monotonic()
            took = max(now - slot.sent_at, slot.wire)
            self._polls_from = max(self._polls_from, slot.sent_at + took / POLL_SHARE)
        self._drop(slot)

    def sent(self, slot: Slot, wire_time: float) -> None:
        """Note that a transmission of `wire_time` seconds has just been handed to the operating system."""
        slot.sent_at, slot.wire = self.clock.monotonic(), wire_time
        self._sent_until = max(self._sent_until, slot.sent_at + wire_time)
        self.pump()

    def received(self) -> None:
        """Note that bytes came in."""
        self._heard_at = now = self.clock.monotonic()
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
        self._quiet_until = self._dirty_until = self._polls_from = NEVER
        self._sent_until = self._heard_at = NEVER
        self.pump()

    def close(self) -> None:
        """Send everybody away who waits: the link is down, and nothing is kept for the next connection."""
        self._open = False
        for slot in self._waiting:
            if not slot.granted.done():
                slot.granted.set_exception(Unreachable("the link is down"))

    def waiting(self) -> int:
        """Return how many transmissions wait for their turn."""
        return len(self._waiting)

    def interrupt(self, error: DriverError, *, but: Slot | None = None) -> None:
        """End the waits for an answer, STOP's own excepted, where the line allows only one at a time."""
        if self.window > 1:
            return
        for slot in list(self._held):
            if slot is not but and not slot.safety and slot.give_up is not None:
                slot.give_up(error)

    def pump(self) -> None:
        """Grant the turns that are due, or set a timer for the next one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._open and (
            self._together or all(held.sent_at is not None for held in self._held)
        ):
            slot, wait = self._next() if self._waiting else (None, None)
            if slot is None:
                if wait is not None:
                    self._timer = self.clock.call_later(wait, self.pump)
                return
            self._grant(slot)
        # Whoever was granted transmits first; `sent` and `release` look again.

    @property
    def _together(self) -> bool:
        """Return whether fifty lamps on one broker may leave together, not one in each turn of the event loop."""
        return self.window > 1 and self.gap == 0

    def _grant(self, slot: Slot) -> None:
        self._waiting.remove(slot)
        self._hold(slot)
        slot.granted.set_result(None)

    def _hold(self, slot: Slot) -> None:
        self._held.add(slot)
        self._beside.setdefault(slot.job.device, []).append(slot)
        slot.job.in_flight = True
        if slot.safety:
            self.interrupt(Preempted("STOP took the line"), but=slot)

    def _next(self) -> tuple[Slot | None, float | None]:
        """Return the slot that may go now, or None with the seconds until it is worth looking again."""
        now = self.clock.monotonic()
        later: float | None = None
        waiting = [slot for slot in self._waiting if not slot.granted.done()]
        for slot in sorted(waiting, key=lambda s: s.rank(now)):
            at = self._due(slot, now)
            if at is None:
                continue
            if at <= now:
                return slot, None
            later = at - now if later is None else min(later, at - now)
            if slot.safety:
                break  # nobody overtakes a STOP that waits for its gap
        return None, later

    def _due(self, slot: Slot, now: float) -> float | None:
        """Return when `slot` may go, or None while others hold the window."""
        if slot.safety:
            # What others say after STOP was asked for must not hold it up.
            return max(self._sent_until, min(self._heard_at, slot.asked)) + self.gap
        beside = self._beside.get(slot.job.device, ())
        if len(self._held) >= self.window or any(self._bars(held, slot) for held in beside):
            return None
        at = max(max(self._sent_until, self._heard_at) + self.gap, self._quiet_until)
        if slot.is_poll(now):
            at = max(at, min(self._polls_from, slot.job.late_at))
        return max(at, self._dirty_until) if slot.expects else at

    @staticmethod
    def _bars(held: Slot, slot: Slot) -> bool:
        """Return whether `held`, of the same device, keeps `slot` back where the window would let it go.

        One exchange for each key: else the older wish might arrive last. No poll beside a command of its device.
        """
        if slot.job.priority is Priority.POLL:
            return held.job.priority is not Priority.POLL
        return slot.job.key is not None and slot.job.key == held.job.key

    def _drop(self, slot: Slot) -> None:
        slot.job.in_flight = False
        if slot in self._held:
            self._held.discard(slot)
            beside = self._beside[slot.job.device]
            beside.remove(slot)
            if not beside:
                del self._beside[slot.job.device]
        if slot in self._waiting:
            self._waiting.remove(slot)
        if self._waiting or self._timer is not None:
            self.pump()
