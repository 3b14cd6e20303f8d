"""A plan is run step by step, and the command after it; what goes wrong is named."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drivers.commands import Outcome, OutcomeKind
from roomd.control.commands import Command
from roomd.control.safety import Safety
from roomd.control.satisfy import Plans
from tests.roomd.control.test_safety import DARK, SAY, guarded
from tests.support.lamp_room import ANNA, LampRoom

OFFER = {**DARK, "satisfy": {"a": {"command": "set", "args": {"level": 10}}, "timeout": "5s"}}
FOR_C = {**OFFER, "deny": {"device": "c"}}


def told(room: LampRoom, link: str) -> list[str]:
    """Return what was sent, questions left out."""
    return [text for text in room.lines[link].texts() if not text.endswith("?")]


async def ask(room: LampRoom, safety: Safety, command: Command, seconds: float = 20) -> Outcome:
    plans = Plans(room.clock, room.store, room.dispatch, safety)
    task = asyncio.create_task(plans.run(command))
    while not task.done() and seconds > 0:
        await room.clock.advance(0.1)
        seconds -= 0.1
    return task.result()


async def test_the_plan_runs_then_the_command() -> None:
    async with guarded(FOR_C) as (room, safety):
        await room.do("a.set", level=80)
        outcome = await ask(room, safety, Command("c", "set", {"level": 3}, ANNA))
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert told(room, "l1")[-1] == "a level 10"
        assert told(room, "l3") == ["c level 3"]


async def test_what_must_be_held_is_left_to_the_finger() -> None:
    async with guarded(OFFER) as (room, safety):
        await room.do("a.set", level=80)
        outcome = await ask(room, safety, Command("b", "up", {}, ANNA))
        assert (outcome.kind, outcome.code) == (OutcomeKind.CONFIRMED, "satisfied")
        assert told(room, "l2") == []
        assert room.hold("h1", "b.up") is None


async def test_a_step_that_fails_ends_it_by_name() -> None:
    async with guarded(FOR_C) as (room, safety):
        await room.do("a.set", level=80)
        room.lines["l1"].answer = lambda text: f"{text} no"
        outcome = await ask(room, safety, Command("c", "set", {"level": 3}, ANNA))
        assert outcome.kind is OutcomeKind.FAILED
        assert (outcome.params["step"], outcome.params["rule"]) == ("a", "dark")
        assert told(room, "l3") == []


async def test_a_condition_that_never_comes_is_a_timeout() -> None:
    wait: dict[str, Any] = {"wait": {"a.level": {"below": 5}}}
    rule = {**FOR_C, "satisfy": {**OFFER["satisfy"], **wait}}  # type: ignore[dict-item]  # a mapping of the rule above
    async with guarded(rule) as (room, safety):
        await room.do("a.set", level=80)
        outcome = await ask(room, safety, Command("c", "set", {"level": 3}, ANNA))
        assert (outcome.kind, outcome.code) == (OutcomeKind.TIMEOUT, "satisfy_timeout")
        assert told(room, "l3") == []


@pytest.mark.parametrize("rule", [{**DARK, "deny": {"device": "c"}}, FOR_C])
async def test_without_an_offer_or_a_need_it_is_the_command_itself(rule: dict[str, Any]) -> None:
    async with guarded(rule) as (room, safety):
        command = Command("c", "set", {"level": 3}, ANNA)
        assert (await ask(room, safety, command)).kind is OutcomeKind.CONFIRMED
        if "satisfy" not in rule:
            await room.do("a.set", level=80)
            refusal = await ask(room, safety, Command("c", "set", {"level": 4}, ANNA))
            assert (refusal.code, refusal.params["say"]) == ("interlocked", SAY)
