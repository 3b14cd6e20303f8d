"""How a run of a scene went: a line per step, and the whole. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Result = Literal["ok", "partial", "failed", "cancelled", "superseded", "interrupted"]


@dataclass(slots=True)
class StepResult:
    """How one command, or one wait, of a run ended."""

    step: str
    """Place in the scene: `2`, `2.1`."""
    device: str
    command: str
    args: Mapping[str, Any]
    outcome: str
    """One of the nine, or `skipped` where it was so already."""
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ms: float = 0.0
    critical: bool = False

    @property
    def good(self) -> bool:
        """Return whether nothing is left to be done."""
        return self.outcome in {"confirmed", "sent", "skipped"}

    @property
    def can_be_done_again(self) -> bool:
        """Return whether it is a command of a device: no wait, and not the stop of a cancelled run."""
        return bool(self.device) and self.command != "wait" and self.step != "stop"

    def as_json(self) -> dict[str, Any]:
        """Return the line of the panel's list."""
        return {
            "step": self.step,
            "device": self.device,
            "command": self.command,
            "args": dict(self.args),
            "outcome": self.outcome,
            "code": self.code,
            "params": dict(self.params),
            "ms": round(self.ms),
        }


def verdict(results: list[StepResult]) -> Result:
    """Return how a run that came to its end went."""
    bad = [r for r in results if not r.good]
    if any(r.critical for r in bad):
        return "failed"
    return "partial" if bad else "ok"
