"""Hold to run: in doubt it stops, and nothing starts again by itself."""

from __future__ import annotations

import asyncio

import pytest

from drivers.commands import OutcomeKind
from drivers.errors import Unreachable
from drivers.job import Denial
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


async def test_what_never_started_ends_as_what_kept_it() -> None:
    async with lamp_room(ONE_LIFT) as room:
        room.lines["l1"].refuse_open = Unreachable("gone")
        room.lines["l1"].lose()
        await room.clock.advance(0.1)
        room.hold("h1", "a.up")
        await room.clock.advance(2)
        assert [(o.kind, o.code) for _, o in room.ended] == [(OutcomeKind.OFFLINE, "unreachable")]
        assert room.holds.owner("a") is None


async def test_what_started_and_is_then_refused_is_cancelled_with_the_reason() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.3)
        room.dispatch.rules.append(lambda _command: Denial("interlocked"))
        await room.finger("h1", 0.6)
        await room.clock.advance(1)
        assert [(o.kind, o.code) for _, o in room.ended] == [(OutcomeKind.CANCELLED, "interlocked")]
        assert room.lines["l1"].texts()[-1] == "a stop"


async def test_arguments_are_checked_at_the_start() -> None:
    async with lamp_room(ONE_LIFT) as room:
        refused = room.holds.start("h1", "a", "up", {"speed": 9}, ANNA, room._over)
        assert refused is not None
        assert refused.code == "unknown_argument"
        refused = room.hold("h2", "nobody.up")
        assert refused is not None
        assert refused.code == "unknown_device"
        refused = room.hold("h3", "a.fly")
        assert refused is not None
        assert refused.code == "unknown_command"
        assert room.lines["l1"].texts() == []


async def test_one_id_holds_one_device() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT), device("b", "l2", LIFT))) as room:
        room.hold("h1", "a.up")
        refused = room.hold("h1", "b.up")
        assert refused is not None
        assert refused.code == "hold_lost"
        assert room.hold("h1", "b.up", BORIS) is None


async def test_what_has_no_motor_is_sent_again_while_the_finger_stays() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 1.5)
        assert room.lines["l1"].texts().count("a up") >= 4
        room.holds.release(ANNA.client, "h1")
        await room.clock.advance(1)
        assert room.lines["l1"].texts()[-1] == "a stop"


async def test_new_arguments_are_sent_at_once() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        room.hold("h1", "a.up")
        await room.clock.advance(0.1)
        assert room.holds.keep(ANNA.client, "h1", {"speed": 1})
        await room.clock.advance(0.1)
        assert [(o.kind, o.code) for _, o in room.ended] == []
        await room.clock.advance(1)
        assert room.ended[0][1].code == "unknown_argument"


async def test_release_of_what_is_over_says_so() -> None:
    async with lamp_room(ONE_LIFT) as room:
        assert not room.holds.release(ANNA.client, "h1")


async def test_stop_of_another_device_leaves_it() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT), device("b", "l2", LIFT))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.3)
        stopping = room.begin("b.stop", BORIS)
        await room.finger("h1", 0.6)
        assert stopping.done()
        assert room.holds.owner("a") == ANNA


async def test_all_stops_under_way_can_be_waited_for() -> None:
    async with lamp_room(ONE_LIFT) as room:
        await room.holds.settle(1)
        room.hold("h1", "a.up")
        await room.finger("h1", 0.3)
        room.holds.lose_all("stopping")
        settled = asyncio.create_task(room.holds.settle(5))
        await room.clock.advance(1)
        assert settled.done()
        assert room.ended[0][1].code == "stopping"
