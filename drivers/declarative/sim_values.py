"""A simulated thing's values: what it begins with, and pipes and names of points read backwards. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from drivers.declarative import pipes
from drivers.declarative.values import MISSING
from drivers.points import PointSpec


@dataclass
class ThingState:
    """The truth about a device without a motor."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    """Point -> value."""
    ignored: int = 0
    """Whole frames that were refused or meant for nobody here."""


def unpiped(found: pipes.Placeholder, value: Any) -> Any:
    """Return what the device says so that the pipes give `value`."""
    pairs = [pair for verb, inside in found.pipes if verb == "map" for pair in inside]
    words = [pair.partition("=")[0].strip() for pair in pairs] + ["On", "Off"]
    if any(verb in {"map", "on_off"} for verb, _ in found.pipes):
        return next((w for w in words if _through(found, w) == value), value)
    return value


def candidate(found: pipes.Placeholder, spec: PointSpec | None, got: Any) -> Any:
    """Return the value that the pipes turn into `got`."""
    choices: tuple[Any, ...] = () if spec is None else spec.values
    if spec is not None and spec.type == "bool":
        choices = (True, False)
    return next((c for c in choices if found.through(c) == got), got)


def first_value(spec: PointSpec) -> Any:
    """Return what a point is when the device is new: off, the lowest number, the first choice."""
    match spec.type:
        case "bool":
            return False
        case "int" | "number":
            return int(spec.minimum or 0)
        case _:
            return spec.values[0] if spec.values else ""


def _through(found: pipes.Placeholder, word: str) -> Any:
    try:
        return found.through(word)
    except (ValueError, TypeError):
        return MISSING


def names_in_point(wanted: str, point: str) -> dict[str, Any] | None:
    """Return `{"o": 3}` for `out.{o}.input` and `out.3.input`, None where it is another point."""
    ours, theirs = wanted.split("."), point.split(".")
    if len(ours) != len(theirs):
        return None
    found: dict[str, Any] = {}
    for one, other in zip(ours, theirs, strict=True):
        inside = pipes.whole(one)
        if inside is not None:
            found[inside] = int(other) if other.isdigit() else other
        elif one != other:
            return None
    return found
