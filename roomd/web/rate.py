"""How fast one client may ask: a bucket that fills by the second."""

from __future__ import annotations

from drivers.clock import Clock

PATIENCE = 3.0
"""Seconds over the limit without a pause after which the connection is closed."""


class Rate:
    """A token bucket."""

    def __init__(self, clock: Clock, per_second: float, burst: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._at = clock.monotonic()
        self._over_since: float | None = None

    def allow(self) -> bool:
        """Take one message from the bucket; False when it is empty."""
        now = self._clock.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            if self._over_since is None:
                self._over_since = now
            return False
        self._left -= 1
        if self._left > self._burst / 2:
            self._over_since = None
        return True

    @property
    def abusive(self) -> bool:
        """Return whether it has been over the limit for too long."""
        return (
            self._over_since is not None and self._clock.monotonic() - self._over_since > PATIENCE
        )
