"""What a room file says of one PJLink projector or display."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, WithJsonSchema

from drivers.pjlink.tables import input_code
from drivers.units import parse_duration


def _seconds(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    WithJsonSchema({"type": "string", "examples": ["120s"]}),
]


class PjlinkSettings(BaseModel):
    """One projector."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    password: SecretStr | None = None
    """Its PJLink password, as `!secret name`. A wrong one is tried once, then not again until it is changed."""
    inputs: Annotated[list[str], Field(max_length=20)] = ["digital1", "digital2", "rgb1"]
    """Inputs that the panel offers: `rgb1`, `video1`, `digital1`, `storage1`, `network1`, `internal1` and further
    numbers."""
    warm_up: Annotated[Seconds, Field(ge=1, le=600)] = 120.0
    """How long it may take to warm up."""
    cool_down: Annotated[Seconds, Field(ge=1, le=600)] = 180.0
    """How long it may take to cool down."""
    quiet_after: Annotated[Seconds, Field(ge=0, le=120)] = 0.0
    """How long nothing is asked after a power command; some units do not answer for up to 40 s and then hang."""
    notices: str | None = None
    """Own address on which class 2 notices are heard (UDP 4352); left out: none. A notice only makes roomd ask at once."""
