"""Zigbee2MQTT's topics and JSON. Pure. Source: Z2M (docs/sources.md).

<base>/<name>                 state, JSON; unknown keys are ignored
<base>/<name>/set, /get       wishes and questions
<base>/<name>/availability    {"state":"online"} or plain text (older, believed), retained
<base>/bridge/state           the same, for Zigbee2MQTT itself
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson

from drivers.messages import Junk, read_json
from drivers.zigbee2mqtt.tables import (
    BRIGHTNESS_MAX,
    MIRED_MAX,
    MIRED_MIN,
    OFF,
    OFFLINE,
    ON,
    ONLINE,
)

if TYPE_CHECKING:
    from drivers.transport.frames import Published


@dataclass(frozen=True, slots=True)
class State:
    """What a light says of itself; None where it says nothing of it."""

    on: bool | None = None
    brightness: int | None = None
    """0..254."""
    color_temp: int | None = None
    """Mired, 153..500 at most lamps."""
    retained: bool = False
    """The broker had it stored: nobody said it just now."""

    def has(self, wish: State) -> bool:
        """Return whether everything that `wish` names is here as wished; lamps may round by 1."""
        on = wish.on is None or self.on is wish.on
        return on and all(
            wished is None or (value is not None and abs(value - wished) <= 1)
            for wished, value in self._numbers(wish)
        )

    def mentions(self, wish: State) -> bool:
        """Return whether everything that `wish` names is here, with any value."""
        on = wish.on is None or self.on is not None
        return on and all(w is None or value is not None for w, value in self._numbers(wish))

    def _numbers(self, wish: State) -> list[tuple[int | None, int | None]]:
        return [(wish.brightness, self.brightness), (wish.color_temp, self.color_temp)]


@dataclass(frozen=True, slots=True)
class Available:
    """Whether the light is there, by Zigbee2MQTT's word."""

    online: bool


@dataclass(frozen=True, slots=True)
class Bridge:
    """Whether Zigbee2MQTT itself runs."""

    online: bool


Message = State | Available | Bridge | Junk


def brightness(level: float) -> int:
    """Return `level`, 0..100 %, as brightness 0..254; anything above 0 is at least 1.

    Raises:
        ValueError: out of range.
    """
    if not 0 <= level <= 100:
        raise ValueError(f"level is {level}; 0..100 % is possible")
    return max(1, round(level * BRIGHTNESS_MAX / 100)) if level > 0 else 0


def level(value: int) -> int:
    """Return a brightness of 0..254 in whole percent; anything above 0 is at least 1."""
    return max(1, round(value * 100 / BRIGHTNESS_MAX)) if value > 0 else 0


def mired(kelvin: float) -> int:
    """Return a colour temperature of 2000..6535 K in mired.

    Raises:
        ValueError: out of range.
    """
    if not 2000 <= kelvin <= 6535:
        raise ValueError(f"colour temperature is {kelvin}; 2000..6535 K is possible")
    return min(MIRED_MAX, max(MIRED_MIN, round(1_000_000 / kelvin)))


def kelvin(value: int) -> int:
    """Return mired (1 or more) in kelvin."""
    return round(1_000_000 / value)


def wish(state: State, fade: float) -> bytes:
    """Return the payload of `/set` that asks for `state` within `fade` seconds, 0..60.

    Raises:
        ValueError: nothing is asked for, or something out of range.
    """
    body: dict[str, Any] = {}
    if state.on is not None:
        body["state"] = ON if state.on else OFF
    if state.brightness is not None:
        _within("brightness", state.brightness, 0, BRIGHTNESS_MAX)
        body["brightness"] = state.brightness
    if state.color_temp is not None:
        _within("color_temp", state.color_temp, MIRED_MIN, MIRED_MAX)
        body["color_temp"] = state.color_temp
    if not body:
        raise ValueError("nothing is asked for")
    _within("fade", fade, 0, 60)
    if fade > 0:
        body["transition"] = fade
    return orjson.dumps(body)


def question() -> bytes:
    """Return the payload of `/get` that asks for the whole state."""
    return b'{"state":""}'


def _within(what: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"{what} is {value}; {least}..{most} is possible")


class Decoder:
    """Reads what comes on one light's topics; each message stands for itself.

    Args:
        base: base topic of Zigbee2MQTT.
        name: the light's friendly name, as a whole: it may hold `/`.
    """

    def __init__(self, base: str, name: str) -> None:
        self._state = f"{base}/{name}"
        self._available = f"{base}/{name}/availability"
        self._bridge = f"{base}/bridge/state"

    def feed(self, chunk: Published) -> list[Message]:
        """Return what the message says; never raises."""
        match getattr(chunk, "topic", None):
            case self._state:
                return [_state(chunk.payload, retained=chunk.retain)]
            case self._available:
                online = _online(chunk.payload)
                return [
                    Junk("unknown", chunk.payload[:64]) if online is None else Available(online)
                ]
            case self._bridge:
                online = _online(chunk.payload)
                return [Junk("unknown", chunk.payload[:64]) if online is None else Bridge(online)]
            case _:
                return [Junk("wrong_address")]

    def reset(self) -> None:
        """Nothing is kept."""


def _state(payload: bytes, *, retained: bool) -> State | Junk:
    try:
        body = read_json(payload)
    except ValueError:
        return Junk("unknown", payload[:64])
    if not isinstance(body, dict):
        return Junk("unknown", payload[:64])
    known = cast("Mapping[str, Any]", body)
    on = {ON: True, OFF: False}.get(str(known.get("state")))
    return State(
        on,
        _number(known.get("brightness"), 0, BRIGHTNESS_MAX + 1),
        _number(known.get("color_temp"), 1, 10_000),
        retained=retained,
    )


def _number(value: Any, least: int, most: int) -> int | None:
    """Return a whole number within its ends; everything else is as if it were not there."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        return None
    return round(value)


def _online(payload: bytes) -> bool | None:
    text = payload.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            body = read_json(payload)
        except ValueError:
            return None
        text = str(body.get("state"))
    return {ONLINE: True, OFFLINE: False}.get(text)
