"""The five minutes in which one tablet or display may be paired, by a code or a QR that an administrator shows."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from drivers.clock import Clock
from roomd.identity.attempts import Window
from roomd.identity.devices import Kind

OPEN: Final = 300.0
"""Seconds."""
ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without what looks alike: I L O 0 1."""
LENGTH: Final = 8
WRONG: Final = 20
"""Wrong tries after which the window closes."""
PER_ADDRESS: Final = 5
"""Tries a minute."""


@dataclass(frozen=True, slots=True)
class Open:
    """An open window."""

    kind: Kind
    code: str = field(repr=False)
    secret: str = field(repr=False)
    """128 bits, for the fragment of the QR's address."""
    until: float
    by: str
    """Who opened it."""


class Pairing:
    """See the module. At most one window is open; it closes at its first use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._addresses = Window(clock, PER_ADDRESS, 60.0)
        self._window: Open | None = None
        self._wrong = 0

    def open(self, kind: Kind, by: str) -> Open:
        """Open a window; one that was open is closed."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        until = self._clock.monotonic() + OPEN
        self._window = Open(kind, code, secrets.token_urlsafe(16), until, by)
        self._wrong = 0
        return self._window

    def close(self) -> None:
        """Close it; harmless when none is open."""
        self._window = None

    @property
    def window(self) -> Open | None:
        """Return the open window, or None."""
        if self._window is not None and self._clock.monotonic() >= self._window.until:
            self._window = None
        return self._window

    def seconds_left(self) -> float:
        """Return how long it is still open."""
        window = self.window
        return 0.0 if window is None else window.until - self._clock.monotonic()

    def exchange(self, given: str, address: str) -> Open | None:
        """Use the window up with its code or secret; None where that does not fit.

        Raises:
            TooOften: this address has tried too often within a minute.
        """
        self._addresses.take(address)
        window = self.window
        if window is None:
            return None
        typed = "".join(given.split()).replace("-", "")
        fits = hmac.compare_digest(typed.upper().encode(), window.code.encode())
        fits |= hmac.compare_digest("".join(given.split()).encode(), window.secret.encode())
        if not fits:
            self._wrong += 1
            if self._wrong >= WRONG:
                self.close()
            return None
        self.close()
        return window
