"""The first start: a code on the console and on the room's own screen makes the three administrators, once."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from drivers.clock import Clock
from roomd.identity.accounts import Accounts
from roomd.identity.attempts import Window
from roomd.identity.pairing import ALPHABET

LENGTH: Final = 10
PER_ADDRESS: Final = 5
"""Tries a minute."""


class SetUp:
    """Open while there is no account at all; afterwards only the console (`roomd user add`) makes administrators."""

    def __init__(self, clock: Clock, accounts: Accounts) -> None:
        self._accounts = accounts
        self._tries = Window(clock, PER_ADDRESS, 60.0)
        self.code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))

    @property
    def needed(self) -> bool:
        """Return whether nobody has an account yet."""
        return self._accounts.kept and not self._accounts.all()

    def opens(self, given: str, address: str) -> bool:
        """Return whether that is the code, while one is needed.

        Raises:
            TooOften: this address has tried too often within a minute.
        """
        self._tries.take(address)
        typed = "".join(given.split()).replace("-", "").upper()
        return self.needed and hmac.compare_digest(typed.encode(), self.code.encode())
