"""Who asks for what: the command as the daemon holds it. No I/O."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from drivers.commands import Outcome, OutcomeKind, Priority

Origin = Literal["panel", "api", "scene", "schedule", "occupancy", "mqtt", "rule", "cli"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, for the record and for the panel's "who is moving it"."""

    user: str
    role: str
    client: str = ""
    """The connection: one tablet, one browser tab."""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of one person or part of the room."""

    device: str
    command: str
    args: Mapping[str, Any]
    actor: Actor
    origin: Origin = "panel"
    priority: Priority | None = None
    hold: str | None = None
    """Id of the hold in whose name it runs."""
    passes: frozenset[str] = frozenset()
    """Rules that a person overrode for this one command, having the right to."""
    reason: str = ""
    """Why, in that person's words, for the record."""
    id: str = field(default_factory=lambda: "c" + secrets.token_hex(6))

    def for_member(self, device: str, number: int) -> Command:
        """Return it for one device of a zone; `number` is its place there."""
        return Command(
            device,
            self.command,
            self.args,
            self.actor,
            self.origin,
            self.priority,
            self.hold,
            self.passes,
            self.reason,
            f"{self.id}.{number}",
        )


def refused(code: str, **params: Any) -> Outcome:
    """Return a refusal: nothing has left for the device."""
    return Outcome(OutcomeKind.REFUSED, code, params)
