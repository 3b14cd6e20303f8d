"""A lamp that comes back is told again what was wished; what was changed meanwhile stays, and nothing moves."""

from __future__ import annotations

from dataclasses import replace

from drivers.errors import Unreachable
from tests.support.lamp_room import LIFT, LampRoom, device, lamp_room, plan

KEPT = plan(replace(device("a", "l1"), restore=True), device("b", "l2"))


async def gone_and_back(room: LampRoom, line: str = "l1") -> list[str]:
    """Lose a line, let it come back, and return what was sent then."""
    room.lines[line].refuse_open = Unreachable("gone")
    room.lines[line].lose()
    await room.clock.advance(1)
    room.lines[line].sent.clear()
    room.lines[line].refuse_open = None
    await room.clock.advance(8)
    return [text for text in room.lines[line].texts() if not text.endswith("?")]


async def test_what_was_wished_is_wished_again() -> None:
    async with lamp_room(KEPT) as room:
        await room.do("a.set", level=30)
        await room.do("a.set", level=60)
        assert await gone_and_back(room) == ["a level 60"]
        assert room.shown("a.level")[0] == 60


async def test_only_where_the_entry_says_so() -> None:
    async with lamp_room(KEPT) as room:
        await room.do("b.set", level=60)
        assert await gone_and_back(room, "l2") == []


async def test_what_somebody_changed_at_the_device_stays_changed() -> None:
    async with lamp_room(KEPT) as room:
        await room.do("a.set", level=60)
        room.lines["l1"].feed("a is 0")
        await room.clock.advance(0.1)
        assert await gone_and_back(room) == []


async def test_what_is_still_so_is_not_sent_again() -> None:
    async with lamp_room(KEPT) as room:
        await room.do("a.set", level=5)  # what the lamp says it has after each start
        assert await gone_and_back(room) == []


async def test_what_was_never_taken_is_not_wished_again() -> None:
    async with lamp_room(KEPT) as room:
        answer = room.lines["l1"].answer
        room.lines["l1"].answer = lambda _text: None
        await room.do("a.step")
        await room.do("a.set", level=60)
        room.lines["l1"].answer = answer
        await room.clock.advance(12)
        assert await gone_and_back(room) == []


async def test_a_second_loss_before_it_was_back_forgets_nothing() -> None:
    async with lamp_room(KEPT) as room:
        await room.do("a.set", level=60)
        room.lines["l1"].lose()
        room.supervisor._restorer.lost("a")
        assert await gone_and_back(room) == ["a level 60"]


async def test_nothing_that_moves_is_ever_wished_again() -> None:
    lift = replace(device("a", "l1", LIFT), restore=True)
    async with lamp_room(plan(lift)) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 1.0)
        assert set(await gone_and_back(room)) == {"a stop"}


async def test_a_fresh_start_wishes_nothing() -> None:
    room = LampRoom()
    await room.supervisor.apply(KEPT)
    await room.clock.advance(3)
    assert [t for t in room.lines["l1"].texts() if not t.endswith("?")] == []
    await room.supervisor.close()
