"""Log-in with name, password and six-digit code: what is asked for next, and who it then is.

Unknown names take as long as known ones and get the same answer. Failures lock the account for a while, and slow down
the address; neither touches guests or tablets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.clock import Clock
from roomd.identity import totp
from roomd.identity.accounts import Account, Accounts
from roomd.identity.attempts import Lockout, Window
from roomd.identity.passwords import OneAtATime, check_strength, fits, hashed

FAILURES, LOCKED = 5, 900.0
"""Failures of one account, and the seconds that it is then locked."""
PER_ADDRESS = 20
"""Tries a minute of one address."""
PENDING = 600.0
"""Seconds within which an enrolment must be finished."""


class LoginRefused(Exception):
    """Not let in; `code` says why or what is needed, `params` what a page shows for it."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Given:
    """What a person typed."""

    name: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    """Six digits, or a one-time code from paper."""
    new_password: str = field(default="", repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who was let in."""

    account: Account
    paper: list[str] = field(default_factory=list[str], repr=False)
    """One-time codes, where they were just made: shown once."""


class Login:
    """See the module.

    Args:
        clock: monotonic for locks, wall for codes.
        accounts: who there is.
        room: named in the enrolment.
    """

    def __init__(self, clock: Clock, accounts: Accounts, room: str) -> None:
        self._clock, self._accounts, self._room = clock, accounts, room
        self._hashing = OneAtATime()
        self._lockout = Lockout(clock, FAILURES, LOCKED)
        self._addresses = Window(clock, PER_ADDRESS, 60.0)
        self._pending: dict[str, tuple[str, float]] = {}
        """Name -> secret that is being enrolled, and until when."""

    async def hash(self, password: str, name: str) -> str:
        """Return the hash of a new password.

        Raises:
            WeakPassword: it is easy to guess.
            Busy: too many log in.
        """
        check_strength(password, name)
        return await self._hashing.run(lambda: hashed(password))

    async def enter(self, given: Given) -> LoggedIn:
        """Let somebody in.

        Raises:
            TooOften: nothing was looked at.
            Busy: too many log in.
            WeakPassword: of the new password.
            LoginRefused: `login_failed`, `password_change_needed`, `totp_needed`, `totp_enrol` (with what a page needs
                to enrol), `account_without_role`.
        """
        self._addresses.take(given.address)
        self._lockout.check(given.name)
        account = self._accounts.find(given.name)
        stored = None if account is None else account.hash
        right = await self._hashing.run(lambda: fits(stored, given.password))
        if account is None or not right:
            self._lockout.failed(given.name)
            raise LoginRefused("login_failed")
        if not account.role:
            raise LoginRefused("account_without_role")
        if account.must_change:
            await self._change(account, given)
        paper = self._second(self._accounts.get(account.name), given)
        self._lockout.succeeded(given.name)
        return LoggedIn(self._accounts.get(account.name), paper)

    async def confirm(self, account: Account, password: str) -> None:
        """Check the password of somebody who is logged in already, before it is changed.

        Raises:
            TooOften, Busy: as `enter`.
            LoginRefused: `login_failed`.
        """
        self._lockout.check(account.name)
        if not await self._hashing.run(lambda: fits(account.hash, password)):
            self._lockout.failed(account.name)
            raise LoginRefused("login_failed")

    async def _change(self, account: Account, given: Given) -> None:
        if not given.new_password:
            raise LoginRefused("password_change_needed")
        if given.new_password == given.password:
            raise LoginRefused("password_same")
        new = await self.hash(given.new_password, account.name)
        self._accounts.set_password(account.name, new, must_change=False)

    def _second(self, account: Account, given: Given) -> list[str]:
        """Check the six-digit code; return one-time codes where it was the first."""
        if not account.needs_code:
            return []
        if not account.secret:
            return self._enrol(account, given.code)
        if not given.code:
            raise LoginRefused("totp_needed")
        around = totp.step_of(self._clock.wall()) + account.drift
        step = totp.matching_step(
            account.secret, given.code, around=around, after=account.last_step
        )
        if step is not None:
            drift = step - totp.step_of(self._clock.wall())
            self._accounts.took_step(account.name, step, drift)
            return []
        if self._accounts.take_paper(account.name, given.code):
            return []
        self._lockout.failed(account.name)
        raise LoginRefused("login_failed")

    def _enrol(self, account: Account, code: str) -> list[str]:
        """Offer a secret, or take the first code of the one that was offered."""
        now = self._clock.monotonic()
        secret, until = self._pending.get(account.name, ("", 0.0))
        if not secret or now > until:
            secret = totp.fresh_secret()
            self._pending[account.name] = (secret, now + PENDING)
            code = ""
        around = totp.step_of(self._clock.wall())
        step = totp.matching_step(secret, code, around=around, after=0)
        if step is None:
            uri = totp.uri(secret, account.name, self._room)
            raise LoginRefused("totp_enrol", secret=secret, uri=uri)
        del self._pending[account.name]
        return self._accounts.enrol(account.name, secret, step, step - around)
