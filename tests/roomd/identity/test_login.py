"""Step by step: the start password, the authenticator, the code, and what guessing leads to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.clock import VirtualClock
from roomd.identity.accounts import Account, Accounts
from roomd.identity.attempts import TooOften
from roomd.identity.login import FAILURES, LOCKED, PER_ADDRESS, Given, Login, LoginRefused
from roomd.identity.passwords import WeakPassword, hashed
from roomd.identity.totp import code_at, step_of

GOOD, NEW = "correct horse", "battery staple"


class Door:
    """A log-in with a clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock()
        self.accounts = Accounts(folder / "accounts.db")
        self.login = Login(self.clock, self.accounts, "r301")

    async def enter(self, name: str, password: str = GOOD, **more: str) -> list[str]:
        return (await self.login.enter(Given(name, password, **more))).paper

    async def refusal(self, name: str, password: str = GOOD, **more: str) -> LoginRefused:
        with pytest.raises(LoginRefused) as refused:
            await self.enter(name, password, **more)
        return refused.value

    def code(self, secret: str, off: int = 0) -> str:
        return code_at(secret, step_of(self.clock.wall()) + off)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    found = Door(tmp_path)
    kept = hashed(GOOD)
    for name, role in (("op", "operator"), ("root", "admin"), ("new", "")):
        found.accounts.add(Account(name, kept, role))
    yield found
    found.accounts.close()


async def test_an_operator_needs_the_password_alone(door: Door) -> None:
    assert await door.enter("op") == []


async def test_unknown_names_and_wrong_passwords_get_one_answer(door: Door) -> None:
    assert (await door.refusal("op", "wrong")).code == "login_failed"
    assert (await door.refusal("nobody")).code == "login_failed"


async def test_an_account_without_a_role_does_not_come_in(door: Door) -> None:
    assert (await door.refusal("new")).code == "account_without_role"


async def test_an_administrator_enrols_an_authenticator_and_gets_paper_codes_once(
    door: Door,
) -> None:
    offered = await door.refusal("root")
    assert offered.code == "totp_enrol"
    secret = offered.params["secret"]
    assert secret in offered.params["uri"]
    assert (await door.refusal("root", code="000000")).params["secret"] == secret
    paper = await door.enter("root", code=door.code(secret))
    assert len(paper) == 10
    assert (await door.refusal("root")).code == "totp_needed"
    assert (await door.refusal("root", code=door.code(secret))).code == "login_failed"  # used
    await door.clock.advance(30)
    assert await door.enter("root", code=door.code(secret)) == []
    assert await door.enter("root", code=paper[3]) == []
    assert (await door.refusal("root", code=paper[3])).code == "login_failed"


async def test_a_phone_whose_clock_is_wrong_is_followed(door: Door) -> None:
    secret = (await door.refusal("root")).params["secret"]
    await door.enter("root", code=door.code(secret, 2))
    await door.clock.advance(3000)
    await door.enter("root", code=door.code(secret, 3))
    await door.clock.advance(3000)
    await door.enter("root", code=door.code(secret, 5))


async def test_a_start_password_must_be_changed(door: Door) -> None:
    door.accounts.set_password("op", hashed(GOOD), must_change=True)
    assert (await door.refusal("op")).code == "password_change_needed"
    assert (await door.refusal("op", new_password=GOOD)).code == "password_same"
    with pytest.raises(WeakPassword):
        await door.enter("op", new_password="short")
    assert await door.enter("op", new_password=NEW) == []
    assert (await door.refusal("op")).code == "login_failed"
    assert await door.enter("op", NEW) == []


async def test_failures_lock_that_account_for_a_while_and_no_other(door: Door) -> None:
    for _ in range(FAILURES):
        await door.refusal("op", "wrong")
    with pytest.raises(TooOften) as locked:
        await door.enter("op")
    assert locked.value.retry_after == LOCKED
    assert (await door.refusal("root")).code == "totp_enrol"
    await door.clock.advance(LOCKED)
    assert await door.enter("op") == []


async def test_an_address_may_try_twenty_times_a_minute(door: Door) -> None:
    for number in range(PER_ADDRESS):
        await door.refusal(f"n{number}", address="10.0.0.9")
    with pytest.raises(TooOften):
        await door.enter("op", address="10.0.0.9")
    assert await door.enter("op", address="10.0.0.8") == []


async def test_an_enrolment_that_was_not_finished_begins_anew(door: Door) -> None:
    secret = (await door.refusal("root")).params["secret"]
    await door.clock.advance(601)
    again = await door.refusal("root", code=door.code(secret))
    assert again.params["secret"] != secret


async def test_ones_own_password_is_asked_for_before_it_is_changed(door: Door) -> None:
    account = door.accounts.get("op")
    await door.login.confirm(account, GOOD)
    with pytest.raises(LoginRefused):
        await door.login.confirm(account, "wrong")
