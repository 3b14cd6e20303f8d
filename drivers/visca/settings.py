"""What a room file says of one VISCA camera."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from drivers.visca.tables import PAN_SPEED, PRESETS, TILT_SPEED


class ViscaSettings(BaseModel):
    """One camera."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    address: Annotated[int, Field(ge=1, le=7)] = 1
    """Place in the daisy chain, 1 to 7; over the network always 1."""
    protocol: Literal["sony", "raw"] = "sony"
    """On UDP: `sony` puts a numbered header before each packet (port 52381), `raw` does not
    (port 1259). Serial and TCP (port 5678, some makes 1259) are always raw."""
    presets: Annotated[int, Field(ge=1, le=PRESETS)] = 16
    """How many presets the panel offers, from 0."""
    allow_special: bool = False
    """True to allow presets 90 to 99, which run special functions on some makes."""
    pan_speed: Annotated[int, Field(ge=1, le=PAN_SPEED)] = 18
    """Speed for absolute moves, 1 to 24."""
    tilt_speed: Annotated[int, Field(ge=0, le=TILT_SPEED)] = 14
    """Speed for absolute moves, 1 to 20; 0 for cameras whose manual writes 00 there."""
    invert: bool = False
    """True for a camera mounted upside down whose own picture flip is off: left and right, up and
    down change places."""
