"""Adapters that hear themselves: take our own bytes out of the input. Pure."""

from __future__ import annotations

SHORTEST = 3
"""Bytes of a frame that may be recognised as our own; shorter ones come back by chance."""
SOON = 0.3
"""Seconds within which an echo and an answer have come."""


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


class EchoSuspicion:
    """Notices, on a line that is not said to hear itself, that it does: what we sent comes first, then something else.

    What we sent alone proves nothing: some devices answer with the very bytes they were told. Nor does what comes long
    after: it may be a notice.
    """

    def __init__(self) -> None:
        self._sent = b""
        self._heard = b""
        self._until = 0.0
        self.certain = False

    def sent(self, data: bytes, now: float) -> None:
        """Note what went out at the second `now`."""
        self._sent, self._heard, self._until = data, b"", now + SOON

    def heard(self, data: bytes, now: float) -> bool:
        """Take what came in at the second `now`; return True once, when there is no doubt any more."""
        if self.certain or len(self._sent) < SHORTEST or now > self._until:
            return False
        self._heard += data[: len(self._sent) + 1 - len(self._heard)]
        self.certain = len(self._heard) > len(self._sent) and self._heard.startswith(self._sent)
        return self.certain
