"""Bearer tokens and the browser sessions opened with them. Tokens are kept as SHA-256 only."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import structlog
from pydantic import TypeAdapter, ValidationError

from drivers.clock import Clock
from roomd.config.durable import write_durably

DEMO_ROLES = ("presenter", "admin", "display", "security", "auditor", "reader")
"""Roles that get a token at the first start."""
IDLE_LIMIT = 12 * 3600.0
"""Seconds without a request after which a browser session ends."""
MAX_SESSIONS = 2000
log = structlog.stdlib.get_logger(__name__)
Ending = Literal["expired", "revoked"]
_KEPT = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking."""

    user: str
    role: str
    session: str = field(default="", repr=False)
    """Secret id of the browser session; empty for a bearer token."""
    token: str = field(default="", repr=False)
    """SHA-256 of the token behind it; empty where file permissions said who it is."""


NOBODY = Principal("", "none")


@dataclass
class _Session:
    principal: Principal
    seen: float


@dataclass
class Tokens:
    """The tokens of one installation, by the hash of each."""

    clock: Clock
    roles: dict[str, str] = field(default_factory=dict[str, str])
    """SHA-256 of the token, in hex -> role."""
    on_end: list[Callable[[Ending], None]] = field(default_factory=list["Callable[[Ending], None]"])
    """Told that somebody's credential has just ended, and how: whoever has a connection open looks again."""
    _sessions: dict[str, _Session] = field(default_factory=dict[str, _Session])

    @classmethod
    def fresh(cls, clock: Clock) -> tuple[Tokens, dict[str, str]]:
        """Make one new token for each role; return them in clear too, to be shown once."""
        clear = {role: secrets.token_urlsafe(24) for role in DEMO_ROLES}
        return cls(clock, {_digest(token): role for role, token in clear.items()}), clear

    @classmethod
    def load(cls, clock: Clock, path: Path) -> Tokens | None:
        """Read the hashes that `save` wrote, or return None where there are none."""
        if not path.exists():
            return None
        try:
            return cls(clock, _KEPT.validate_json(path.read_bytes()))
        except ValidationError:
            # Put aside, not overwritten; new tokens are made and shown, so nobody is locked out.
            log.error("tokens.broken", file=str(path))  # noqa: TRY400  # what is in it is nobody's business
            path.replace(path.with_suffix(".broken"))
            return None

    def save(self, path: Path) -> None:
        """Keep the hashes in a file that only the daemon reads (0600)."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(path, json.dumps(self.roles, indent=1).encode())

    def add(self, token: str, role: str) -> None:
        """Let a token give a role from now on."""
        self.roles[_digest(token)] = role

    def bearer(self, token: str) -> Principal | None:
        """Return whose token it is, or None."""
        digest = _digest(token)
        role = self.roles.get(digest)
        return None if role is None else Principal(role, role, token=digest)

    def revoke(self, token: str) -> bool:
        """Let a token, given in clear or as its SHA-256, open nothing from now on; what it opened ends too."""
        digest = token if token in self.roles else _digest(token)
        if self.roles.pop(digest, None) is None:
            return False
        for session_id, found in list(self._sessions.items()):
            if found.principal.token == digest:
                del self._sessions[session_id]
        self._tell("revoked")
        return True

    def current(self, principal: Principal) -> Principal | None:
        """Return who that is now, or None where the credential has ended since."""
        if principal.session:
            return self.session(principal.session)
        if not principal.token:
            return principal
        role = self.roles.get(principal.token)
        return None if role is None else replace(principal, role=role)

    def open_session(self, token: str) -> Principal | None:
        """Open a browser session with a token; its secret id goes into the cookie."""
        principal = self.bearer(token)
        if principal is None:
            return None
        if len(self._sessions) >= MAX_SESSIONS:
            self.close_session(min(self._sessions, key=lambda s: self._sessions[s].seen))
        session_id = secrets.token_urlsafe(24)
        opened = replace(principal, session=session_id)
        self._sessions[session_id] = _Session(opened, self.clock.monotonic())
        return opened

    def session(self, session_id: str) -> Principal | None:
        """Return whose session it is, or None when there is none or it was idle too long."""
        found = self._sessions.get(session_id)
        if found is None:
            return None
        now = self.clock.monotonic()
        if now - found.seen > IDLE_LIMIT:
            del self._sessions[session_id]
            return None
        found.seen = now
        return found.principal

    def close_session(self, session_id: str) -> None:
        """End a browser session."""
        if self._sessions.pop(session_id, None) is not None:
            self._tell("expired")

    def _tell(self, ending: Ending) -> None:
        for told in list(self.on_end):
            told(ending)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
