"""What a room file says of a relay board on Modbus."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from drivers.units import parse_duration


def _seconds(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=str)]
Wiring = Literal["auto", "rtu", "tcp", "rtu_over_tcp"]


class RelaySettings(BaseModel):
    """One relay board."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    unit: Annotated[int, Field(ge=1, le=255)] = 1
    """Its address on the bus, 1 to 247; some boards answer to 255 as well."""
    channels: Annotated[int, Field(ge=1, le=64)] = 8
    """How many relays it has."""
    first_address: Annotated[int, Field(ge=0, le=65535)] = 0
    """Coil address of channel 1 as it goes over the wire, counted from 0."""
    transport: Wiring = "auto"
    """How frames are wrapped: `rtu` on a serial line, `tcp` on a network, `rtu_over_tcp` behind a serial server; `auto`
    takes the first two by the link."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.first_address + self.channels > 65536:
            raise ValueError("the last channel's address is beyond 65535")
        return self


class SequencerSettings(RelaySettings):
    """Power that is switched in an order, so that loudspeakers do not thump and mains do not trip."""

    order: tuple[Annotated[int, Field(ge=1, le=64)], ...] = ()
    """Channels in the order in which they are switched on; left out: 1, 2, 3, … Off goes the other way round."""
    off_order: tuple[Annotated[int, Field(ge=1, le=64)], ...] = ()
    """Channels in the order in which they are switched off, where that is not the reverse of `order`."""
    delay: Annotated[Seconds, Field(ge=0, le=60)] = 1.0
    """Between one channel and the next, up to 60 s."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for order in (self.order, self.off_order):
            if len(set(order)) != len(order) or any(c > self.channels for c in order):
                raise ValueError(f"an order names channels 1 to {self.channels}, each once")
        return self

    @property
    def rising(self) -> tuple[int, ...]:
        """Return the channels in the order of switching on."""
        return self.order or tuple(range(1, self.channels + 1))

    @property
    def falling(self) -> tuple[int, ...]:
        """Return the channels in the order of switching off."""
        return self.off_order or self.rising[::-1]
