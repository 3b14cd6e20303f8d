"""What a person may add to a command, before anything is asked of the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.commands import Outcome, OutcomeKind
from roomd.control.commands import Actor, Command
from roomd.web import asking
from roomd.web.messages import CommandMessage, parse_message
from roomd.web.services import Services
from tests.support.lamp_room import device, lamp_room, plan
from tests.support.web_room import make_services


def message(command: str = "set", **more: Any) -> CommandMessage:
    found = parse_message({"type": "command", "id": "c", "device": "a", "command": command, **more})
    assert isinstance(found, CommandMessage)
    return found


def person(role: str) -> Actor:
    return Actor("somebody", role)


OVERRIDE = {"rule": "dark", "reason": "a rehearsal"}


@pytest.mark.parametrize(
    "role,more,code",
    [
        ("presenter", {}, None),
        ("presenter", {"command": "probe"}, "not_allowed"),
        ("admin", {"command": "probe"}, None),
        ("presenter", {"override": OVERRIDE}, "not_allowed"),
        ("admin", {"override": OVERRIDE}, "not_allowed"),
        ("operator", {"override": OVERRIDE}, None),
        ("operator", {"override": {**OVERRIDE, "rule": "bright"}}, "unknown_rule"),
        ("none", {"command": "stop", "override": OVERRIDE}, None),
    ],
)
async def test_what_is_not_even_asked_for(
    tmp_path: Path, role: str, more: dict[str, Any], code: str | None
) -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        services = make_services(room, tmp_path)
        services.why = lambda _command: [{"id": "dark"}]
        found = asking.refusal(services, message(**more), person(role))
        assert (None if found is None else found.code) == code


async def begun(services: Services, sent: CommandMessage) -> Outcome:
    return await asking.begin(services, sent, person("operator"))


async def test_a_plan_is_run_where_it_was_accepted_and_carries_what_was_overridden(
    tmp_path: Path,
) -> None:
    seen: list[Command] = []

    async def satisfy(command: Command) -> Outcome:
        seen.append(command)
        return Outcome(OutcomeKind.CONFIRMED)

    async with lamp_room(plan(device("a", "l1"))) as room:
        services = make_services(room, tmp_path)
        services.satisfy = satisfy
        await begun(services, message(satisfy=True, override=OVERRIDE))
        assert (seen[0].passes, seen[0].reason) == (frozenset({"dark"}), "a rehearsal")
        assert seen[0].actor.role == "operator"
        assert (await begun(services, message("fly"))).code == "unknown_command"
        services.satisfy = None
        assert (await begun(services, message("fly", satisfy=True))).code == "unknown_command"
        assert len(seen) == 1
