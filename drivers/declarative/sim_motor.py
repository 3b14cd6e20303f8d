"""The physics of a simulated motor: it moves while driven, ends stop it, and what no motor should suffer is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.clock import Clock, Timer
from drivers.motion import MotionSpec

Way = Literal["up", "down"]
TICK = 0.1
"""Seconds between steps of the physics."""
PATIENCE = 0.05
"""Seconds by which a reverse pause may fall short: clocks differ."""


@dataclass
class MotorState:
    """The truth about one motor."""

    moving: str = "none"
    """The command that drives it (`up`, `close`, ...), or `none`."""
    position: float = 0.0
    """Percent of the way up (curtain: open)."""
    end: str = "bottom"
    blocked: bool = False
    """A flap is shut or something is in the way: it gets the command and does not move."""
    starts: int = 0
    """How often it began to move."""
    copies: int = 0
    """Frames that asked for what it was doing already."""


class Motor:
    """Drives a `MotorState`."""

    def __init__(
        self, spec: MotionSpec, clock: Clock, kind: str, complain: Callable[[str], None]
    ) -> None:
        self.state = MotorState(end="closed" if kind == "curtain" else "bottom")
        self._spec = spec
        self._clock = clock
        self._ends = ("open", "closed") if kind == "curtain" else ("top", "bottom")
        self._complain = complain
        self._way: Way | None = None
        self._last: Way | None = None
        self._stood = -1e9
        self._at = 0.0
        self._timer: Timer | None = None

    def drive(self, way: Way) -> None:
        """Begin to move, as a frame or a hand remote asks."""
        if self._way == way:
            self.state.copies += 1
            return
        now = self._clock.monotonic()
        pause = self._spec.reverse_pause - PATIENCE
        if self._way is not None or (self._last not in (None, way) and now - self._stood < pause):
            self._complain("opposite frame without a pause")
        self.halt()
        if self.state.blocked:
            return
        stroke = self._spec.up if way == "up" else self._spec.down
        self._way = self._last = way
        self._at = now
        self.state.moving = stroke.command
        self.state.starts += 1
        self._tick()

    def halt(self) -> None:
        """Stand still."""
        self._move()
        if self._timer is not None:
            self._timer.cancel()
        if self._way is not None:
            self._stood = self._clock.monotonic()
        self._way = self._timer = None
        self.state.moving = "none"

    def put(self, position: float) -> None:
        """Be at `position` percent, as if moved by hand."""
        self.halt()
        self.state.position = min(100.0, max(0.0, position))
        self._name_end()

    def _tick(self) -> None:
        self._move()
        at_end = self.state.position >= 100 if self._way == "up" else self.state.position <= 0
        if at_end:
            self.halt()
        elif self._way is not None:
            self._timer = self._clock.call_later(TICK, self._tick)

    def _move(self) -> None:
        if self._way is None:
            return
        now = self._clock.monotonic()
        stroke = self._spec.up if self._way == "up" else self._spec.down
        step = (now - self._at) / max(0.1, stroke.travel) * 100
        self._at = now
        moved = self.state.position + (step if self._way == "up" else -step)
        self.state.position = round(min(100.0, max(0.0, moved)), 3)
        self._name_end()

    def _name_end(self) -> None:
        top, bottom = self._ends
        position = self.state.position
        self.state.end = top if position >= 100 else bottom if position <= 0 else "mid"
