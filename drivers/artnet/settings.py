"""What a room file says of one light on a DMX universe."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from drivers.artnet.tables import SLOTS, TUNABLE, WIDTH, Fixture


class LightSettings(BaseModel):
    """One light: which slots of which universe, and what they mean.

    A DMX frame carries the whole universe. Lights of that universe which nobody has set since the start are sent as 0
    together with the first one that is set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    universe: Annotated[int, Field(ge=0, le=63999)]
    """Number of the universe, as on the node."""
    channel: Annotated[int, Field(ge=1, le=SLOTS)]
    """First slot, 1 to 512, as set on the fixture."""
    fixture: Fixture = "dimmer"
    """What the slots mean: one dimmer slot; two slots of one fine dimmer; warm and cold white; dimmer and colour
    temperature."""
    warm: Annotated[int, Field(ge=2000, le=6500)] = 2700
    """Colour temperature of the warm end in kelvin."""
    cold: Annotated[int, Field(ge=2000, le=6500)] = 6500
    """Colour temperature of the cold end in kelvin."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.channel + WIDTH[self.fixture] - 1 > SLOTS:
            raise ValueError(f"a {self.fixture} at {self.channel} ends beyond slot {SLOTS}")
        if self.fixture in TUNABLE and self.warm >= self.cold:
            raise ValueError("warm must be lower than cold")
        return self

    @property
    def slots(self) -> range:
        """Return the slots that it takes, counted from 0."""
        return range(self.channel - 1, self.channel - 1 + WIDTH[self.fixture])


class ArtnetSettings(LightSettings):
    """A light behind an Art-Net node."""

    universe: Annotated[int, Field(ge=0, le=32767)] = 0
    """Port address, 0 to 32767: net x 256 + subnet x 16 + universe."""


class SacnSettings(LightSettings):
    """A light behind an sACN (E1.31) node. For multicast, name the group in `link:`, 239.255.<high>.<low>."""

    universe: Annotated[int, Field(ge=1, le=63999)] = 1
    """Universe, 1 to 63999."""
    priority: Annotated[int, Field(ge=0, le=200)] = 100
    """Whom a node follows when several sources send: the highest, 0 to 200."""
    cid: UUID | None = None
    """Identity of this source. Left out, it is made from the machine and stays the same."""
