"""The `motion:` block as a `MotionSpec`, with options filled in; and the points that every motor has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.declarative import pipes
from drivers.declarative.model import MotionPart, StrokePart
from drivers.motion import MotionSpec, Stroke
from drivers.points import PointSpec


def motion_spec(part: MotionPart, kind: str, options: Mapping[str, Any]) -> MotionSpec:
    """Return the limits of one motor.

    Raises:
        ValueError: an option that is no time.
    """
    duty = part.duty
    return MotionSpec(
        up=_stroke(part.up, options),
        down=_stroke(part.down, options),
        reverse_pause=_seconds(part.reverse_pause, options),
        max_run=None if part.max_run is None else _seconds(part.max_run, options),
        duty_run=None if duty is None else duty.run,
        duty_per=None if duty is None else duty.per,
        run=part.run or ("hold" if kind == "lift" else "tap"),
        stop_on_start=part.stop_on_start,
    )


def motion_points(kind: str) -> tuple[PointSpec, ...]:
    """Return `moving`, `position` (percent), `end` and `homed` as control.md 1 has them for this kind."""
    curtain = kind == "curtain"
    ways = ("open", "close", "none") if curtain else ("up", "down", "none")
    ends = ("open", "closed") if curtain else ("top", "bottom")
    return (
        PointSpec("moving", "enum", values=ways),
        PointSpec("position", "number", unit="%", minimum=0, maximum=100, resolution=2),
        PointSpec("end", "enum", values=(*ends, "mid", "unknown")),
        PointSpec("homed", "bool"),
    )


def _stroke(part: StrokePart, options: Mapping[str, Any]) -> Stroke:
    return Stroke(part.command, _seconds(part.travel, options), _seconds(part.overrun, options))


def _seconds(value: float | str, options: Mapping[str, Any]) -> float:
    found = pipes.fill(value, options)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError(f"{value!r} is no time")  # noqa: TRY004  # a definition's mistake, one kind of error
    return float(found)
