"""Adapters that hear themselves: take our own bytes out of the input. Pure."""

from __future__ import annotations


class OwnEcho:
    """Expects each sent byte back, in order, before anything else."""

    def __init__(self) -> None:
        self._expected = bytearray()
        self.collisions = 0
        """How often other bytes came back than were sent: two talked at once."""

    def sent(self, data: bytes) -> None:
        """Note what went out."""
        self._expected += data

    def strip(self, data: bytes) -> bytes:
        """Return `data` without our own bytes; a byte that differs is a collision and ends the expectation."""
        count = 0
        while (
            count < len(data)
            and count < len(self._expected)
            and data[count] == self._expected[count]
        ):
            count += 1
        del self._expected[:count]
        rest = data[count:]
        if rest and self._expected:
            self.collisions += 1
            self._expected.clear()
        return rest

    def reset(self) -> None:
        """Forget what was sent: the line is new."""
        self._expected.clear()
