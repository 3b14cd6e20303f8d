"""Who somebody is, by what they show: a bearer token, a browser session, a paired device. Kept as SHA-256 only."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from drivers.clock import Clock
from roomd.config.durable import make_folder, write_durably
from roomd.identity.accounts import Account
from roomd.identity.devices import Device, Devices, digest
from roomd.identity.principal import Principal
from roomd.identity.sessions import BY_TOKEN, LIMITS, Sessions

DEMO_ROLES = ("presenter", "admin", "display", "security", "auditor", "reader")
"""Roles that get a token in the demo."""
TOKENS = "tokens.json"
log = structlog.stdlib.get_logger(__name__)
Ending = Literal["expired", "revoked"]


class Token(BaseModel):
    """What is kept of a token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    name: str = ""
    """What it is for, as its maker wrote."""
    id: str = ""
    """Short, public."""
    made: float = 0.0
    """Wall time, seconds since 1970."""


_KEPT = TypeAdapter(dict[str, Token | str])


@dataclass
class Tokens:
    """The credentials of one installation.

    Args:
        clock: monotonic for sessions, wall for devices.
        folder: see below.
        roles: SHA-256 of a token, in hex -> what it is.
    """

    clock: Clock
    folder: Path | None = None
    """Where they are kept; None: in memory alone."""
    roles: dict[str, Token] = field(default_factory=dict[str, Token])
    on_end: list[Callable[[Ending], None]] = field(default_factory=list["Callable[[Ending], None]"])
    """Told that somebody's credential has just ended, and how: whoever has a connection open looks again."""

    def __post_init__(self) -> None:
        kept = None if self.folder is None else self.folder / "devices.json"
        self.devices = Devices(self.clock, kept)
        self.sessions = Sessions(self.clock, self._alive)
        self.proven: Counter[tuple[str, str]] = Counter()
        """Device id and address of connections, open now, that have proved to hold the device's key."""

    @classmethod
    def fresh(cls, clock: Clock) -> tuple[Tokens, dict[str, str]]:
        """Make one new token for each role of the demo; return them in clear too, to be shown once."""
        tokens = cls(clock)
        return tokens, {role: tokens.make(role, role)[0] for role in DEMO_ROLES}

    @classmethod
    def load(cls, clock: Clock, folder: Path) -> Tokens:
        """Return the tokens and devices that are kept in a folder; none where there are none yet."""
        path = folder / TOKENS
        tokens = cls(clock, folder)
        if not path.exists():
            return tokens
        try:
            kept = _KEPT.validate_json(path.read_bytes())
        except ValidationError:
            # Put aside, not overwritten: nobody gets in by what cannot be read.
            log.error("tokens.broken", file=str(path))  # noqa: TRY400  # what is in it is nobody's business
            path.replace(path.with_suffix(".broken"))
            return tokens
        tokens.roles = {
            k: Token(role=t, id=k[:8]) if isinstance(t, str) else t for k, t in kept.items()
        }
        return tokens

    def save(self) -> None:
        """Keep the hashes in a file that only the daemon reads (0600)."""
        if self.folder is not None:
            make_folder(self.folder)
            kept = TypeAdapter(dict[str, Token])
            write_durably(self.folder / TOKENS, kept.dump_json(self.roles, indent=1))

    # -- tokens ---------------------------------------------------------------------------------------------------

    def make(self, role: str, name: str) -> tuple[str, Token]:
        """Make a token; return it in clear, only now, and what is kept of it."""
        clear = secrets.token_urlsafe(32)
        return clear, self.add(clear, role, name)

    def add(self, token: str, role: str, name: str = "") -> Token:
        """Let a token give a role from now on."""
        kept = Token(role=role, name=name, id="t" + secrets.token_hex(4), made=self.clock.wall())
        self.roles[digest(token)] = kept
        self.save()
        return kept

    def bearer(self, token: str) -> Principal | None:
        """Return whose token it is, or None."""
        hashed = digest(token)
        kept = self.roles.get(hashed)
        if kept is not None:
            return Principal(kept.name or kept.role, kept.role, token=hashed)
        found = self.devices.find(token)
        if found is None or found[1].key is not None:
            return None  # with a key, its cookie and a proof are needed
        return _of_device(*found)

    @staticmethod
    def hash(token: str) -> str:
        """Return what is kept of a token."""
        return digest(token)

    def revoke(self, token: str) -> bool:
        """Let a token, in clear, as its SHA-256 or by its id, open nothing from now on; what it opened ends too."""
        asked = (token, digest(token))
        hashed = next(
            (k for k, t in self.roles.items() if k in asked or (t.id and t.id == token)), None
        )
        if hashed is None:
            return self.devices.revoke(token) is not None and self._end("revoked")
        del self.roles[hashed]
        self.save()
        return self._end("revoked")

    # -- sessions -------------------------------------------------------------------------------------------------

    def open_session(self, token: str) -> Principal | None:
        """Open a browser session with a token; its secret id goes into the cookie."""
        principal = self.bearer(token)
        return None if principal is None else self.sessions.open(principal, BY_TOKEN)

    def open_guest(self, name: str) -> Principal:
        """Open an attendee's session."""
        return self.sessions.open(Principal(name, "attendee"), LIMITS["attendee"])

    def open_account(self, account: Account, before: Principal) -> Principal | None:
        """Open the session of an account, always a new one; None where it may only rise on a paired tablet.

        Args:
            account: who logged in.
            before: who the browser was until now.
        """
        who = Principal(account.name, account.role, clearance=account.clearance)
        self.sessions.close(before.session)
        if account.role != "operator":
            return self.sessions.open(who, LIMITS[account.role])
        if before.role not in {"presenter", "operator"} or not before.token:
            return None
        tablet = self._tablet(before)
        rising = replace(who, token=before.token, device=before.device)
        return self.sessions.open(rising, LIMITS["operator"], replace(tablet, session=""))

    def _tablet(self, before: Principal) -> Principal:
        """Return the tablet on which somebody logs in, without who was logged in there before."""
        device = self.devices.live(before.token)
        if device is not None:
            return _of_device(before.token, device)
        kept = self.roles[before.token]
        return Principal(kept.name or kept.role, kept.role, token=before.token)

    def session(self, session_id: str, *, act: bool = True) -> Principal | None:
        """Return whose cookie it is: a session's, or a paired device's; None when there is none, or it has ended."""
        found = self.sessions.get(session_id, act=act)
        if found is not None:
            return found
        device = self.devices.find(session_id)
        return None if device is None else replace(_of_device(*device), session=session_id)

    def current(self, principal: Principal, *, act: bool = True) -> Principal | None:
        """Return who that is now, or None where the credential has ended since."""
        if principal.session:
            return self.session(principal.session, act=act)
        if not principal.token:
            return principal
        if principal.device:
            device = self.devices.live(principal.token)
            return None if device is None else principal
        kept = self.roles.get(principal.token)
        return None if kept is None else replace(principal, role=kept.role)

    def close_session(self, session_id: str) -> None:
        """End a browser session."""
        if self.sessions.close(session_id) is not None:
            self._end("expired")

    def end_sessions(self, which: Callable[[Principal], bool], ending: Ending) -> int:
        """End all sessions of which `which` is true, their connections included; return how many."""
        count = self.sessions.end(which)
        if count:
            self._end(ending)
        return count

    def key_of(self, principal: Principal) -> dict[str, str] | None:
        """Return the public key whose holder alone may speak for that tablet, or None where the cookie is enough."""
        device = self.devices.live(principal.token) if principal.device else None
        return None if device is None else device.key

    def _alive(self, principal: Principal) -> bool:
        """Return whether the token behind a session still counts."""
        if not principal.token:
            return True
        return principal.token in self.roles or self.devices.live(principal.token) is not None

    def _end(self, ending: Ending) -> bool:
        for told in list(self.on_end):
            told(ending)
        return True


def _of_device(hashed: str, device: Device) -> Principal:
    return Principal(device.name, device.kind, token=hashed, device=device.id)
