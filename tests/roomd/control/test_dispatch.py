"""From a wish to its one outcome, through locks, arguments, gates and zones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from drivers.commands import Outcome, OutcomeKind
from drivers.job import Denial
from roomd.control.commands import Command
from roomd.control.room import Misconfigured, Zone
from tests.support.lamp_room import ANNA, BORIS, LIFT, device, lamp_room, plan


async def test_a_command_is_confirmed_and_its_point_follows_the_report() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        task = room.begin("a.set", level=40)
        await room.clock.advance(0)
        assert room.shown("a.level") == (5, "pending")
        await room.clock.advance(1)
        assert task.result().kind is OutcomeKind.CONFIRMED
        assert room.shown("a.level") == (40, "confirmed")


async def test_what_does_not_exist_is_refused_by_name() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        assert (await room.do("b.set")).code == "unknown_device"
        assert (await room.do("a.fly")).code == "unknown_command"
        assert room.lines["l1"].texts() == []


async def test_arguments_out_of_range_never_become_bytes() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"level": 101}, "invalid_value"),
            ({"level": "x"}, "invalid_value"),
            ({"level": True}, "invalid_value"),
            ({}, "missing_value"),
            ({"level": 1, "x": 2}, "unknown_argument"),
        ]
        for args, code in wrong:
            outcome = await room.do("a.set", **args)
            assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, code)
        assert room.lines["l1"].texts() == []


async def test_a_misconfigured_device_is_refused_with_its_place() -> None:
    broken = device("b", "")
    problem = Misconfigured("room.yaml", 7, 3, "unknown_driver", {})
    broken = type(broken)(**{**broken.__dict__, "spec": None, "problem": problem})
    async with lamp_room(plan(device("a", "l1"), broken)) as room:
        outcome = await room.do("b.on")
        assert outcome.params["place"] == "room.yaml:7"
        assert (await room.do("a.set", level=1)).kind is OutcomeKind.CONFIRMED


async def test_a_rule_is_asked_at_the_preview_and_at_the_wire() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        asked: list[str] = []

        def rule(command: Command) -> Denial | None:
            asked.append(command.command)
            return None if len(asked) < 2 else Denial("interlocked", {"rule": "r1"})

        room.dispatch.rules.append(rule)
        outcome = await room.do("a.set", level=1)
        assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "interlocked")
        assert asked == ["set", "set"]
        assert room.lines["l1"].texts() == []


async def test_stop_passes_every_rule_and_the_end_of_the_daemon() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        room.dispatch.rules.append(lambda _command: Denial("interlocked"))
        room.dispatch.stopping = True
        assert (await room.do("a.stop")).kind is OutcomeKind.SENT
        assert (await room.do("a.set", level=1)).code == "stopping"


async def test_hold_to_run_motion_is_refused_without_a_finger() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        outcome = await room.do("a.up")
        assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "hold_required")
        assert room.lines["l1"].texts() == []


async def test_a_zone_reaches_all_its_devices_at_once_and_tells_the_worst_end() -> None:
    zone = Zone("all", {"zh": "全部", "en": "All"}, ("a", "b"))
    async with lamp_room(plan(device("a", "l1"), device("b", "l2"), zones=(zone,))) as room:
        assert (await room.do("all.set", level=9)).kind is OutcomeKind.CONFIRMED
        room.lines["l2"].answer = lambda _text: None
        outcome = await room.do("all.set", level=8)
        assert outcome.kind is OutcomeKind.TIMEOUT
        assert outcome.params["devices"] == {"a": "confirmed", "b": "timeout"}


async def test_stop_everything_joins_simultaneous_presses_into_one_round() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT), device("b", "l2", LIFT))) as room:
        first = room.dispatch.stop_all(ANNA)
        second = room.dispatch.stop_all(BORIS)
        tasks = [asyncio.create_task(first), asyncio.create_task(second)]
        await room.clock.advance(1)
        assert {d: o.kind for d, o in tasks[0].result().items()} == {
            "a": OutcomeKind.SENT,
            "b": OutcomeKind.SENT,
        }
        assert tasks[1].result() == tasks[0].result()
        assert room.lines["l1"].texts() == ["a stop"] * 3


async def test_a_driver_that_crashes_fails_its_command_only() -> None:
    async with lamp_room(plan(device("a", "l1"), device("b", "l2"))) as room:
        found = room.dispatch.devices["a"].device
        assert found is not None

        async def broken(level: float) -> None:
            raise KeyError(level)

        found.set = broken  # type: ignore[attr-defined]  # broken on purpose
        assert (await room.do("a.set", level=1)).code == "driver_error"
        assert (await room.do("b.set", level=1)).kind is OutcomeKind.CONFIRMED


async def test_probe_and_reconnect_are_there_for_every_device() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        assert (await room.do("a.probe")).kind is OutcomeKind.CONFIRMED
        assert room.lines["l1"].texts() == ["a?"]
        assert (await room.do("a.reconnect")).kind is OutcomeKind.SENT
        await room.clock.advance(1)
        assert room.lines["l1"].opened == 2


async def test_a_timeout_and_silence_leave_the_value_unknown() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        room.lines["l1"].answer = lambda _text: None
        assert (await room.do("a.set", level=40)).kind is OutcomeKind.TIMEOUT
        await room.clock.advance(30)
        assert room.shown("a.level") == (None, "unknown")


async def test_arguments_are_judged_before_the_rules_and_the_owner_before_both() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        asked: list[str] = []

        def rule(command: Command) -> Denial:
            asked.append(command.command)
            return Denial("interlocked")

        room.dispatch.rules.append(rule)
        assert (await room.do("a.set", level=101)).code == "invalid_value"
        assert asked == []
        room.dispatch.owner_of = lambda _device: BORIS
        outcome = await room.do("a.goto", position=500)
        assert (outcome.code, asked) == ("hold_required", [])


async def test_a_stop_takes_whatever_is_written_beside_it() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        assert (await room.do("a.stop", level="x", more=[1])).kind is OutcomeKind.SENT


async def test_why_asks_no_arguments() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        command = Command("a", "set", {}, ANNA)
        refusal = room.dispatch.check(command)
        assert refusal is not None
        assert refusal.code == "missing_value"
        assert room.dispatch.check(command, with_arguments=False) is None
        refusal = room.dispatch.check(Command("b", "set", {}, ANNA))
        assert refusal is not None
        assert refusal.code == "unknown_device"


async def test_stop_joins_what_is_under_way_but_not_where_something_started_since() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT), device("b", "l2", LIFT))) as room:
        first = asyncio.create_task(room.dispatch.stop_all(ANNA))
        await room.clock.advance(0.05)
        room.hold("h1", "a.up")
        await room.clock.advance(0.05)
        second = asyncio.create_task(room.dispatch.stop_all(BORIS))
        await room.clock.advance(2)
        assert second.result()["a"].kind is OutcomeKind.SENT
        assert room.lines["l1"].texts()[-1] == "a stop"
        assert room.lines["l1"].texts().count("a stop") > 3
        assert room.lines["l2"].texts() == ["b stop"] * 3
        assert first.result()["b"] == second.result()["b"]
        assert room.shown("a.moving")[0] == "none"


async def test_a_thousand_presses_of_stop_are_one_stop() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        presses = [asyncio.create_task(room.dispatch.stop_all(ANNA)) for _ in range(1000)]
        await room.clock.advance(1)
        assert {press.result()["a"].kind for press in presses} == {OutcomeKind.SENT}
        assert room.lines["l1"].texts() == ["a stop"] * 3


async def test_the_stop_that_ends_a_hold_is_itself_sent_and_not_overtaken() -> None:
    async with lamp_room(plan(device("a", "l1", LIFT))) as room:
        room.hold("h1", "a.up")
        await room.finger("h1", 0.6)
        outcome = await room.do("a.stop", BORIS)
        assert outcome.kind is OutcomeKind.SENT
        assert room.lines["l1"].texts() == ["a up", "a up", "a stop", "a stop", "a stop"]
        assert [o.code for _, o in room.ended] == ["stopped"]


async def test_who_asked_may_go_and_the_command_goes_on() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        ended: list[OutcomeKind] = []
        room.dispatch.outcomes.append(lambda _command, outcome: ended.append(outcome.kind))
        waiting = asyncio.create_task(
            _wait_for(room.dispatch.begin(Command("a", "set", {"level": 3}, ANNA)))
        )
        await asyncio.sleep(0)
        waiting.cancel()
        await room.clock.advance(1)
        assert ended == [OutcomeKind.CONFIRMED]


async def _wait_for(task: asyncio.Task[Outcome]) -> None:
    await asyncio.shield(task)


async def test_one_that_is_cancelled_is_recorded_as_such() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        ended: list[OutcomeKind] = []
        room.dispatch.outcomes.append(lambda _command, outcome: ended.append(outcome.kind))
        room.lines["l1"].answer = lambda _text: None
        task = room.begin("a.set", level=3)
        await room.clock.advance(0.1)
        task.cancel()
        await room.clock.advance(1)
        assert task.cancelled()
        assert ended == [OutcomeKind.CANCELLED]
        assert room.shown("a.level") == (5, "confirmed")


async def test_a_wish_is_ended_by_what_comes_after_its_first_byte_only() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        room.lines["l1"].answer = lambda _text: None
        room.begin("a.step")  # holds the lane
        await room.clock.advance(0.1)
        room.begin("a.set", level=40)
        await room.clock.advance(0.1)
        room.lines["l1"].feed("a is 40")
        await room.clock.advance(0.1)
        assert room.shown("a.level") == (40, "pending")
        await room.clock.advance(1)
        assert room.lines["l1"].texts()[-1] == "a level 40"
        room.lines["l1"].feed("a is 40")
        await room.clock.advance(0.1)
        assert room.shown("a.level")[1] != "pending"


async def test_a_zone_carries_what_a_person_overrode() -> None:
    zone = Zone("all", {"zh": "全部", "en": "All"}, ("a", "b"))
    async with lamp_room(plan(device("a", "l1"), device("b", "l2"), zones=(zone,))) as room:
        seen: set[tuple[str, frozenset[str]]] = set()

        def rule(command: Command) -> None:
            seen.add((command.device, command.passes))

        room.dispatch.rules.append(rule)
        passes = frozenset({"dark"})
        task = room.dispatch.begin(Command("all", "set", {"level": 3}, ANNA, passes=passes))
        await room.clock.advance(1)
        assert task.result().kind is OutcomeKind.CONFIRMED
        assert seen == {("a", passes), ("b", passes)}
        assert (await room.do("all.fly")).code == "unknown_command"


async def test_what_waits_for_its_record_is_not_begun_after_a_stop() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        written = asyncio.Event()
        asked: list[tuple[str, bool]] = []

        async def durable() -> None:
            await written.wait()

        def record(command: Command, *, moves: bool) -> Awaitable[None] | None:
            asked.append((command.command, moves))
            return None if command.command == "stop" else durable()

        room.dispatch.on_asked = record
        before = room.begin("a.set", level=70)
        await room.clock.advance(0.1)
        stop = room.begin("a.stop")
        await room.clock.advance(0.5)
        after = room.begin("a.set", level=3)
        written.set()
        await room.clock.advance(1)
        assert before.result() == Outcome(OutcomeKind.CANCELLED, "stopped", ms=600.0)
        assert stop.result().kind is OutcomeKind.SENT
        assert after.result().kind is OutcomeKind.CONFIRMED
        assert asked == [("set", False), ("stop", False), ("set", False)]
        assert "a level 70" not in room.lines["l1"].texts()


async def test_a_pin_is_told_to_nobody() -> None:
    async with lamp_room(plan(replace(device("a", "l1", LIFT), lock=True))) as room:
        told: list[dict[str, Any]] = []
        room.dispatch.outcomes.append(lambda command, _outcome: told.append(dict(command.args)))
        await room.do("a.unlock", pin="1234")
        assert told == [{}]
