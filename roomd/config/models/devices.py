"""One device of the room: which driver, where, how it is called."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, cast

from pydantic import BeforeValidator, Field, StringConstraints, Tag, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from drivers.units import parse_quantity
from roomd.config.models.base import TEXT_OR_MAPPING, Model
from roomd.config.models.links import LinkEntry
from roomd.config.models.quantities import Duration
from roomd.config.models.texts import DeviceId, PlainId, PointPath, Words

Scalar = bool | int | str


def _threshold(value: Any) -> Any:
    """Return the number of `0.3A` or of a bare number; the unit is the sensor's own."""
    if isinstance(value, str):
        try:
            return parse_quantity(value)[0]
        except ValueError:
            raise PydanticCustomError(
                "needs_unit", "a number with its unit, as in {example}", {"example": "0.3A"}
            ) from None
    return value


Threshold = Annotated[
    float,
    BeforeValidator(_threshold),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}], "examples": ["0.3A"]}),
]


class Verify(Model):
    """A second opinion on a point that the device itself cannot report.

    Nothing is sent because of it.
    """

    source: Annotated[PointPath, Field(alias="from", examples=["sensor.ac_current.value"])]
    """The point that knows better."""
    above: Threshold | None = None
    """Agrees while the source is above this value."""
    below: Threshold | None = None
    """Agrees while the source is below this value."""
    equals: Scalar | None = None
    """Agrees while the source has exactly this value."""
    within: Annotated[Duration, Field(le=600.0)] = 90.0
    """How long the source may take to follow."""

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        given = (self.above, self.below, self.equals)
        if all(condition is None for condition in given):
            raise PydanticCustomError("verify_form", "above, below or equals is needed")
        return self


LinkChoice = Annotated[
    Annotated[LinkEntry, Tag("mapping")] | Annotated[PlainId, Tag("text")], TEXT_OR_MAPPING
]


class DeviceEntry(Model):
    """One device."""

    driver: Annotated[str, StringConstraints(max_length=64), Field(examples=["pjlink"])]
    """Id of its driver, as `roomd driver list` prints it."""
    link: Annotated[LinkChoice | None, Field(examples=["bus_a"])] = None
    """Name of an entry of `links:`, or the link itself. Left out for MQTT devices: they use the
    room's broker."""
    name: Words
    """What people call it."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Settings of the driver; each driver has its own."""
    was: DeviceId | None = None
    """Its former id: history and statistics go on under the new one."""
    verify: dict[str, Verify] = Field(default_factory=dict)
    """Point of this device -> what it is checked against."""
    preview: Annotated[
        Annotated[str, StringConstraints(max_length=300, pattern=r"^https?://[^\s@]+$")] | None,
        Field(examples=["http://192.168.10.31/snapshot.jpg"]),
    ] = None
    """Cameras: an HTTP address that gives one JPEG."""
    lock: Literal["none", "pin"] = "none"
    """Motion devices: `pin` asks for the tablet's PIN before the first movement."""
    restore: bool = False
    """Lights, mute and climate: wish the last state again when the device comes back. Never for
    what moves."""

    @model_validator(mode="before")
    @classmethod
    def _link_words(cls, value: Any) -> Any:
        if isinstance(value, dict) and cast("dict[str, Any]", value).get("link") == "mqtt":
            return {**cast("dict[str, Any]", value), "link": None}
        return cast("Any", value)
