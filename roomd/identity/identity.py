"""Everything about who somebody is, in one place: credentials, accounts, pairing, guests, the first start."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from pathlib import Path

from drivers.clock import Clock
from roomd.identity.accounts import Account, Accounts
from roomd.identity.join_code import JoinCode
from roomd.identity.login import Login
from roomd.identity.pairing import Pairing
from roomd.identity.set_up import SetUp
from roomd.identity.tokens import Ending, Tokens


@dataclass
class Identity:
    """See the module."""

    clock: Clock
    tokens: Tokens
    accounts: Accounts
    login: Login
    pairing: Pairing
    join: JoinCode
    set_up: SetUp
    pin: str = field(default="", repr=False)
    """The PIN that the room file gives all tablets; empty: each its own."""

    @classmethod
    def open(cls, clock: Clock, folder: Path, room: str, tokens: Tokens | None) -> Identity:
        """Open what is kept in a folder.

        Args:
            clock: of the daemon.
            folder: `identity/` of the data folder.
            room: named in enrolments.
            tokens: the demo's own; None: those that are kept.
        """
        accounts = Accounts.open(folder / "accounts.db")
        return cls(
            clock=clock,
            tokens=tokens or Tokens.load(clock, folder),
            accounts=accounts,
            login=Login(clock, accounts, room),
            pairing=Pairing(clock),
            join=JoinCode(clock),
            set_up=SetUp(clock, accounts),
        )

    async def add_account(self, name: str, role: str, password: str, *, must_change: bool) -> None:
        """Make an account.

        Raises:
            AccountProblem: name or role.
            WeakPassword: it is easy to guess.
            Busy: too many log in.
        """
        self.accounts.add(
            Account(
                name,
                await self.login.hash(password, name),
                role,
                must_change=must_change,
                made=self.clock.wall(),
            )
        )

    def end_account(self, name: str, ending: Ending = "revoked") -> None:
        """End all sessions of an account: it is gone, or may something else now."""
        self.tokens.end_sessions(lambda p: p.user == name and not _came_otherwise(p.role), ending)

    def end_guests(self) -> int:
        """End a meeting: guests and readers go, the code changes; return how many went."""
        self.join.renew()
        return self.tokens.end_sessions(lambda p: p.role in {"attendee", "reader"}, "expired")

    def pin_is(self, user: str, pin: str) -> bool:
        """Return whether that is the PIN of the tablet of this name, or the room's."""
        if self.pin and hmac.compare_digest(self.pin.encode(), pin.encode()):
            return True
        devices = self.tokens.devices
        mine = [d for d in devices.by_token.values() if d.name == user and d.pin]
        return any(devices.pin_fits(device, pin) for device in mine)

    def close(self) -> None:
        """Close the files."""
        self.accounts.close()


def _came_otherwise(role: str) -> bool:
    """Return whether somebody of that role has no account."""
    return role in {"attendee", "presenter", "display", "integration"}
