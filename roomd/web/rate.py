"""How fast one client may ask: a bucket that fills by the second."""

from __future__ import annotations

from drivers.clock import Clock

PATIENCE = 3.0
"""Seconds over the limit without a pause after which the connection is closed."""
CALM = 1.0
"""Seconds without a refusal that count as a pause."""


class Rate:
    """A token bucket.

    Args:
        clock: tells the time.
        per_second: messages that come back to the bucket each second.
        burst: messages that the bucket holds.
    """

    def __init__(self, clock: Clock, per_second: float, burst: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._at = clock.monotonic()
        self._over_since = 0.0
        self._refused: float | None = None
        """When it was last empty."""

    def allow(self) -> bool:
        """Take one message from the bucket; False when it is empty."""
        now = self._clock.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return True
        if self._refused is None or now - self._refused > CALM:
            self._over_since = now
        self._refused = now
        return False

    @property
    def abusive(self) -> bool:
        """Return whether it has been over the limit for too long, without a pause."""
        return self._refused is not None and self._refused - self._over_since > PATIENCE
