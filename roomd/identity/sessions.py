"""Browser sessions, each with the limits of its role (trust.md 7), on the monotonic clock: the wall clock may jump."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from drivers.clock import Clock
from roomd.identity.principal import Principal

MINUTE, HOUR = 60.0, 3600.0
MAX_SESSIONS: Final = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session ends: seconds without an act of its person, and in all."""

    idle: float
    whole: float = math.inf


BY_TOKEN: Final = Limits(12 * HOUR)
"""A session that was opened with a token, which can open another at any time."""
LIMITS: Final = {
    "attendee": Limits(math.inf, 8 * HOUR),
    "operator": Limits(15 * MINUTE),
    "reader": Limits(20 * MINUTE, 12 * HOUR),
    "admin": Limits(15 * MINUTE, 12 * HOUR),
    "security": Limits(15 * MINUTE, 12 * HOUR),
    "auditor": Limits(15 * MINUTE, 12 * HOUR),
}
"""Role -> limits, of people who came in by an account or a join code."""


@dataclass
class _Session:
    principal: Principal
    seen: float
    began: float
    limits: Limits
    under: Principal | None = None
    """Who it is again when the limits are reached: the tablet on which an operator logged in."""


@dataclass
class Sessions:
    """See the module."""

    clock: Clock
    alive: Callable[[Principal], bool] = lambda _principal: True
    """Whether the credential behind a session still counts."""
    _by_id: dict[str, _Session] = field(default_factory=dict[str, _Session])

    def open(
        self, principal: Principal, limits: Limits, under: Principal | None = None
    ) -> Principal:
        """Open a session; its secret id, in what is returned, goes into the cookie."""
        if len(self._by_id) >= MAX_SESSIONS:
            del self._by_id[min(self._by_id, key=lambda s: self._by_id[s].seen)]
        session_id, now = secrets.token_urlsafe(24), self.clock.monotonic()
        opened = replace(principal, session=session_id)
        self._by_id[session_id] = _Session(opened, now, now, limits, under)
        return opened

    def get(self, session_id: str, *, act: bool) -> Principal | None:
        """Return whose session it is, or None when there is none or it has ended.

        Args:
            session_id: from the cookie.
            act: a person did something; a page that only asks whether the room is there does not keep it open.
        """
        found = self._by_id.get(session_id)
        if found is None:
            return None
        now = self.clock.monotonic()
        limits = found.limits
        over = now - found.seen > limits.idle or now - found.began > limits.whole
        if over and found.under is not None:
            found.principal = replace(found.under, session=session_id)
            found.under, found.limits, over = None, Limits(math.inf), False
        if over or not self.alive(found.principal):
            del self._by_id[session_id]
            return None
        if act:
            found.seen = now
        return found.principal

    def close(self, session_id: str) -> Principal | None:
        """End a session; return whose it was."""
        found = self._by_id.pop(session_id, None)
        return None if found is None else found.principal

    def end(self, which: Callable[[Principal], bool]) -> int:
        """End all sessions of which `which` is true; return how many."""
        ending = [key for key, s in self._by_id.items() if which(s.principal)]
        for key in ending:
            del self._by_id[key]
        return len(ending)

    def all(self) -> list[Principal]:
        """Return who has a session."""
        return [s.principal for s in self._by_id.values()]
