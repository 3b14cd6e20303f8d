"""What a room file says of one Tasmota device."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Topic = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^+#\x00/]+$")]
FullTopic = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^[^+#\x00]*%prefix%[^+#\x00]*%topic%[^+#\x00]*$"),
]


class _Tasmota(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    topic: Topic
    """`Topic` as set on the device."""
    full_topic: FullTopic = "%prefix%/%topic%/"
    """`FullTopic` as set on the device."""


class TasmotaLightSettings(_Tasmota):
    """A lamp or dimmer."""

    relay: Annotated[int, Field(ge=1, le=32)] = 1
    """Which of its relays, counted from 1."""
    dimmable: bool = False
    """True where it takes `Dimmer`."""
    tunable: bool = False
    """True where it takes `CT`."""


class TasmotaRelaySettings(_Tasmota):
    """A relay board."""

    channels: Annotated[int, Field(ge=1, le=32)] = 1
    """How many relays it has."""
