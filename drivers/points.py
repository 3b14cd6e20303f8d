"""What a device knows of itself: points, their quality, and the capabilities that panels draw. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from drivers.units import parse_duration

PointType = Literal["bool", "int", "number", "enum", "string"]
PointValue = bool | int | float | str | None


class Quality(enum.StrEnum):
    """How far a value can be trusted (control.md 1.1)."""

    CONFIRMED = "confirmed"
    OBSERVED = "observed"
    ASSUMED = "assumed"
    PENDING = "pending"
    STALE = "stale"
    UNKNOWN = "unknown"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class PointSpec:
    """One declared point. Reporting an undeclared one is an error."""

    name: str
    """Path within the device, for example `power` or `ch.1.state`."""
    type: PointType
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    resolution: float = 0.0
    """Two numbers no further apart than this are the same wish."""
    values: tuple[str, ...] = ()
    """Choices of an `enum`; values outside are still reported as text (a device may know more than we)."""
    via: tuple[str, ...] = ()
    """Values that are on the way to another one, for example `warming`."""
    poll: str | None = None
    """How often to ask, as a duration; None: the device tells by itself, or nobody can know."""

    @property
    def period(self) -> float | None:
        """Return the polling period in seconds, or None."""
        return None if self.poll is None else parse_duration(self.poll)


@dataclass(frozen=True, slots=True)
class Report:
    """A device's own word about one of its points."""

    device: str
    point: str
    value: PointValue
    quality: Quality


ONLINE = PointSpec("online", "bool")
FAULT = PointSpec("fault", "string")
"""Every device has these two; the SDK reports `online`, a driver may report `fault` (empty text = none)."""


class Power(Protocol):
    """Switched on or off; point `power`, commands `on` and `off` (displays: `power_on`, `power_off`)."""


class Dimmer(Protocol):
    """Light level in percent, 0..100; 0 is off. Point `level`, command `set(level)`."""


class ColourTemperature(Protocol):
    """Colour temperature in kelvin, 2000..6500. Point `cct`, command `set(cct)`."""


class Motion(Protocol):
    """Moves between two ends in percent, 0..100; `up`/`down` or `open`/`close`, always with `stop`."""


class InputSelect(Protocol):
    """One of several named inputs. Point and command `input`."""


class Blank(Protocol):
    """Picture hidden, true or false. Point and command `blank`."""


class Freeze(Protocol):
    """Picture frozen, true or false. Point and command `freeze`."""


class Gain(Protocol):
    """Level in dB, -96..+12, or a display's volume in percent, 0..100. Commands `set_level` or `volume`."""


class Mute(Protocol):
    """Sound off, true or false. Point and command `mute`."""


class Climate(Protocol):
    """Air conditioning: power, mode, target in °C, 16..30, fan. Command `set`, whole state each time."""


class PanTiltZoom(Protocol):
    """Camera drive, pan, tilt and zoom speed each -1..1. Commands `drive` and `stop`."""


class Presets(Protocol):
    """Numbered positions, 0..254. Commands `preset_recall` and `preset_save`."""


class Route(Protocol):
    """Inputs tied to outputs, each numbered from 1; 0 is untied. Points `out.<n>.input`, command `route`."""


class Relay(Protocol):
    """Switched contacts numbered from 1, true is closed. Points `ch.<n>.state`, commands `on`, `off`, `pulse`."""


class Sensor(Protocol):
    """A measured value with its unit, or a contact. Point `value`; no commands."""


def capabilities(kind: str, points: set[str], commands: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the capabilities that these points and commands make up, in drawing order.

    Args:
        kind: the device's kind, for example `light`.
        points: names of its points.
        commands: command name -> its argument names, as any container.
    """
    verbs = set(commands)
    rules: list[tuple[str, bool]] = [
        (
            "Power",
            "power" in points
            and bool(verbs >= {"on", "off"} or verbs >= {"power_on", "power_off"}),
        ),
        ("Dimmer", "level" in points and "level" in commands.get("set", ())),
        ("ColourTemperature", "cct" in points and "cct" in commands.get("set", ())),
        ("Climate", "target" in commands.get("set", ())),
        ("Motion", "stop" in verbs and bool(verbs >= {"up", "down"} or verbs >= {"open", "close"})),
        ("InputSelect", "input" in verbs),
        ("Blank", "blank" in verbs),
        ("Freeze", "freeze" in verbs),
        ("Gain", bool(verbs & {"set_level", "volume"})),
        ("Mute", "mute" in verbs),
        ("PanTiltZoom", "drive" in verbs),
        ("Presets", "preset_recall" in verbs),
        ("Route", "route" in verbs),
        ("Relay", "ch.1.state" in points),
        ("Sensor", kind in {"sensor", "contact"}),
    ]
    return tuple(name for name, present in rules if present)
