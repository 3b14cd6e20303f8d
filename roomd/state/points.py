"""One point's state: last report, wish under way, and what a reader sees of both. No I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from drivers.points import PointSpec, PointValue, Quality

TRUSTED = frozenset({Quality.CONFIRMED, Quality.OBSERVED})
INTEGER = 2**53 - 1
"""Largest integer that every reader of JSON takes as it is."""


@dataclass(slots=True)
class PointState:
    """See the module. `ts` is wall time in seconds since 1970."""

    spec: PointSpec
    value: PointValue = None
    quality: Quality = Quality.UNKNOWN
    """Of the last report; what readers see while a wish is under way is `pending`."""
    ts: float = 0.0
    monotonic: float = 0.0
    """When it was last reported, for ages."""
    desired: PointValue = None
    generation: int = 0
    """Number of the newest wish; 0: none yet."""
    pending: bool = False
    by: str | None = None
    """Id of the command whose wish it is."""
    before: PointValue = None
    """What was reported last when the wish was made."""
    under_way: bool = False
    """The first byte of the wish has left: reports may end it from now on."""
    doubtful: bool = False
    """A command timed out: until the next report nobody knows."""
    assumed: bool = False
    """The last report was `assumed`, whatever a second opinion made of it since."""
    seq: int = 0
    """Number of the last change that readers saw."""

    def shown_quality(self) -> Quality:
        """Return the quality that readers see."""
        return Quality.PENDING if self.pending else self.quality

    def as_json(self) -> dict[str, Any]:
        """Return what goes over HTTP and WebSocket (control.md 1.1)."""
        shown: dict[str, Any] = {
            "value": self.value,
            "quality": self.shown_quality(),
            "ts": round(self.ts, 3),
        }
        if self.spec.unit is not None:
            shown["unit"] = self.spec.unit
        if self.pending:
            shown["desired"] = self.desired
            shown["was"] = self.quality
            shown["by"] = self.by
        return shown

    def acceptable(self, value: PointValue) -> bool:
        """Return whether a reported value may enter the store: a real number inside the declared range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        if isinstance(value, int) and abs(value) > INTEGER:
            return False
        if isinstance(value, float) and not math.isfinite(value):
            return False
        low, high = self.spec.minimum, self.spec.maximum
        return (low is None or value >= low) and (high is None or value <= high)

    def same(self, left: PointValue, right: PointValue) -> bool:
        """Return whether two values are one wish, within the declared resolution."""
        if isinstance(left, bool) or isinstance(right, bool):
            return left is right
        if isinstance(left, int | float) and isinstance(right, int | float):
            return abs(left - right) <= self.spec.resolution + 1e-9
        return left == right

    def on_the_way(self, value: PointValue) -> bool:
        """Return whether `value` is transitional, or lies between the wish and what was reported before it."""
        if value in self.spec.via:
            return True
        given = (self.before, self.desired, value)
        numbers = [v for v in given if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(numbers) < len(given):
            return False
        start, end, now = numbers
        return min(start, end) <= now <= max(start, end)
