"""Sessions end when they rest, when they are old, and when what is behind them ends."""

from __future__ import annotations

import pytest

from drivers.clock import VirtualClock
from roomd.identity.principal import Principal
from roomd.identity.sessions import BY_TOKEN, LIMITS, MAX_SESSIONS, Sessions

ANNA = Principal("anna", "admin")


@pytest.mark.parametrize("role", ["reader", "admin", "security", "auditor", "operator"])
async def test_a_role_rests_as_long_as_its_limit_says(role: str) -> None:
    clock = VirtualClock()
    sessions, idle = Sessions(clock), LIMITS[role].idle
    opened = sessions.open(Principal("a", role), LIMITS[role])
    for _ in range(3):
        await clock.advance(idle - 1)
        assert sessions.get(opened.session, act=True) == opened
    await clock.advance(idle - 1)
    assert sessions.get(opened.session, act=False) == opened  # only looked, did nothing
    await clock.advance(2)
    assert sessions.get(opened.session, act=True) is None


@pytest.mark.parametrize("role", ["attendee", "reader", "admin", "security", "auditor"])
async def test_and_ends_after_its_whole_time_however_busy(role: str) -> None:
    clock = VirtualClock()
    sessions, limits = Sessions(clock), LIMITS[role]
    opened = sessions.open(Principal("a", role), limits)
    step, passed = min(limits.idle, limits.whole) / 2, 0.0
    while passed + step < limits.whole:
        await clock.advance(step)
        passed += step
        assert sessions.get(opened.session, act=True) is not None
    await clock.advance(step + 1)
    assert sessions.get(opened.session, act=True) is None


async def test_an_operator_is_the_tablet_again_after_a_rest() -> None:
    clock = VirtualClock()
    sessions = Sessions(clock)
    tablet = Principal("平板", "presenter", token="hash", device="d1")
    opened = sessions.open(Principal("anna", "operator", token="hash"), LIMITS["operator"], tablet)
    await clock.advance(LIMITS["operator"].idle + 1)
    now = sessions.get(opened.session, act=True)
    assert now is not None
    assert (now.user, now.role, now.device, now.session) == (
        "平板",
        "presenter",
        "d1",
        opened.session,
    )
    await clock.advance(BY_TOKEN.idle * 2)
    assert sessions.get(opened.session, act=True) == now


async def test_what_is_behind_a_session_ends_it() -> None:
    gone: set[str] = set()
    sessions = Sessions(VirtualClock(), lambda p: p.user not in gone)
    opened = sessions.open(ANNA, BY_TOKEN)
    gone.add("anna")
    assert sessions.get(opened.session, act=True) is None


async def test_some_are_ended_and_the_rest_goes_on() -> None:
    sessions = Sessions(VirtualClock())
    guest = sessions.open(Principal("g", "attendee"), LIMITS["attendee"])
    anna = sessions.open(ANNA, LIMITS["admin"])
    assert sessions.end(lambda p: p.role == "attendee") == 1
    assert sessions.get(guest.session, act=True) is None
    assert sessions.all() == [anna]
    assert sessions.close(anna.session) == anna
    assert sessions.close(anna.session) is None


async def test_too_many_end_the_one_that_rested_longest() -> None:
    clock = VirtualClock()
    sessions = Sessions(clock)
    first, second = sessions.open(ANNA, BY_TOKEN), sessions.open(ANNA, BY_TOKEN)
    for _ in range(MAX_SESSIONS - 2):
        clock._now += 0.001
        sessions.open(ANNA, BY_TOKEN)
    sessions.get(first.session, act=True)
    sessions.open(ANNA, BY_TOKEN)
    assert sessions.get(second.session, act=True) is None
    assert sessions.get(first.session, act=True) is not None
