"""A PIN is never tried twice: the display locks. MDC-1, MDC-3; after how many wrong ones is unverified.

One that was refused, or whose verdict never came, is noted, also from one start of roomd to the next, and is not sent
again until a person asks for the connection.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import MutableMapping


class PinAttempts:
    """What became of the PINs that were sent to one display.

    Args:
        memory: outlives roomd.
        key: where in it.
    """

    def __init__(self, memory: MutableMapping[str, str], key: str) -> None:
        self._memory = memory
        self._key = key
        self._proven = False
        """The PIN has been accepted: it may be sent at every connection."""
        self._refused = False
        """A refusal was reported, so the next attempt is a person's."""
        self._waiting = False
        """One was sent, and its verdict has not come."""

    def in_doubt(self) -> bool:
        """Return whether nobody knows if the PIN that was sent is right."""
        return self._waiting and not self._proven

    def may_send(self, pin: bytes) -> bool:
        """Return False, once, for a PIN that failed before: links ask again only when a person wants them to."""
        self._waiting = False
        salt, _, known = self._memory.get(self._key, "").partition(":")
        if self._refused or known != _digest(salt, pin):
            return True
        self._refused = True
        return False

    def sending(self, pin: bytes) -> None:
        """Note that a PIN is about to leave."""
        self._waiting = True
        if not self._proven:
            self._note(pin)

    def accepted(self) -> None:
        """Note that it was right."""
        self._waiting, self._proven, self._refused = False, True, False
        self._memory.pop(self._key, None)

    def failed(self, pin: bytes) -> None:
        """Note that it was refused, or will never be judged."""
        self._waiting, self._proven, self._refused = False, False, True
        self._note(pin)

    def _note(self, pin: bytes) -> None:
        salt = secrets.token_hex(8)
        self._memory[self._key] = f"{salt}:{_digest(salt, pin)}"


def _digest(salt: str, pin: bytes) -> str:
    """Tell two PINs apart. It hides nothing from who can count to 10^8; the room's own files hold the PIN anyway."""
    return hashlib.sha256(salt.encode("ascii") + pin).hexdigest()
