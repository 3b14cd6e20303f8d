"""Accounts: three powers that nobody combines, and what is kept of secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roomd.identity.accounts import ADMINISTRATORS, PAPER_CODES, Account, AccountProblem, Accounts


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    found = Accounts(tmp_path / "identity" / "accounts.db")
    for role in sorted(ADMINISTRATORS):
        found.add(Account(f"{role}1", "hash", role))
    yield found
    found.close()


def code_of(error: pytest.ExceptionInfo[AccountProblem]) -> str:
    return error.value.code


def test_what_was_added_is_there_after_a_restart(accounts: Accounts, tmp_path: Path) -> None:
    accounts.add(Account("张三", "h", clearance="内部", made=5.0))
    accounts.close()
    path = tmp_path / "identity" / "accounts.db"
    assert path.stat().st_mode & 0o777 == 0o600
    again = Accounts(path)
    assert again.get("张三") == Account("张三", "h", clearance="内部", made=5.0)
    assert [a.name for a in again.all()] == ["admin1", "auditor1", "security1", "张三"]
    again.close()


@pytest.mark.parametrize("name", ["", " ", "-a", "a b", "a/b", "x" * 33, "a\n"])
def test_names_that_are_none(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountProblem) as refused:
        accounts.add(Account(name, "h"))
    assert code_of(refused) == "account_name"


def test_a_name_is_taken_once_and_roles_are_known(accounts: Accounts) -> None:
    with pytest.raises(AccountProblem) as refused:
        accounts.add(Account("admin1", "h"))
    assert code_of(refused) == "account_exists"
    with pytest.raises(AccountProblem) as refused:
        accounts.add(Account("x", "h", "presenter"))
    assert code_of(refused) == "unknown_role"


@pytest.mark.parametrize("one", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("other", sorted(ADMINISTRATORS))
def test_no_account_goes_from_one_power_to_another(
    accounts: Accounts, one: str, other: str
) -> None:
    accounts.add(Account("second", "h", one))
    if one == other:
        accounts.grant("second", other, "公开")
        return
    with pytest.raises(AccountProblem) as refused:
        accounts.grant("second", other, "公开")
    assert code_of(refused) == "account_separated"


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_last_of_each_stays(accounts: Accounts, role: str) -> None:
    with pytest.raises(AccountProblem) as refused:
        accounts.remove(f"{role}1")
    assert code_of(refused) == "last_administrator"
    with pytest.raises(AccountProblem) as refused:
        accounts.grant(f"{role}1", "", "公开")
    assert code_of(refused) == "last_administrator"
    accounts.add(Account("second", "h", role))
    accounts.remove(f"{role}1")
    assert accounts.missing_administrators() == []


def test_a_grant_returns_what_was_before(accounts: Accounts) -> None:
    accounts.add(Account("x", "h"))
    assert accounts.grant("x", "reader", "秘密").role == ""
    assert accounts.get("x").clearance == "秘密"
    with pytest.raises(AccountProblem) as refused:
        accounts.grant("x", "reader", "绝密")
    assert code_of(refused) == "unknown_clearance"
    with pytest.raises(AccountProblem) as refused:
        accounts.grant("nobody", "reader", "公开")
    assert code_of(refused) == "unknown_account"


def test_paper_codes_are_good_once_and_kept_as_hashes(accounts: Accounts, tmp_path: Path) -> None:
    codes = accounts.enrol("admin1", "SECRET", 7, 1)
    assert len(set(codes)) == PAPER_CODES
    assert accounts.take_paper("admin1", codes[0].upper())
    assert not accounts.take_paper("admin1", codes[0])
    assert len(accounts.get("admin1").paper) == PAPER_CODES - 1
    kept = b"".join(p.read_bytes() for p in (tmp_path / "identity").iterdir())
    assert all(code.encode() not in kept for code in codes)
    accounts.forget_code("admin1")
    assert not accounts.take_paper("admin1", codes[1])
    assert accounts.get("admin1").needs_code


def test_lists_show_nothing_that_helps_to_log_in(accounts: Accounts) -> None:
    accounts.enrol("admin1", "SECRET", 7, 0)
    shown = accounts.get("admin1").as_json()
    assert shown["totp"] is True
    assert shown["paper_codes"] == PAPER_CODES
    assert not {"hash", "secret", "paper", "last_step"} & shown.keys()


def test_a_file_that_cannot_be_opened_leaves_the_room_running(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    path.write_bytes(b"no database at all" * 100)
    found = Accounts.open(path)
    assert (found.kept, found.all()) == (False, [])
    found.close()
