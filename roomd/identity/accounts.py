"""People with a name and a password. One SQLite file, readable by the daemon alone; of secrets it holds hashes.

The secret behind the six-digit codes is the exception: it must be known to check one. Nobody is above the three
administrators: `admin` makes accounts that can do nothing, `security` gives them a role, `auditor` reads what both did.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from roomd.config.durable import PRIVATE, make_folder

log = structlog.stdlib.get_logger(__name__)

ADMINISTRATORS: Final = frozenset({"admin", "security", "auditor"})
"""Roles of which an account holds at most one, and of which the last account stays."""
ACCOUNT_ROLES: Final = ADMINISTRATORS | {"operator", "reader"}
"""Roles that an account can have; tablets, displays and guests come in without one."""
WITH_CODE: Final = ADMINISTRATORS | {"reader"}
"""Roles that need a six-digit code beside the password."""
CLEARANCES: Final = ("公开", "内部", "秘密", "机密")
"""Labels of archive material, lowest first."""
PAPER_CODES: Final = 10
NAME: Final = re.compile(r"[^\W_][\w.\-]{0,31}")
"""A letter or digit first, then letters of any script, digits, `.`, `-`, `_`: at most 32."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS account (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL DEFAULT '', clearance TEXT NOT NULL DEFAULT '公开',
    must_change INTEGER NOT NULL DEFAULT 0, secret TEXT NOT NULL DEFAULT '', drift INTEGER NOT NULL DEFAULT 0,
    last_step INTEGER NOT NULL DEFAULT 0, paper TEXT NOT NULL DEFAULT '[]', made REAL NOT NULL
) STRICT
"""


class AccountProblem(ValueError):
    """What cannot be done with an account; `code` and `params` are for people."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Account:
    """One account."""

    name: str
    hash: str
    """argon2id."""
    role: str = ""
    """Empty: it can do nothing yet."""
    clearance: str = CLEARANCES[0]
    must_change: bool = False
    """The password was given by somebody else."""
    secret: str = ""
    """Base32, behind the six-digit codes; empty while none is enrolled."""
    drift: int = 0
    """Steps by which that phone's clock is ahead."""
    last_step: int = 0
    """The last step whose code was taken."""
    paper: tuple[str, ...] = ()
    """SHA-256 of one-time codes that are left."""
    made: float = 0.0
    """Wall time, seconds since 1970."""

    @property
    def needs_code(self) -> bool:
        """Return whether a password alone does not let in."""
        return self.role in WITH_CODE or bool(self.secret)

    def as_json(self) -> dict[str, object]:
        """Return what lists of accounts show: nothing that helps to log in."""
        return {
            "name": self.name,
            "role": self.role or None,
            "clearance": self.clearance,
            "must_change": self.must_change,
            "totp": bool(self.secret),
            "paper_codes": len(self.paper),
            "made": self.made,
        }


