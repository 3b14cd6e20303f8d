"""What is good enough, what fits, and that hashing is done one after another."""

from __future__ import annotations

import asyncio
import threading

import pytest

from roomd.identity.passwords import (
    WAITING,
    Busy,
    OneAtATime,
    WeakPassword,
    check_strength,
    fits,
    hashed,
)


@pytest.mark.parametrize(
    "password, code",
    [
        ("short", "password_short"),
        ("x" * 257, "password_long"),
        ("Administrator", "password_common"),
        ("1234567890", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("zhangsan99", "password_name"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, code: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_strength(password, "ZhangSan")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password", ["correct horse", "会议室的门钥匙在三楼左边", "zhangsan-likes-tea-99"]
)
def test_others_are_taken(password: str) -> None:
    check_strength(password, "zhangsan")


def test_a_hash_says_how_dear_it_was_and_fits_one_password() -> None:
    kept = hashed("correct horse")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != hashed("correct horse")
    assert fits(kept, "correct horse")
    assert not fits(kept, "Correct horse")


def test_nobodys_password_never_fits() -> None:
    assert not fits(None, "")
    assert not fits("no hash", "no hash")


async def test_one_at_a_time_and_sixteen_wait() -> None:
    turns, gate, running = OneAtATime(), threading.Event(), []

    def work() -> int:
        running.append(1)
        gate.wait(20)
        return len(running)

    tasks = [asyncio.create_task(turns.run(work)) for _ in range(WAITING)]
    for _ in range(5):
        await asyncio.sleep(0)
    with pytest.raises(Busy):
        await turns.run(work)
    assert len(running) <= 1
    gate.set()
    assert sorted(await asyncio.gather(*tasks)) == list(range(1, WAITING + 1))
    assert await turns.run(work) == WAITING + 1
