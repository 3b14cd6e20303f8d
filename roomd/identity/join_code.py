"""The code by which guests come in: six digits to type, or a long secret in a QR; new for each meeting."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Literal

from drivers.clock import Clock
from roomd.identity.attempts import TooOften, Window

ROTATES = 600.0
"""Seconds after which newcomers need a new code."""
GRACE = 60.0
"""Seconds for which the one before still lets in: somebody is just typing it."""
ROTATE_AFTER = 30
"""Wrong digits within a minute that bring a new code at once."""
DIGITS_UNTIL = 100
"""Wrong digits in one meeting; then only the QR lets in (odds of a lucky guess: 1 in 10,000)."""
PER_ADDRESS, PER_ROOM = 5, 30
"""Tries a minute."""

Verdict = Literal["right", "wrong", "off"]


class JoinCode:
    """See the module. Tries are counted here and nowhere else, so they never lock out an account or a tablet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_address = Window(clock, PER_ADDRESS, 60.0)
        self._by_room = Window(clock, PER_ROOM, 60.0)
        self.changed: list[Callable[[], None]] = []
        """Told of each new code: it is on the display."""
        self._before: tuple[str, str] = ("", "")
        self._before_until = 0.0
        self._wrong_now = Window(clock, ROTATE_AFTER - 1, 60.0)
        self.wrong = 0
        """Wrong digits in this meeting."""
        self._code, self._secret, self._since = _fresh_code(), secrets.token_urlsafe(16), 0.0
        self.renew()

    def renew(self) -> None:
        """Begin anew, for a new meeting: nothing of before lets in."""
        self._before = ("", "")
        self.wrong = 0
        self._make()

    def rotate(self) -> None:
        """Make a new code; the one before is good for another minute."""
        self._before, self._before_until = (
            (self._code, self._secret),
            self._clock.monotonic() + GRACE,
        )
        self._make()

    def _make(self) -> None:
        self._code, self._secret = _fresh_code(), secrets.token_urlsafe(16)
        self._since = self._clock.monotonic()
        for told in list(self.changed):
            told()

    @property
    def code(self) -> str:
        """Return the six digits that count now, or an empty text while they are off."""
        self._age()
        return "" if self.digits_off else self._code

    @property
    def secret(self) -> str:
        """Return the secret of the QR: 128 bits, URL-safe."""
        self._age()
        return self._secret

    @property
    def seconds_left(self) -> float:
        """Return how long the code is still shown."""
        return max(0.0, self._since + ROTATES - self._clock.monotonic())

    @property
    def digits_off(self) -> bool:
        """Return whether only the QR lets in: too much was guessed in this meeting."""
        return self.wrong >= DIGITS_UNTIL

    def _age(self) -> None:
        if self._clock.monotonic() - self._since >= ROTATES:
            self.rotate()

    def judge(self, given: str, address: str) -> Verdict:
        """Return whether `given`, the digits or the secret, lets in.

        Raises:
            TooOften: this address, or the whole room, has tried too often within a minute.
        """
        self._age()
        self._by_address.take(address)
        self._by_room.take("")
        typed = "".join(given.split())
        digits = len(typed) == 6 and typed.isascii() and typed.isdigit()
        if digits and self.digits_off:
            return "off"
        if any(hmac.compare_digest(typed.encode(), good.encode()) for good in self._good()):
            return "right"
        if digits:
            self._count_wrong()
        return "wrong"

    def _good(self) -> list[str]:
        good = [self._code, self._secret]
        if self._clock.monotonic() < self._before_until:
            good += [text for text in self._before if text]
        return good

    def _count_wrong(self) -> None:
        self.wrong += 1
        try:
            self._wrong_now.take("")
        except TooOften:
            self._wrong_now = Window(self._clock, ROTATE_AFTER - 1, 60.0)
            self.rotate()


def _fresh_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"
