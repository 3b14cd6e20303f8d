"""The room as pages get it: the shape of `GET /api/v1/room` and of a snapshot's `room`.

Made by `room_view`; the panel's own types are generated from these models.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Value = bool | int | float | str | None
"""A point's value, and an argument's."""


class Shape(BaseModel):
    """What all bodies of the daemon share; panels ignore fields that they do not know."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Words(Shape):
    """A text for people; a page shows the language that was chosen."""

    zh: str
    """Chinese."""
    en: str
    """English."""


class PointShape(Shape):
    """What a point's values look like."""

    type: Literal["bool", "int", "number", "enum", "string"]
    """Type of its values."""
    min: float | None = None
    """Lowest number."""
    max: float | None = None
    """Highest number."""
    step: float | None = None
    """Distance between two numbers that make a difference."""
    unit: str | None = None
    """Unit of the numbers, for example `%`."""
    values: list[str] | None = None
    """Choices of an `enum`."""
    via: list[str] | None = None
    """Values on the way to another one, for example `warming`."""


class ArgShape(Shape):
    """What an argument of a command may be."""

    type: Literal["bool", "int", "number", "enum", "string", "duration"]
    """Type of the value."""
    min: float | None = None
    """Lowest number."""
    max: float | None = None
    """Highest number."""
    step: float | None = None
    """Distance between two numbers that make a difference."""
    unit: str | None = None
    """Unit of the numbers."""
    values: list[str] | None = None
    """Choices of an `enum`."""
    optional: bool | None = None
    """True where it may be left out."""


class CommandShape(Shape):
    """One command of a device."""

    args: dict[str, ArgShape] | None = None
    """Arguments by name."""
    run: Literal["hold", "tap"] | None = None
    """For motion: whether a finger must stay on the button."""


class DeviceShape(Shape):
    """One device, described so that a page needs to know no driver."""

    id: str
    """For example `lights.table`; a point's path is `<id>.<point>`."""
    kind: str
    """For example `light`; a page draws a kind that it does not know as a card."""
    name: Words
    """What people call it."""
    driver: str
    """Id of its driver."""
    capabilities: list[str]
    """What it can do, in drawing order."""
    points: dict[str, PointShape]
    """Its points by name."""
    commands: dict[str, CommandShape]
    """Its commands by name."""
    preview: bool = False
    """A camera whose picture can be fetched."""
    misconfigured: str | None = None
    """`file:line` of the mistake that keeps it from running, or the code where its driver failed."""


class ZoneShape(Shape):
    """A part of the room; its id takes commands like a device's."""

    id: str
    """For example `lights`."""
    name: Words
    """What people call it."""
    devices: list[str]
    """Ids of its devices."""


class SceneShape(Shape):
    """One scene."""

    id: str
    """For example `start`."""
    name: Words
    """What its button says."""
    group: str | None
    """Scenes of one group exclude each other."""
    confirm: bool
    """Ask once before it runs."""
    run: str | None
    """Id of the run that goes on, or null."""


class RoomShape(Shape):
    """The room."""

    id: str
    """Short id from the room file."""
    name: Words
    """What people call it."""
    version: str
    """Version of roomd."""
    build: str
    """Which build of the panel the daemon serves; another one than its own makes a page reload."""
    language: Literal["zh", "en"]
    """Language until a person chooses."""
    contact: Words | None
    """Whom to call."""
    idle_after: float
    """Seconds without a touch until a panel dims."""
    plan: Any
    """The drawing as in the room file; null: a schematic; `none`: tiles only."""
    scenes: list[SceneShape]
    """Scenes, in the order of the room file."""
    zones: list[ZoneShape]
    """Parts of the room."""
    devices: list[DeviceShape]
    """All devices, in the order of the room file."""
