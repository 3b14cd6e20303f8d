"""One universe: what its lights share, because a frame always carries all of them."""

from __future__ import annotations

import asyncio

from drivers.artnet.tables import SLOTS


class Universe:
    """Slots as last sent, sequence number, and when that was.

    `turn` is held from the making of a frame until it has left, so that of two lights that change in one moment the
    second frame carries both.
    """

    def __init__(self, first_sequence: int) -> None:
        self.turn = asyncio.Lock()
        self._slots = bytes(SLOTS)
        self._first = first_sequence
        self._sequence = 255
        self._sent: float | None = None

    @property
    def slots(self) -> bytes:
        """Return all 512 slots as they were last sent."""
        return self._slots

    @property
    def live(self) -> bool:
        """Return whether anything was sent since the start; before the first wish nothing is."""
        return self._sent is not None

    def changed(self, place: range, values: bytes) -> bytes:
        """Return all slots with a light's own changed; they count only when they are `sent`."""
        return self._slots[: place.start] + values + self._slots[place.stop :]

    def next_sequence(self) -> int:
        """Return the next sequence number, `first_sequence`..255 and round again."""
        self._sequence = self._first if self._sequence >= 255 else self._sequence + 1
        return self._sequence

    def sent(self, slots: bytes, now: float) -> None:
        """Note that these slots have left at `now`, monotonic seconds."""
        self._slots = slots
        self._sent = now

    def age(self, now: float) -> float:
        """Return the seconds since a frame was last sent; endless before the first."""
        return float("inf") if self._sent is None else now - self._sent
