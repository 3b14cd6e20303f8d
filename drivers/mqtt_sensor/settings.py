"""What a room file says of one sensor or contact that speaks MQTT."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Topic = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^+#\x00]+$")]
Path = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^.\x00]+(\.[^.\x00]+)*$")]


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    topic: Topic
    """Where it publishes."""
    path: Path | None = None
    """Place of the value in its JSON, for example `temperature` or `SHT30.Temperature`; left out: the payload itself."""
    ask: Topic | None = None
    """Topic that makes it publish now; left out: it is only listened to."""
    ask_payload: Annotated[str, StringConstraints(max_length=200)] = ""
    """What to publish there."""


class SensorSettings(_Source):
    """A measured value."""

    unit: Annotated[str, StringConstraints(max_length=12)] = ""
    """Its unit, for example `°C`, `ppm`, `lux`, `A`."""
    minimum: float = -1e6
    """Lowest value that can be; below it the reading is suspect."""
    maximum: float = 1e6
    """Highest value that can be."""
    scale: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    """What the number is multiplied by."""


class ContactSettings(_Source):
    """Something that is so or is not: door, occupancy, fire alarm, emergency stop."""

    on: list[str] = ["true", "ON", "1", "open", "occupied"]
    """Words for true."""
    off: list[str] = ["false", "OFF", "0", "closed", "vacant"]
    """Words for false; any other word is rubbish."""
    inverted: bool = False
    """True where the wiring says the opposite, as door contacts of Zigbee2MQTT do."""
