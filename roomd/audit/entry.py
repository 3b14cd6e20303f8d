"""What a part of roomd says happened; the record adds number, time and chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["asked", "ended", "event"]
ChainKind = Literal["genesis", "epoch", "anchor", "checkpoint", "gap", "repeated", "alg"]
"""Kinds that the record writes about itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, before it is one."""

    act: str
    """What was done, for example `device.command`, `session.open`, `config.apply`."""
    kind: Kind | ChainKind = "event"
    """`asked` before, `ended` after with the same `cmd`, `event` for what has no before."""
    actor: str = ""
    role: str = ""
    addr: str = ""
    """Address from which it came."""
    session: str = ""
    obj: str = ""
    """What it was done to, for example `lift.main/up`."""
    cmd: str = ""
    """Id that ties `ended` to `asked`."""
    result: str = ""
    """Outcome, for `ended`."""
    reason: str = ""
    """Why, in the person's words or as a code."""
    label: str = ""
    """Confidentiality label, where it has one."""
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The rest: arguments, before and after. Never a secret, a search term or a case title."""

    def flood_key(self) -> tuple[str, ...] | None:
        """Return what makes two refusals the same, or None where each has its own row (trust.md 11, floods)."""
        if self.result != "refused" or self.act.startswith("archive."):
            return None
        return (self.actor or self.addr, self.act, self.obj, self.reason)
