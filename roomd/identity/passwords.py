"""Passwords: what is good enough, and argon2id, one at a time, in a thread of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")
LEAST: Final = 10
"""Characters."""
MOST: Final = 256
WAITING: Final = 16
"""Who may wait for a turn; more are sent away (trust.md 6)."""
# t=2, m=19 MiB, p=1: OWASP's second choice, 71 ms on two cores (trust.md 7).
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Busy(Exception):
    """Too many wait for a turn."""


class WeakPassword(ValueError):
    """A password that is not taken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_strength(password: str, name: str) -> None:
    """Refuse a password that is easy to guess.

    Raises:
        WeakPassword: `password_short`, `password_long`, `password_name` or `password_common`.
    """
    if len(password) < LEAST:
        raise WeakPassword("password_short")
    if len(password) > MOST:
        raise WeakPassword("password_long")
    plain = password.casefold()
    if name and name.casefold() in plain and len(plain) - len(name) < LEAST:
        raise WeakPassword("password_name")
    if plain in _common() or len(set(plain)) < 4:
        raise WeakPassword("password_common")


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and its cost. Takes some 70 ms."""
    return _HASHER.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Return whether a password is the one; None, for a name that does not exist, takes as long and fits never."""
    try:
        _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    """Return a hash that no password fits."""
    return hashed(secrets.token_hex(32))


class OneAtATime:
    """Runs work that takes 70 ms and 19 MiB outside the event loop, one after another."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread when it is its turn.

        Raises:
            Busy: 16 wait already.
        """
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def _common() -> frozenset[str]:
    text = resources.files("roomd.identity").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(
        line.strip() for line in text.splitlines() if line and not line.startswith("#")
    )
