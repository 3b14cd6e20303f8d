"""A bucket that fills by the second: a burst passes, a flood does not, and slowing down is forgiven."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.clock import VirtualClock
from roomd.web.rate import CALM, PATIENCE, Rate


async def asked(rate: Rate, clock: VirtualClock, gap: float, seconds: float) -> list[bool]:
    """Ask every `gap` seconds for `seconds`; stop where it is abusive."""
    found: list[bool] = []
    for _ in range(round(seconds / gap)):
        clock._now += gap
        found.append(rate.allow())
        if rate.abusive:
            break
    return found


async def test_a_burst_passes_and_then_as_much_as_comes_back() -> None:
    clock = VirtualClock()
    rate = Rate(clock, 50, 100)
    assert [rate.allow() for _ in range(101)] == [True] * 100 + [False]
    clock._now += 0.1
    assert [rate.allow() for _ in range(6)] == [True] * 5 + [False]
    assert not rate.abusive


async def test_who_rests_has_no_more_than_a_burst() -> None:
    clock = VirtualClock()
    rate = Rate(clock, 50, 100)
    clock._now += 3600
    assert sum(rate.allow() for _ in range(300)) == 100


async def test_over_the_limit_for_too_long_is_abuse() -> None:
    clock = VirtualClock()
    rate = Rate(clock, 50, 100)
    started = clock.monotonic()
    await asked(rate, clock, 0.01, 60)
    assert rate.abusive
    # 2 s until the burst is spent at 100 messages a second, then the patience.
    assert PATIENCE + 1 < clock.monotonic() - started < PATIENCE + 3


async def test_after_a_flood_a_client_that_slows_down_is_forgiven() -> None:
    clock = VirtualClock()
    rate = Rate(clock, 50, 100)
    await asked(rate, clock, 0.001, 1.0)
    slower = await asked(rate, clock, 1 / 45, 30)
    assert all(slower[-900:])
    assert not rate.abusive


async def test_a_pause_begins_the_patience_anew() -> None:
    clock = VirtualClock()
    rate = Rate(clock, 50, 100)
    for _ in range(5):
        await asked(rate, clock, 0.001, 1.0)
        clock._now += CALM + 0.1
    assert not rate.abusive


@given(st.lists(st.floats(0, 5, allow_nan=False), max_size=300))
def test_never_more_than_the_burst_and_what_came_back(gaps: list[float]) -> None:
    clock = VirtualClock()
    rate = Rate(clock, 50, 100)
    started, passed = clock.monotonic(), 0
    for gap in gaps:
        clock._now += gap
        passed += rate.allow()
        assert passed <= 100 + 50 * (clock.monotonic() - started) + 1e-6
