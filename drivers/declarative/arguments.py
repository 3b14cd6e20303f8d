"""Arguments of commands: what a definition declares, with options filled in, and whether a value fits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.commands import Arg
from drivers.declarative import pipes
from drivers.declarative.model import ArgPart
from drivers.points import PointSpec


def declared(part: ArgPart, options: Mapping[str, Any]) -> Arg:
    """Return the argument with its range."""
    return Arg(
        type=part.type,
        minimum=number(part.min, options),
        maximum=number(part.max, options),
        step=part.step,
        unit=part.unit,
        values=tuple(part.values),
        optional=part.optional,
        max_length=part.max_length,
    )


def from_point(point: PointSpec) -> Arg:
    """Return the argument that sets a point of the same name (merged commands); it may be left out."""
    return Arg(
        type=point.type,
        minimum=point.minimum,
        maximum=point.maximum,
        step=point.step,
        unit=point.unit,
        values=point.values,
        optional=True,
    )


def number(value: float | str | None, options: Mapping[str, Any]) -> float | None:
    """Return a bound; `"{inputs}"` takes the option's value.

    Raises:
        ValueError: no number.
    """
    if value is None:
        return None
    found = pipes.fill(value, options)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError(f"{value!r} is no number")  # noqa: TRY004  # a definition's mistake, one kind of error
    return found


def check(name: str, arg: Arg, value: Any) -> None:
    """Let a value pass that fits.

    Raises:
        ValueError: another type, out of range, or a control character (which would be a second command to the device).
    """
    match arg.type:
        case "bool":
            fits = isinstance(value, bool)
        case "int":
            fits = isinstance(value, int) and not isinstance(value, bool)
        case "number" | "duration":
            fits = isinstance(value, int | float) and not isinstance(value, bool)
        case "enum":
            fits = value in arg.values
        case _:
            fits = isinstance(value, str) and len(value) <= arg.max_length and value.isprintable()
    if not fits:
        raise ValueError(f"{name}: {value!r} is no {arg.type} that it takes")
    if isinstance(value, int | float) and not isinstance(value, bool):
        low = float("-inf") if arg.minimum is None else arg.minimum
        high = float("inf") if arg.maximum is None else arg.maximum
        if not low <= value <= high:
            raise ValueError(f"{name}: {value} is not in {low:g}..{high:g}")
