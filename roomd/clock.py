"""Whether the wall clock can be believed, and what time it is at least. Deadlines never use it.

A machine without a battery starts in 1970; one whose clock was set back would re-open what has ended. So the daemon
keeps the last time it knew to be good, and believes no clock that is behind it (trust.md 10).
"""

from __future__ import annotations

import ctypes
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.clock import Clock, Timer

BUILT: Final = dt.datetime(2026, 11, 1, tzinfo=dt.UTC).timestamp()
"""Before this program was made it was not run."""
LOOK: Final = 5.0
"""Seconds between looks at the clock."""
JUMP: Final = 2.0
"""Seconds by which it must be off to have jumped."""
KEEP: Final = 600.0
"""Seconds between two notes of the last good time."""
TIME_ERROR: Final = 5
"""Answer of `adjtimex(2)`: the clock is not synchronised."""


@dataclass(frozen=True, slots=True)
class Jump:
    """The wall clock was set while the daemon ran; seconds since 1970."""

    before: float
    """What it should have been."""
    after: float
    """What it was."""


@dataclass
class WallClock:
    """See the module.

    Args:
        clock: monotonic and wall.
        last_good: what was kept of an earlier run; None at the first.
        keep: writes the last good time down; may fail without harm.
        synchronised: asks the kernel.
    """

    clock: Clock
    last_good: float | None
    keep: Callable[[float], None]
    synchronised: Callable[[], bool]
    jumped: list[Callable[[Jump], None]] = field(default_factory=list["Callable[[Jump], None]"])
    """Told of each jump."""
    changed: list[Callable[[], None]] = field(default_factory=list["Callable[[], None]"])
    """Told when `ok` becomes another."""

    def __post_init__(self) -> None:
        self._floor = max(BUILT, self.last_good or 0.0)
        self.ok = self.clock.wall() >= self._floor
        """The clock can be believed."""
        self._seen = (self.clock.monotonic(), self.clock.wall())
        self._kept = self.clock.monotonic()
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin to look."""
        self._timer = self.clock.call_later(LOOK, self._look)

    def close(self) -> None:
        """Look no more; note the time."""
        if self._timer is not None:
            self._timer.cancel()
        self._note()

    def effective(self) -> float:
        """Return the time that is believed: the clock, unless it is behind what is known to have passed."""
        return max(self.clock.wall(), self._floor)

    def confirm(self) -> None:
        """A person who may says that the clock is right."""
        self._floor = BUILT
        self._set(ok=True)
        self._note()

    def _look(self) -> None:
        self._timer = self.clock.call_later(LOOK, self._look)
        before, wall = self._seen
        now = self.clock.monotonic()
        expected, found = wall + (now - before), self.clock.wall()
        self._seen = (now, found)
        if abs(found - expected) >= JUMP:
            for told in list(self.jumped):
                told(Jump(expected, found))
        if found < self._floor:
            self._set(ok=False)
        elif not self.ok and self.synchronised():
            self._set(ok=True)
        if self.ok and now - self._kept >= KEEP:
            self._note()

    def _note(self) -> None:
        if self.ok:
            self._kept = self.clock.monotonic()
            self._floor = max(self._floor, self.clock.wall())
            self.keep(self.clock.wall())

    def _set(self, *, ok: bool) -> None:
        if self.ok != ok:
            self.ok = ok
            for told in list(self.changed):
                told()


class _Timex(ctypes.Structure):
    """`struct timex`, asked with `modes` 0; the rest is only room for the answer (208 bytes on 64-bit Linux)."""

    _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_ubyte * 252))


def kernel_synchronised() -> bool:
    """Return whether the kernel says that something keeps its clock right (`adjtimex(2)`)."""
    libc = ctypes.CDLL(None, use_errno=True)
    state = int(libc.adjtimex(ctypes.byref(_Timex())))
    return 0 <= state < TIME_ERROR
