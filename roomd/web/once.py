"""A repeated request gets its first answer again and does nothing: what was answered, for ten minutes."""

from __future__ import annotations

from typing import Generic, TypeVar

from drivers.clock import Clock

REMEMBERED = 600.0
"""Seconds for which an answer is kept (control.md 1.2)."""

K = TypeVar("K")
V = TypeVar("V")


class Once(Generic[K, V]):
    """First answers by the key that the asker chose.

    Args:
        clock: tells the time.
        kept: answers kept, at most; the oldest make room.
    """

    def __init__(self, clock: Clock, kept: int) -> None:
        self._clock = clock
        self._kept = kept
        self._answers: dict[K, tuple[float, V]] = {}
        """Oldest first."""

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: K) -> V | None:
        """Return the first answer, or None where the key is new or too old."""
        self._forget(self._clock.monotonic() - REMEMBERED)
        known = self._answers.get(key)
        return None if known is None else known[1]

    def put(self, key: K, answer: V) -> None:
        """Remember the answer to a new key."""
        while len(self._answers) >= self._kept:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = (self._clock.monotonic(), answer)

    def _forget(self, before: float) -> None:
        for key, (at, _) in list(self._answers.items()):
            if at >= before:
                return
            del self._answers[key]
