"""Rules at work in a room: before the bytes, while something moves, and after a latch has fallen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from drivers.commands import OutcomeKind
from roomd.config.models.rules import Rule as Entry
from roomd.control.commands import Actor, Command
from roomd.control.interlocks import compiled
from roomd.control.latches import Latches
from roomd.control.room import Zone
from roomd.control.safety import Safety
from tests.support.lamp_room import ANNA, BORIS, LIFT, LampRoom, device, lamp_room, plan

SAY = {"zh": "灯太亮", "en": "Too bright"}
DARK = {"id": "dark", "deny": {"device": "b"}, "unless": {"a.level": {"below": 50}}, "say": SAY}
LATCH = {
    "id": "alarm",
    "latch": {"a.level": 100},
    "deny": {"kind": ["lift"]},
    "do": [{"device": "c", "command": "set", "args": {"level": 70}}],
    "say": SAY,
}


def use(safety: Safety, *entries: dict[str, Any]) -> None:
    safety.use(tuple(compiled(Entry.model_validate(e, strict=False), {}) for e in entries))


@asynccontextmanager
async def guarded(*entries: dict[str, Any]) -> AsyncIterator[tuple[LampRoom, Safety]]:
    """A lamp `a`, a lift `b`, a lamp `c`, a lift `d`, each on a line of its own, under these rules."""
    devices = (
        device("a", "l1"),
        device("b", "l2", LIFT),
        device("c", "l3"),
        device("d", "l4", LIFT),
    )
    async with lamp_room(plan(*devices, zones=(Zone("lamps", {}, ("a", "c")),))) as room:
        safety = Safety(room.store, room.dispatch, Latches(None, lambda: 1.0))
        use(safety, *entries)
        yield room, safety


async def test_a_refusal_names_rule_sentence_and_points_and_no_byte_leaves() -> None:
    async with guarded(DARK) as (room, safety):
        await room.do("a.set", level=80)
        refusal = room.hold("h1", "b.up")
        assert refusal is not None
        assert refusal.code == "interlocked"
        assert refusal.params["rule"] == "dark"
        assert refusal.params["say"] == SAY
        assert refusal.params["points"]["a.level"]["value"] == 80
        assert room.lines["l2"].texts() == []
        (shown,) = safety.why(Command("b", "up", {}, ANNA))
        assert (shown["id"], shown["verdict"]) == ("dark", "deny")
        await room.do("a.set", level=10)
        (shown,) = safety.why(Command("b", "up", {}, ANNA))
        assert shown["verdict"] == "pass"


async def test_a_condition_that_turns_false_stops_what_moves() -> None:
    async with guarded(DARK) as (room, _):
        room.hold("h1", "b.up")
        await room.finger("h1", 1.0)
        assert room.shown("b.moving")[0] == "up"
        room.lines["l1"].feed("a is 90")
        await room.finger("h1", 1.0)
        assert room.shown("b.moving")[0] == "none"
        assert room.lines["l2"].texts()[-1] == "b stop"
        assert room.ended[0][1].kind is OutcomeKind.CANCELLED


async def test_a_condition_that_turns_unclear_bars_only_the_next_start() -> None:
    async with guarded(DARK) as (room, _):
        room.hold("h1", "b.up")
        await room.finger("h1", 1.0)
        room.store.lose("a")
        await room.finger("h1", 1.0)
        assert room.shown("b.moving")[0] == "up"
        room.holds.release(ANNA.client, "h1")
        await room.clock.advance(3)
        refusal = room.hold("h2", "b.up")
        assert refusal is not None
        assert refusal.code == "interlocked"


async def test_new_rules_are_judged_at_once() -> None:
    async with guarded() as (room, safety):
        await room.do("a.set", level=80)
        room.hold("h1", "b.up")
        await room.finger("h1", 0.6)
        use(safety, DARK)
        await room.finger("h1", 0.6)
        assert room.shown("b.moving")[0] == "none"


async def test_a_latch_stops_reacts_and_bars_until_it_is_reset() -> None:
    async with guarded(LATCH) as (room, safety):
        room.hold("h1", "b.up")
        await room.finger("h1", 0.6)
        room.lines["l1"].feed("a is 100")
        await room.clock.advance(2)
        assert room.shown("b.moving")[0] == "none"
        assert room.shown("c.level") == (70, "confirmed")
        room.lines["l1"].feed("a is 5")
        await room.clock.advance(1)
        refusal = room.hold("h2", "b.up")
        assert refusal is not None
        assert refusal.params["latched"] is True
        assert safety.reset("nothing") == "unknown_rule"
        assert safety.reset("alarm") is None
        assert room.hold("h3", "b.up") is None


async def test_a_latch_is_not_reset_while_its_input_stands() -> None:
    async with guarded(LATCH) as (room, safety):
        room.lines["l1"].feed("a is 100")
        await room.clock.advance(2)
        assert safety.reset("alarm") == "latch_input"
        assert safety.latches.is_down("alarm")


async def test_one_motor_at_a_time_pause_included() -> None:
    async with guarded({"id": "one", "mutex": ["b", "d"], "say": SAY}) as (room, _):
        await room.clock.advance(1)
        room.hold("h1", "b.up")
        await room.finger("h1", 0.6)
        refusal = room.hold("h2", "d.up", BORIS)
        assert refusal is not None
        assert refusal.params["running"] == ["b"]
        room.holds.release(ANNA.client, "h1")
        await room.clock.advance(0.2)
        assert room.hold("h3", "d.up", BORIS) is not None
        await room.clock.advance(1)
        assert room.hold("h4", "d.up", BORIS) is None


async def test_a_motor_on_a_lost_link_keeps_its_mutex_for_its_longest_run() -> None:
    async with guarded({"id": "one", "mutex": ["b", "d"], "say": SAY}) as (room, _):
        room.hold("h1", "b.up")
        await room.finger("h1", 0.6)
        room.lines["l2"].refuse_open = None
        room.dispatch.devices["b"].motor.forget()  # type: ignore[union-attr]  # a lift has a motor
        assert room.hold("h2", "d.up", BORIS) is not None


async def test_a_program_moves_no_lift() -> None:
    async with guarded() as (room, safety):
        program = Actor("panel-of-others", "integration")
        assert room.hold("h1", "b.up", program) is not None
        (shown,) = safety.why(Command("b", "up", {}, program))
        assert shown["id"] == "no_unattended_motion"
        assert (await room.do("b.stop", program)).kind is OutcomeKind.SENT


async def test_an_override_passes_for_one_command() -> None:
    rule = {**DARK, "deny": {"device": "c"}, "override": {"role": "operator"}}
    async with guarded(rule) as (room, _):
        await room.do("a.set", level=80)
        assert (await room.do("c.set", level=1)).code == "interlocked"
        command = Command("c", "set", {"level": 1}, ANNA, passes=frozenset({"dark"}), reason="test")
        running = asyncio.create_task(room.dispatch.run(command))
        await room.clock.advance(2)
        assert running.result().kind is OutcomeKind.CONFIRMED
