"""How often somebody may guess. Each kind of credential counts for itself: guests never lock an account or a tablet."""

from __future__ import annotations

import math
from collections import OrderedDict, deque

from drivers.clock import Clock

KEYS = 10_000
"""Addresses or names that are remembered, at most."""


class TooOften(Exception):
    """Nothing was looked at; `retry_after` are the seconds until it may be tried again, 1 or more."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.retry_after = max(1, math.ceil(seconds))


class Window:
    """So many tries of one key in so many seconds.

    Args:
        clock: monotonic.
        most: tries.
        seconds: of the sliding window.
    """

    def __init__(self, clock: Clock, most: int, seconds: float) -> None:
        self._clock, self._most, self._seconds = clock, most, seconds
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Count a try.

        Raises:
            TooOften: there were too many; this one is not counted.
        """
        now = self._clock.monotonic()
        tries = self._tries.setdefault(key, deque())
        self._tries.move_to_end(key)
        while len(self._tries) > KEYS:
            self._tries.popitem(last=False)
        while tries and tries[0] <= now - self._seconds:
            tries.popleft()
        if len(tries) >= self._most:
            raise TooOften(tries[0] + self._seconds - now)
        tries.append(now)


class Lockout:
    """After so many failures in a row a key is locked for a while.

    Args:
        clock: monotonic.
        most: failures.
        seconds: how long.
    """

    def __init__(self, clock: Clock, most: int, seconds: float) -> None:
        self._clock, self._most, self._seconds = clock, most, seconds
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Raise `TooOften` while the key is locked."""
        count, at = self._failures.get(key, (0, 0.0))
        rest = at + self._seconds - self._clock.monotonic()
        if count >= self._most and rest > 0:
            raise TooOften(rest)

    def failed(self, key: str) -> None:
        """Count a failure."""
        count, at = self._failures.get(key, (0, 0.0))
        now = self._clock.monotonic()
        over = count >= self._most or now - at > self._seconds
        self._failures[key] = (1 if over else count + 1, now)
        self._failures.move_to_end(key)
        while len(self._failures) > KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures."""
        self._failures.pop(key, None)
