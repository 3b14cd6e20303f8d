"""What a room file says of one sensor or contact that speaks MQTT."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from drivers.units import parse_duration


def _topic(text: str) -> str:
    if any(sign in text for sign in "+#\0") or text != text.strip("/ "):
        raise ValueError("a topic holds no +, # or NUL, and no / or space at its ends")
    return text


def _duration(text: str) -> str:
    if parse_duration(text) <= 0:
        raise ValueError("a time above 0 is needed")
    return text


Topic = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_topic)]
Path = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^.\x00]+(\.[^.\x00]+)*$")]
Duration = Annotated[str, AfterValidator(_duration)]


class SourceSettings(BaseModel):
    """What sensors and contacts share.

    A message that the broker had stored is shown as stale: nobody knows how old it is. `ask` makes the device say it
    again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    topic: Topic
    """Where it publishes."""
    path: Path | None = None
    """Place of the value in its JSON, for example `temperature` or `SHT30.Temperature`; without: the payload."""
    ask: Topic | None = None
    """Topic that makes it publish now, used at each connect and every 30 s; left out: it is only listened to."""
    ask_payload: Annotated[str, StringConstraints(max_length=200)] = ""
    """What to publish there."""
    stale_after: Duration | None = None
    """Silence after which its value counts as stale. Left out: never, for what speaks only when it changes."""
    availability: Topic | None = None
    """Topic that says `online` or `offline`, plain or as `{"state": ...}`; left out: only silence tells."""

    @property
    def stale(self) -> float | None:
        """Return the seconds of silence after which its value counts as stale, or None for never."""
        return None if self.stale_after is None else parse_duration(self.stale_after)


class SensorSettings(SourceSettings):
    """A measured value."""

    unit: Annotated[str, StringConstraints(max_length=12)] = ""
    """Its unit, for example `°C`, `ppm`, `lux`, `A`."""
    minimum: Annotated[float, Field(allow_inf_nan=False)] = -1e6
    """Lowest value that can be; below it the reading is suspect."""
    maximum: Annotated[float, Field(allow_inf_nan=False)] = 1e6
    """Highest value that can be."""
    scale: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    """What the number is multiplied by."""

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.minimum >= self.maximum:
            raise ValueError("minimum must be lower than maximum")
        if self.scale == 0:
            raise ValueError("scale must not be 0")
        return self


class ContactSettings(SourceSettings):
    """Something that is so or is not: door, occupancy, fire alarm, emergency stop."""

    on: tuple[str, ...] = (
        "true",
        "ON",
        "1",
        "open",
        "occupied",
        "alarm",
    )
    """Words for true."""
    off: tuple[str, ...] = (
        "false",
        "OFF",
        "0",
        "closed",
        "vacant",
        "normal",
    )
    """Words for false; any other word is rubbish."""
    inverted: bool = False
    """True where the wiring says the opposite, as door contacts of Zigbee2MQTT do."""

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if not self.on or not self.off:
            raise ValueError("a word for true and one for false are needed")
        both = set(self.on) & set(self.off)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} cannot mean true and false")
        return self
