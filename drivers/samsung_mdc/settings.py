"""What a room file says of a display that speaks Samsung MDC."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from drivers.samsung_mdc.tables import FIRST, LAST, TWINS, USUAL
from drivers.units import parse_duration


def _seconds(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


def _number(value: object) -> object:
    """Read `0x21`: in a room file it is text."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"0x[0-9A-Fa-f]{1,2}", value) is None:
        raise ValueError("write the number of an input as the manual does, for example 0x21")
    return int(value, 16)


def _selectable(value: int) -> int:
    if value in TWINS:
        raise ValueError(f"{value:#04x} is only ever reported; name {TWINS[value]:#04x} instead")
    return value


def _digits(value: object) -> object:
    """Take a PIN that was written without quotes; one with leading zeros is text already."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _pin(value: SecretStr) -> SecretStr:
    if re.fullmatch(r"[0-9]{4,8}", value.get_secret_value()) is None:
        raise ValueError("a PIN is 4 to 8 digits")
    return value


def _plain(value: object) -> object:
    """Write a MAC address or a fingerprint with small letters and without separators."""
    return re.sub(r"[:\-. ]", "", value).lower() if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=str)]
InputName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
InputNumber = Annotated[
    int,
    Field(ge=0, le=0xFF),
    BeforeValidator(_number, json_schema_input_type=int | str),
    AfterValidator(_selectable),
]
Pin = Annotated[
    SecretStr, BeforeValidator(_digits, json_schema_input_type=int | str), AfterValidator(_pin)
]
Mac = Annotated[str, BeforeValidator(_plain), StringConstraints(pattern=r"^[0-9a-f]{12}$")]
Fingerprint = Annotated[str, BeforeValidator(_plain), StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Part = Literal["input", "volume", "mute"]


class MdcSettings(BaseModel):
    """One display that speaks Samsung MDC."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # a PIN that is refused for its form is still nobody's business
    )

    display: Annotated[int, Field(ge=FIRST, le=LAST)] = 1
    """Display id as set in its service menu, 0 to 253."""
    inputs: dict[InputName, InputNumber] = {}
    """Names of its inputs, for example `{laptop: 0x21, camera: 0x23}`. Left out, they are called `hdmi1`, `hdmi2`,
    `displayport1`, `dvi` and `pc`. A number that is not in the list is reported as it is, `0x40`."""
    without: tuple[Part, ...] = ()
    """What this model cannot do, so that the panel does not offer it."""
    pin: Pin | None = None
    """PIN of the encrypted variant, 4 to 8 digits. A wrong one is never tried twice, because the display locks."""
    certificate: Fingerprint | None = None
    """SHA-256 fingerprint of its certificate, 64 hexadecimal digits. Left out, the first one seen is kept, and another
    one is refused from then on."""
    mac: Mac | None = None
    """Its MAC address, where it can be switched on only by Wake-on-LAN because its network sleeps in standby."""
    wake_port: Annotated[int, Field(ge=1, le=65535)] = 9
    """UDP port that the Wake-on-LAN packet is sent to."""
    wake_time: Annotated[Seconds, Field(ge=1, le=300)] = 45.0
    """Longest time from the Wake-on-LAN packet until it answers, 1 s to 5 min."""
    pause_after_off: Annotated[Seconds, Field(ge=0, le=120)] = 30.0
    """How long it stays off before it is switched on again, up to 2 min: some sets overlook what comes sooner."""

    @model_validator(mode="after")
    def _each_number_once(self) -> Self:
        if len(set(self.inputs.values())) != len(self.inputs):
            raise ValueError("two inputs have the same number")
        return self

    @property
    def names(self) -> dict[str, int]:
        """Return name -> number of the inputs that are offered."""
        return dict(self.inputs or USUAL)

    def name_of(self, source: int) -> str:
        """Return the name of an input; one that is not in the list is called by its number, `0xNN`."""
        for name, known in self.names.items():
            if known == source:
                return name
        return f"0x{source:02x}"
