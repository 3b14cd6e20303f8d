"""Who comes in by the code, when it changes, and that guessing does not pay."""

from __future__ import annotations

import pytest

from drivers.clock import VirtualClock
from roomd.identity.attempts import TooOften
from roomd.identity.join_code import DIGITS_UNTIL, GRACE, ROTATES, JoinCode


def wrong(code: JoinCode) -> str:
    return f"{(int(code.code or '0') + 1) % 1_000_000:06d}"


async def test_the_digits_and_the_secret_let_in_blanks_or_not() -> None:
    join = JoinCode(VirtualClock())
    assert join.judge(f"{join.code[:3]} {join.code[3:]}", "a") == "right"
    assert join.judge(join.secret, "a") == "right"
    assert join.judge(wrong(join), "a") == "wrong"
    assert join.judge("", "a") == "wrong"


async def test_it_rotates_and_the_one_before_is_good_for_a_minute() -> None:
    clock = VirtualClock()
    join = JoinCode(clock)
    before = join.code
    told: list[str] = []
    join.changed.append(lambda: told.append("changed"))
    await clock.advance(ROTATES)
    assert join.judge(before, "a") == "right"
    assert told == ["changed"]
    await clock.advance(GRACE)
    assert join.judge(before, "a") == "wrong"
    assert join.judge(join.code, "a") == "right"


async def test_a_new_meeting_lets_nobody_in_by_an_old_code() -> None:
    join = JoinCode(VirtualClock())
    code, secret = join.code, join.secret
    join.renew()
    assert (join.judge(code, "a"), join.judge(secret, "a")) == ("wrong", "wrong")


async def test_an_address_has_five_tries_a_minute_and_the_room_thirty() -> None:
    join = JoinCode(VirtualClock())
    for _ in range(5):
        join.judge("x", "a")
    with pytest.raises(TooOften):
        join.judge(join.code, "a")
    for number in range(25):
        join.judge("x", f"b{number}")
    with pytest.raises(TooOften):
        join.judge(join.code, "c")


async def test_ten_thousand_guesses_see_thirty_a_minute_and_switch_the_digits_off() -> None:
    clock = VirtualClock()
    join = JoinCode(clock)
    looked_at = lucky = 0
    first = join.code
    for number in range(10_000):
        if number % 100 == 0:
            await clock.advance(60)
        try:
            verdict = join.judge(f"{number:06d}", f"a{number % 50}")
        except TooOften:
            continue
        looked_at += 1
        lucky += verdict == "right"
    assert looked_at <= 30 * 100
    assert lucky <= 1
    assert join.wrong == DIGITS_UNTIL
    assert (join.digits_off, join.code) == (True, "")
    await clock.advance(60)
    assert join.judge("123456", "z") == "off"
    assert join.judge(join.secret, "z") == "right"
    assert join.code != first
    join.renew()
    assert len(join.code) == 6


async def test_thirty_wrong_within_a_minute_bring_a_new_code() -> None:
    join = JoinCode(VirtualClock())
    before = join.secret
    for number in range(30):
        join.judge(wrong(join), f"a{number}")
    assert join.secret != before
