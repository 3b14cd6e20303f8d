"""What a room file says of one light behind Zigbee2MQTT."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _topic_part(text: str) -> str:
    if any(sign in text for sign in "+#\0") or text != text.strip("/ "):
        raise ValueError("a name in a topic holds no +, # or NUL, and no / or space at its ends")
    return text


TopicPart = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_topic_part)]


class Zigbee2mqttSettings(BaseModel):
    """One light, or one group of lights, of Zigbee2MQTT."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: TopicPart
    """Its friendly name in Zigbee2MQTT; it may hold `/`."""
    base_topic: TopicPart = "zigbee2mqtt"
    """`base_topic` of Zigbee2MQTT."""
    dimmable: bool = True
    """Whether it can be dimmed."""
    tunable: bool = True
    """Whether its colour temperature can be set."""
    warm: Annotated[int, Field(ge=2000, le=6500)] = 2000
    """Colour temperature of its warm end in kelvin."""
    cold: Annotated[int, Field(ge=2000, le=6500)] = 6500
    """Colour temperature of its cold end in kelvin."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.warm >= self.cold:
            raise ValueError("warm must be lower than cold")
        return self

    @property
    def topic(self) -> str:
        """Return the topic of its state; the others begin with it."""
        return f"{self.base_topic}/{self.name}"
