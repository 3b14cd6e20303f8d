"""Where a motor that says nothing stands, reckoned by time. Pure: the caller gives the time.

Unknown until a full run with overrun has reached an end; after that each run that stops on the way adds uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.motion import MotionSpec, Stroke

Direction = Literal["up", "down"]

PARTIAL_RUN = 3.0
"""Percent of uncertainty that each run which stops between the ends adds (our own allowance; unverified)."""
TRUSTED_BELOW = 15.0
"""Percent of uncertainty above which `goto` is refused (control.md 4)."""


@dataclass(slots=True)
class Estimate:
    """Height in percent, 100 = fully up (curtain: fully open)."""

    spec: MotionSpec
    height: float | None = None
    uncertainty: float = 0.0
    driven: float = 0.0
    """Seconds driven in one direction since it was last certain or turned round; finds an end without a known start."""
    last: Direction | None = None

    @property
    def homed(self) -> bool:
        """Return whether an end was reached since the start."""
        return self.height is not None

    @property
    def precise(self) -> bool:
        """Return whether `goto` may rely on it."""
        return self.homed and self.uncertainty <= TRUSTED_BELOW

    def full_run(self, direction: Direction) -> float:
        """Return the seconds after which the motor stands at that end for certain."""
        stroke = self._stroke(direction)
        if self.height is None:
            already = self.driven if self.last == direction else 0.0
            return max(0.0, stroke.travel + stroke.overrun - already)
        left = 100 - self.height if direction == "up" else self.height
        return left / 100 * stroke.travel + stroke.overrun

    def after(self, direction: Direction, seconds: float) -> float | None:
        """Return the height after driving `seconds` from the present one, or None where it is unknown."""
        if self.height is None:
            return None
        step = seconds / self._stroke(direction).travel * 100
        return min(100.0, self.height + step) if direction == "up" else max(0.0, self.height - step)

    def stop(self, direction: Direction, seconds: float) -> None:
        """Note that it stands after driving `seconds` in `direction`."""
        if seconds >= self.full_run(direction) - 0.05:
            self.reach(direction)
            return
        self.driven = seconds + (self.driven if self.last == direction else 0.0)
        self.last = direction
        self.height = self.after(direction, seconds)
        if self.height is not None:
            self.uncertainty += PARTIAL_RUN

    def reach(self, direction: Direction) -> None:
        """Note that it stands at an end: it drove long enough, or the device says so."""
        self.height = 100.0 if direction == "up" else 0.0
        self.uncertainty = 0.0
        self.driven = 0.0
        self.last = direction

    def seconds_to(self, height: float) -> tuple[Direction, float] | None:
        """Return direction and seconds to a height 0..100, None when it is there (within 1 %)."""
        if self.height is None or abs(height - self.height) < 1.0:
            return None
        direction: Direction = "up" if height > self.height else "down"
        return direction, abs(height - self.height) / 100 * self._stroke(direction).travel

    def _stroke(self, direction: Direction) -> Stroke:
        return self.spec.up if direction == "up" else self.spec.down
