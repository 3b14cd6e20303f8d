"""The points of a device: declared names, `out.*.input` written out, ranges with options filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from drivers.declarative import pipes
from drivers.declarative.arguments import number
from drivers.declarative.model import Definition, PointPart
from drivers.declarative.motion import motion_points
from drivers.points import PointSpec, PointType

MAX_POINTS = 512
"""Points of one device, wildcards written out."""


def point_specs(definition: Definition, options: Mapping[str, Any]) -> tuple[PointSpec, ...]:
    """Return all points of a device with these options.

    Raises:
        ValueError: a range or a count that is no number.
    """
    found: dict[str, PointSpec] = {}
    for name, part in definition.points():
        spec = _spec(name, part, options)
        for concrete in _written_out(name, part, definition, options):
            found[concrete] = replace(spec, name=concrete)
    if definition.motion is not None:
        for spec in motion_points(definition.kind):
            found.setdefault(spec.name, spec)
    for poll in definition.polls:
        for point in _polled(poll.set, found):
            found[point] = replace(found[point], poll=f"{poll.every:g}s")
    return tuple(found.values())


def _spec(name: str, part: PointPart, options: Mapping[str, Any]) -> PointSpec:
    low, high = part.range if part.range is not None else (None, None)
    return PointSpec(
        name,
        _type(part),
        unit=part.unit,
        minimum=number(low, options),
        maximum=number(high, options),
        step=part.step,
        resolution=part.resolution,
        values=tuple(part.values),
        via=tuple(part.via),
    )


def _type(part: PointPart) -> PointType:
    if part.type is not None:
        return part.type
    if part.values:
        return "enum"
    return "number" if part.range is not None or part.unit is not None else "string"


def _written_out(
    name: str, part: PointPart, definition: Definition, options: Mapping[str, Any]
) -> Iterator[str]:
    if "*" not in name:
        yield name
        return
    for index in range(1, min(_count(name, part, definition, options), MAX_POINTS) + 1):
        yield name.replace("*", str(index), 1)


def _count(name: str, part: PointPart, definition: Definition, options: Mapping[str, Any]) -> int:
    """Return how many there are: `count:`, or the range of the argument that a command's `set` puts in its place."""
    if part.count is not None:
        return int(number(part.count, options) or 0)
    place = name.split(".").index("*")
    for command in definition.commands.values():
        for point in command.set:
            pieces = point.split(".")
            inside = pipes.whole(pieces[place]) if len(pieces) > place else None
            if inside is not None and inside in command.args:
                return int(number(command.args[inside].max, options) or 0)
    return 0


def _polled(sets: Mapping[str, Any], found: Mapping[str, PointSpec]) -> Iterator[str]:
    for point in sets:
        pieces = point.split(".")
        for name in found:
            parts = name.split(".")
            if len(parts) == len(pieces) and all(
                a == b or "{" in b for a, b in zip(parts, pieces, strict=True)
            ):
                yield name