class Accounts:
    """The accounts of one installation. Synchronous and quick; hashing is done elsewhere.

    Args:
        path: of the file; its folder is made. None: in memory, where the file cannot be opened; then nobody can log in.
    """

    def __init__(self, path: Path | None) -> None:
        self.kept = path is not None
        if path is not None:
            make_folder(path.parent)
        self._database = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False
        )
        if path is not None:
            path.chmod(PRIVATE)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(_SCHEMA)
        self._database.row_factory = sqlite3.Row

    @classmethod
    def open(cls, path: Path) -> Accounts:
        """Open the file, or go on without any account: the room does not wait for a disk."""
        try:
            return cls(path)
        except (OSError, sqlite3.Error) as error:
            log.error("accounts.unreadable", file=str(path), why=str(error))  # noqa: TRY400  # the reason is all
            return cls(None)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    # -- reading --------------------------------------------------------------------------------------------------

    def all(self) -> list[Account]:
        """Return all accounts by name."""
        with closing(self._database.execute("SELECT * FROM account ORDER BY name")) as rows:
            return [_account(row) for row in rows]

    def find(self, name: str) -> Account | None:
        """Return the account of that name, or None."""
        asked = self._database.execute("SELECT * FROM account WHERE name = ?", (name,))
        with closing(asked) as rows:
            row = rows.fetchone()
        return None if row is None else _account(row)

    def get(self, name: str) -> Account:
        """Return the account of that name.

        Raises:
            AccountProblem: `unknown_account`.
        """
        found = self.find(name)
        if found is None:
            raise AccountProblem("unknown_account", name=name[:32])
        return found

    def missing_administrators(self) -> list[str]:
        """Return the administrator roles that nobody has."""
        held = {account.role for account in self.all()}
        return sorted(ADMINISTRATORS - held)

    # -- changing -------------------------------------------------------------------------------------------------

    def add(self, account: Account) -> None:
        """Add an account.

        Raises:
            AccountProblem: `account_name`, `account_exists` or `unknown_role`.
        """
        if not NAME.fullmatch(account.name):
            raise AccountProblem("account_name")
        if self.find(account.name) is not None:
            raise AccountProblem("account_exists", name=account.name)
        _check_role(account.role)
        self._write(account)

    def grant(self, name: str, role: str, clearance: str) -> Account:
        """Give a role, or none, and a clearance; return the account as it was.

        Raises:
            AccountProblem: `unknown_account`, `unknown_role`, `unknown_clearance`, `account_separated` (one of the
                three becomes another of them), or `last_administrator`.
        """
        before = self.get(name)
        _check_role(role)
        if clearance not in CLEARANCES:
            raise AccountProblem("unknown_clearance", given=clearance[:32])
        if before.role in ADMINISTRATORS and role in ADMINISTRATORS and role != before.role:
            raise AccountProblem("account_separated", name=name, role=before.role)
        if role != before.role:
            self._not_the_last(before)
        self._write(replace(before, role=role, clearance=clearance))
        return before

    def remove(self, name: str) -> Account:
        """Remove an account; return it.

        Raises:
            AccountProblem: `unknown_account` or `last_administrator`.
        """
        before = self.get(name)
        self._not_the_last(before)
        self._database.execute("DELETE FROM account WHERE name = ?", (name,))
        return before

    def set_password(self, name: str, hashed: str, *, must_change: bool) -> None:
        """Replace a password by the hash of another."""
        self._write(replace(self.get(name), hash=hashed, must_change=must_change))

    def enrol(self, name: str, secret: str, step: int, drift: int) -> list[str]:
        """Keep the secret of six-digit codes, whose code of `step` was just shown; return new one-time codes, once."""
        codes = [secrets.token_hex(5) for _ in range(PAPER_CODES)]
        kept = tuple(paper_hash(code) for code in codes)
        account = self.get(name)
        self._write(replace(account, secret=secret, drift=drift, last_step=step, paper=kept))
        return codes

    def forget_code(self, name: str) -> None:
        """Drop secret and one-time codes: the phone is lost; the next log-in enrols another."""
        self._write(replace(self.get(name), secret="", drift=0, last_step=0, paper=()))

    def took_step(self, name: str, step: int, drift: int) -> None:
        """Note that the code of a step was used; it is not taken again."""
        self._write(replace(self.get(name), last_step=step, drift=drift))

    def take_paper(self, name: str, code: str) -> bool:
        """Use up a one-time code; return whether it was one."""
        account = self.get(name)
        used = paper_hash(code)
        if used not in account.paper:
            return False
        self._write(replace(account, paper=tuple(p for p in account.paper if p != used)))
        return True

    def _not_the_last(self, account: Account) -> None:
        if account.role not in ADMINISTRATORS:
            return
        if not any(a.role == account.role and a.name != account.name for a in self.all()):
            raise AccountProblem("last_administrator", name=account.name, role=account.role)

    def _write(self, a: Account) -> None:
        row: Sequence[object] = (
            *(a.name, a.hash, a.role, a.clearance, int(a.must_change)),
            *(a.secret, a.drift, a.last_step, json.dumps(a.paper), a.made),
        )
        self._database.execute("INSERT OR REPLACE INTO account VALUES (?,?,?,?,?,?,?,?,?,?)", row)


def paper_hash(code: str) -> str:
    """Return what is kept of a one-time code: 40 random bits need no slow hash against guesses that are counted."""
    return hashlib.sha256(code.replace(" ", "").casefold().encode()).hexdigest()


def _check_role(role: str) -> None:
    if role and role not in ACCOUNT_ROLES:
        raise AccountProblem("unknown_role", role=role[:32])


def _account(row: sqlite3.Row) -> Account:
    fields = dict(row)
    fields["paper"] = tuple(json.loads(fields["paper"]))
    fields["must_change"] = bool(fields["must_change"])
    return Account(**fields)
