"""From a panel's `command` message to the command: what its person may add to it, and how it is begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

from drivers.commands import Outcome, OutcomeKind
from roomd.control.commands import Actor, Command
from roomd.identity.roles import authorize
from roomd.web.messages import CommandMessage
from roomd.web.services import Services


def refusal(services: Services, message: CommandMessage, actor: Actor) -> Outcome | None:
    """Return why a command is not even asked for, or None. `stop` always is.

    Args:
        services: the room.
        message: what was sent.
        actor: who sent it, with the role that it has now.
    """
    if message.command == "stop":
        return None
    if services.dispatch.is_look_after(message.device, message.command) and not authorize(
        actor.role, "device.look_after"
    ):
        return Outcome(OutcomeKind.REFUSED, "not_allowed")
    if message.override is None:
        return None
    if not authorize(actor.role, "interlock.override"):
        return Outcome(OutcomeKind.REFUSED, "not_allowed")
    rules = {rule["id"] for rule in services.why(_asked(message, actor))}
    if message.override.rule not in rules:
        return Outcome(OutcomeKind.REFUSED, "unknown_rule", {"rule": message.override.rule})
    return None


def begin(services: Services, message: CommandMessage, actor: Actor) -> Awaitable[Outcome]:
    """Start a command; whatever becomes of the connection, it goes on to its end."""
    command = _asked(message, actor)
    if message.satisfy and services.satisfy is not None:
        return asyncio.ensure_future(services.satisfy(command))
    return services.dispatch.begin(command)


def _asked(message: CommandMessage, actor: Actor) -> Command:
    asked = Command(message.device, message.command, message.args, actor)
    if message.override is None:
        return asked
    passes = frozenset({message.override.rule})
    return replace(asked, passes=passes, reason=message.override.reason)
