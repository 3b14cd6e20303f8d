"""How often may be guessed, and when again."""

from __future__ import annotations

import pytest

from drivers.clock import VirtualClock
from roomd.identity.attempts import Lockout, TooOften, Window


async def test_a_window_slides_and_each_key_has_its_own() -> None:
    clock = VirtualClock()
    window = Window(clock, 3, 60.0)
    for _ in range(3):
        window.take("a")
        await clock.advance(10)
    with pytest.raises(TooOften) as refused:
        window.take("a")
    assert refused.value.retry_after == 30
    window.take("b")
    await clock.advance(30)
    window.take("a")


async def test_failures_in_a_row_lock_and_success_forgets_them() -> None:
    clock = VirtualClock()
    lockout = Lockout(clock, 5, 900.0)
    for _ in range(4):
        lockout.failed("a")
    lockout.succeeded("a")
    for _ in range(5):
        lockout.check("a")
        lockout.failed("a")
    with pytest.raises(TooOften) as refused:
        lockout.check("a")
    assert refused.value.retry_after == 900
    lockout.check("b")
    await clock.advance(900)
    lockout.check("a")
    lockout.failed("a")
    lockout.check("a")
