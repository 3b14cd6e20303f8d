"""How a motorised device moves: travel times, pauses and limits. Data only; `roomd.control.motion` keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Stroke:
    """One direction."""

    command: str
    travel: float
    """Seconds for the full stroke."""
    overrun: float = 2.0
    """Seconds driven on past the estimate, so that drift ends at the real end."""


@dataclass(frozen=True, slots=True)
class MotionSpec:
    """Limits of one motor. Times are seconds."""

    up: Stroke
    """Upwards for a lift or a screen, opening for a curtain. (Position: lift 100 = top, screen 100 = lowered, curtain
    100 = open; the direction here is the physical one.)"""
    down: Stroke
    """Downwards, or closing."""
    reverse_pause: float = 0.5
    max_run: float | None = None
    """Hard limit of one run; None: longest travel + overrun + 3 s, at most 60 s."""
    duty_run: float | None = None
    duty_per: float | None = None
    run: Literal["hold", "tap"] = "hold"
    stop_on_start: bool = True

    def stroke(self, command: str) -> Stroke | None:
        """Return the stroke that `command` drives, or None."""
        return next((s for s in (self.up, self.down) if s.command == command), None)

    @property
    def limit(self) -> float:
        """Return the hard limit of one run in seconds."""
        if self.max_run is not None:
            return self.max_run
        return min(60.0, max(s.travel + s.overrun for s in (self.up, self.down)) + 3.0)
