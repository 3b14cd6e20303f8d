"""What a room file says of a projector that speaks PJLink."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from drivers.pjlink.tables import KINDS
from drivers.units import parse_duration


def _seconds(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=str)]
InputName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
InputCode = Annotated[str, StringConstraints(pattern=r"^[1-6][1-9A-Z]$")]
Part = Literal["input", "blank", "mute", "freeze", "volume"]
USUAL = {"rgb1": "11", "video1": "21", "digital1": "31", "digital2": "32", "network1": "51"}
"""Inputs that are offered where the room file names none."""


class PjlinkSettings(BaseModel):
    """One projector or display that speaks PJLink, class 1 or 2."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    password: SecretStr | None = None
    """Its PJLink password, where one is set. A wrong one is sent once and not again until this entry changes."""
    inputs: dict[InputName, InputCode] = {}
    """Names of its inputs, for example `{hdmi1: "31", vga: "11"}`: 1 RGB, 2 video, 3 digital, 4 storage, 5 network,
    6 internal, then its number. Left out, they are called `rgb1`, `video1`, `digital1`, `digital2`, `network1`."""
    without: tuple[Part, ...] = ()
    """What this model cannot do, so that the panel does not offer it."""
    warm_up: Annotated[Seconds, Field(ge=1, le=600)] = 120.0
    """Longest time from off to on, 1 s to 10 min."""
    cool_down: Annotated[Seconds, Field(ge=1, le=600)] = 180.0
    """Longest time from on to off, 1 s to 10 min."""
    keep_open: bool = True
    """False: connect for each burst of questions and ask once a minute, for models that suffer from being asked."""
    notices: bool = False
    """Listen for class 2 notices on UDP 4352. They only make roomd ask at once; what they say is not believed."""

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        if len(set(self.inputs.values())) != len(self.inputs):
            raise ValueError("two inputs have the same code")
        return self

    @property
    def names(self) -> dict[str, str]:
        """Return name -> code of the inputs that are offered."""
        return dict(self.inputs or USUAL)

    def name_of(self, code: str) -> str:
        """Return the name of an input's code; one that is not in the list is called by its kind and number.

        What is no code at all comes back as it is, cut at 64 characters.
        """
        for name, known in self.names.items():
            if known == code:
                return name
        if re.fullmatch(r"[1-6][1-9A-Z]", code) is None:
            return code[:64]
        return f"{KINDS[code[0]]}{code[1].lower()}"
