"""A motor with a lock moves for whoever gave the PIN, and stops for everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.commands import OutcomeKind
from roomd.control.commands import Actor
from roomd.control.locks import OPEN, REST, TRIES
from tests.support.lamp_room import ANNA, BORIS, LIFT, LampRoom, device, lamp_room, plan

LOCKED = plan(replace(device("a", "l1", LIFT), lock=True), device("b", "l2", LIFT))


def knows(room: LampRoom) -> None:
    """Let 1234 be the PIN of Anna's tablet."""

    def pin_is(actor: Actor, pin: str) -> bool:
        return actor.client == ANNA.client and pin == "1234"

    room.dispatch.locks.pin_is = pin_is


async def test_without_a_pin_it_does_not_move_and_stops_all_the_same() -> None:
    async with lamp_room(LOCKED) as room:
        refused = room.hold("h1", "a.up")
        assert refused is not None
        assert refused.code == "locked"
        assert (await room.do("a.goto", position=50)).code == "locked"
        assert (await room.do("a.stop")).kind is OutcomeKind.SENT
        assert (await room.do("a.set", level=5)).kind is OutcomeKind.CONFIRMED
        assert room.hold("h2", "b.up", BORIS) is None


async def test_where_no_pin_is_known_nobody_opens_it() -> None:
    async with lamp_room(LOCKED) as room:
        assert (await room.do("a.unlock", pin="")).code == "locked"
        assert room.hold("h1", "a.up") is not None


async def test_the_right_pin_opens_it_for_that_client_only() -> None:
    async with lamp_room(LOCKED) as room:
        knows(room)
        assert (await room.do("a.unlock", BORIS, pin="1234")).code == "locked"
        assert (await room.do("a.unlock", pin="1234")).kind is OutcomeKind.CONFIRMED
        refused = room.hold("h1", "a.up", BORIS)
        assert refused is not None
        assert refused.code == "locked"
        assert room.hold("h2", "a.up") is None
        await room.finger("h2", 0.6)
        assert "a up" in room.lines["l1"].texts()


async def test_it_locks_by_itself_after_the_last_motion_and_by_hand() -> None:
    async with lamp_room(LOCKED) as room:
        knows(room)
        await room.do("a.unlock", pin="1234")
        await room.clock.advance(OPEN - 5)
        for hold in ("h1", "h2"):
            assert room.hold(hold, "a.up") is None
            await room.finger(hold, 0.3)
            room.holds.release(ANNA.client, hold)
            await room.clock.advance(OPEN - 5)
        await room.clock.advance(6)
        assert room.hold("h3", "a.up") is not None
        await room.do("a.unlock", pin="1234")
        assert (await room.do("a.lock")).kind is OutcomeKind.CONFIRMED
        assert room.hold("h4", "a.up") is not None


async def test_guessing_is_slowed_down() -> None:
    async with lamp_room(LOCKED) as room:
        knows(room)
        codes = [(await room.do("a.unlock", pin=str(n))).code for n in range(TRIES + 2)]
        assert codes == ["locked"] * TRIES + ["rate_limited"] * 2
        assert (await room.do("a.unlock", pin="1234")).code == "rate_limited"
        await room.clock.advance(REST + 1)
        assert (await room.do("a.unlock", pin="1234")).kind is OutcomeKind.CONFIRMED


async def test_a_lock_that_is_taken_off_by_a_reload_is_off() -> None:
    async with lamp_room(LOCKED) as room:
        assert "unlock" in room.dispatch.devices["a"].commands
        change = await room.supervisor.apply(plan(device("a", "l1", LIFT), device("b", "l2", LIFT)))
        assert change.untouched == ("a", "b")
        assert "unlock" not in room.dispatch.devices["a"].commands
        assert room.hold("h1", "a.up") is None


@pytest.mark.parametrize("pin", [5, "x" * 17, None])
async def test_what_is_no_pin_is_not_tried(pin: object) -> None:
    async with lamp_room(LOCKED) as room:
        assert (await room.do("a.unlock", pin=pin)).code == "invalid_value"
