"""The first start's code opens once."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.clock import VirtualClock
from roomd.identity.accounts import Account, Accounts
from roomd.identity.attempts import TooOften
from roomd.identity.set_up import LENGTH, SetUp


def test_it_opens_while_there_is_no_account(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.db")
    first = SetUp(VirtualClock(), accounts)
    assert len(first.code) == LENGTH
    assert first.opens(first.code.lower(), "a")
    assert not first.opens("wrong", "a")
    accounts.add(Account("root", "h", "admin"))
    assert not first.needed
    assert not first.opens(first.code, "a")
    accounts.close()


def test_guesses_are_counted(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.db")
    first = SetUp(VirtualClock(), accounts)
    for _ in range(5):
        first.opens("wrong", "a")
    with pytest.raises(TooOften):
        first.opens(first.code, "a")
    accounts.close()


def test_where_accounts_cannot_be_read_nobody_sets_up_anew() -> None:
    accounts = Accounts(None)
    broken = SetUp(VirtualClock(), accounts)
    assert not broken.needed
    assert not broken.opens(broken.code, "a")
    accounts.close()
