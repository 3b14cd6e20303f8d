"""Hold to run: in doubt it stops, and nothing starts again by itself."""

from __future__ import annotations

import pytest

from drivers.commands import OutcomeKind
from tests.support.lamp_room import ANNA, BORIS, LIFT, device, lamp_room, plan

ONE_LIFT = plan(device("a", "l1", LIFT))


async def test_a_finger_moves_it_and_release_stops_it() -> None:
    async with lamp_room(ONE_LIFT) as room:
        assert room.hold("h1", "a.up") is None
        await room.finger("h1", 1.5)
        assert room.lines["l1"].texts() == ["a up", "a up"]
        released = room.clock.monotonic()
        assert room.holds.release(ANNA.client, "h1")
        await room.clock.advance(1)
        stops = [at for at, text in room.lines["l1"].sent if text == "a stop"]
        assert stops[0] - released <= 0.02
        assert [(i, o.kind) for i, o in room.ended] == [("h1", OutcomeKind.SENT)]


async def test_without_a_keep_it_stops_after_400_ms_and_a_late_keep_starts_nothing() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.hold("h1", "a.up")
        started = room.clock.monotonic()
        await room.clock.advance(1)
        stops = [at for at, text in room.lines["l1"].sent if text == "a stop"]
        assert stops[0] - started == pytest.approx(0.4, abs=0.02)
        assert room.ended[0][1].code == "hold_lost"
        room.lines["l1"].sent.clear()
        assert not room.holds.keep(ANNA.client, "h1", None)
        await room.clock.advance(2)
        assert room.lines["l1"].texts() == []


async def test_a_socket_that_closes_stops_what_it_held() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.6)
        room.holds.lose_client(ANNA.client, "hold_lost")
        await room.clock.advance(1)
        assert room.lines["l1"].texts()[-3:] == ["a stop"] * 3


async def test_a_second_person_is_told_who_holds_it_and_may_stop_it() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.3)
        refused = room.hold("h9", "a.down", BORIS)
        assert refused is not None
        assert (refused.code, refused.params["who"]) == ("owned", "anna")
        await room.do("a.stop", BORIS)
        await room.clock.advance(1)
        assert room.ended[0][1].code == "stopped"
        assert not room.holds.keep(ANNA.client, "h1", None)
        await room.clock.advance(2)
        assert "a down" not in room.lines["l1"].texts()


async def test_stop_everything_ends_every_hold() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.3)
        stopping = room.begin("a.stop")
        await room.clock.advance(0.01)
        assert room.holds.owner("a") is None
        await room.clock.advance(1)
        assert stopping.done()


async def test_an_id_is_used_once() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.hold("h1", "a.up")
        refused = room.hold("h1", "a.up")
        assert refused is not None
        assert refused.code == "owned"


async def test_what_cannot_be_held_is_refused() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        refused = room.hold("h1", "a.set")
        assert refused is not None
        assert refused.code == "unknown_command"
        assert room.holds.owner("a") is None


async def test_a_lost_link_ends_the_hold_and_nothing_moves_when_it_is_back() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.6)
        room.lines["l1"].sent.clear()
        room.lines["l1"].lose()
        await room.clock.advance(5)
        assert room.holds.owner("a") is None
        texts = room.lines["l1"].texts()
        assert texts[0] == "a stop"
        assert not {"a up", "a down"} & set(texts)


async def test_the_longest_run_ends_the_hold() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 21)
        assert room.ended or room.shown("a.moving")[0] == "none"
        assert room.lines["l1"].texts().count("a up") == 2
