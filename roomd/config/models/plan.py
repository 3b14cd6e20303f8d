"""The drawing of the room.

Metres, origin at the left end of the front wall seen from above, x right, y away.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model
from roomd.config.models.texts import DeviceId, Words

Metres = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Corner = Annotated[list[Metres], Field(min_length=2, max_length=2, examples=[[4.8, 3.6]])]
FACING = {"right": 0.0, "back": 90.0, "left": 180.0, "front": 270.0}
MAX_SHAPES = 400
WALL = 0.01
"""Metres that a thing on a wall may stand outside."""


def _form(value: Any) -> str:
    several = isinstance(value, list) and any(
        isinstance(part, list) for part in cast("list[object]", value)
    )
    return "several" if several else "one"


def _several(value: Any) -> list[list[float]]:
    """Turn one spot `[x, y]` into a list of one."""
    return value if _form(value) == "several" else [value]


def _facing(value: Any) -> Any:
    if isinstance(value, str):
        if value not in FACING:
            raise PydanticCustomError(
                "not_one_of", "one of {allowed}", {"allowed": "front, back, left, right, 0–360"}
            )
        return FACING[value]
    return value


Facing = Annotated[
    float,
    Field(ge=0, le=360),
    BeforeValidator(_facing),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0, "maximum": 360}, {"enum": sorted(FACING)}]}
    ),
]
Spots = Annotated[
    Annotated[Corner, Tag("one")]
    | Annotated[list[Corner], Field(min_length=1, max_length=64), Tag("several")],
    Discriminator(_form),
    AfterValidator(_several),
]


class Door(Model):
    """A gap in a wall."""

    wall: Annotated[list[Corner], Field(min_length=2, max_length=2)]
    """Its two ends."""
    contact: DeviceId | None = None
    """The contact that knows whether it is open."""
    name: Words | None = None
    """What people call it."""


class Furniture(Model):
    """Something that stands in the room and does nothing."""

    shape: Literal["rect", "round", "seat"]
    """Its outline from above."""
    at: Corner
    """Its middle."""
    size: Corner | None = None
    """Width and depth."""
    faces: Facing | None = None
    """Degrees clockwise on the drawing (0 = +x), or front, back, left, right."""
    label: Words | None = None
    """Text on it."""


class PlanDevice(Model):
    """Where a device is. One of `at` and `line`."""

    at: Annotated[Spots | None, Field(examples=[[4.8, 0.1]])] = None
    """One spot, or several for a device with several lamps."""
    line: Annotated[list[Corner] | None, Field(min_length=2, max_length=64)] = None
    """A line of light."""
    width: Annotated[float | None, Field(gt=0, le=100)] = None
    """Width in metres, along the front wall."""
    z: Annotated[list[Metres] | None, Field(min_length=2, max_length=2)] = None
    """Lower and upper edge."""
    faces: Facing | None = None
    """Degrees clockwise on the drawing (0 = +x), or front, back, left, right."""
    view: Annotated[float | None, Field(gt=0, le=360)] = None
    """Angle of view in degrees."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.at is None) == (self.line is None):
            raise PydanticCustomError("plan_place", "one of at and line")
        return self

    @property
    def spots(self) -> list[list[float]]:
        """Return every corner that it stands on."""
        return cast("list[list[float]]", self.at or self.line or [])


class Plan(Model):
    """The room's drawing."""

    outline: Annotated[list[Corner], Field(min_length=3, max_length=64)]
    """Corners of a simple polygon; y = 0 is the front wall."""
    height: Annotated[float, Field(ge=1, le=100)] = 3.0
    """Metres."""
    doors: Annotated[list[Door], Field(max_length=64)] = Field(default_factory=list[Door])
    """Doors."""
    furniture: Annotated[list[Furniture], Field(max_length=MAX_SHAPES)] = Field(
        default_factory=list[Furniture]
    )
    """Furniture."""
    devices: Annotated[dict[DeviceId, PlanDevice], Field(max_length=512)] = Field(
        default_factory=dict
    )
    """Device id -> where it is."""

    @model_validator(mode="after")
    def _a_room(self) -> Self:
        for axis in (0, 1):
            span = [corner[axis] for corner in self.outline]
            if not 1 <= max(span) - min(span) <= 100:
                raise PydanticCustomError("plan_size", "a room is 1 to 100 m wide and deep")
        if crosses_itself(self.outline):
            raise PydanticCustomError("plan_outline", "the outline crosses itself")
        return self


def crosses_itself(outline: list[list[float]]) -> bool:
    """Tell whether two sides of a closed outline cross."""
    sides = [(a, outline[(i + 1) % len(outline)]) for i, a in enumerate(outline)]
    return any(
        _cross(*sides[i], *sides[j])
        for i in range(len(sides))
        for j in range(i + 2, len(sides))
        if (i, j) != (0, len(sides) - 1)
    )


def contains(outline: list[list[float]], spot: list[float]) -> bool:
    """Tell whether a spot lies in the outline.

    Or at most 1 cm outside of it (things hang on walls).
    """
    x, y = spot
    inside = False
    for i, a in enumerate(outline):
        b = outline[(i + 1) % len(outline)]
        if (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]:
            inside = not inside
        if _distance(spot, a, b) <= WALL:
            return True
    return inside


def _side(a: list[float], b: list[float], c: list[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: list[float], b: list[float], c: list[float], d: list[float]) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _distance(spot: list[float], a: list[float], b: list[float]) -> float:
    """Return how far a spot is from the line between two corners."""
    width, depth = b[0] - a[0], b[1] - a[1]
    square = width**2 + depth**2
    along = 0.0
    if square > 0:
        along = ((spot[0] - a[0]) * width + (spot[1] - a[1]) * depth) / square
        along = max(0.0, min(1.0, along))
    return math.hypot(a[0] + along * width - spot[0], a[1] + along * depth - spot[1])
