"""Values in MQTT payloads, plain or at a place in JSON. Pure.

There is no standard: the room file says where the value stands. Sources of the usual forms: Z2M, TASMOTA.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from drivers.messages import Junk, read_json
from drivers.mqtt_sensor.tables import OFFLINE, ONLINE

if TYPE_CHECKING:
    from drivers.transport.frames import Published

WORD = 64
"""Characters of a plain value."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""Narrower than Python's own: `1_000`, `nan` and digits of other scripts are words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it came: number, boolean or word."""

    value: float | bool | str
    retained: bool
    """The broker had it stored: nobody said it just now."""


@dataclass(frozen=True, slots=True)
class Available:
    """Whether the device is there."""

    online: bool


Message = Reading | Available | Junk


class Decoder:
    """Reads one device's topics; each message stands for itself.

    Args:
        topic: where it publishes.
        path: a place in JSON such as `SHT30.Temperature`, or None for the payload itself.
        availability: where it, or its gateway, says whether it is there, or None.
    """

    def __init__(self, topic: str, path: str | None, availability: str | None) -> None:
        self._topic = topic
        self._path = None if path is None else path.split(".")
        self._availability = availability
        self.connections = 0
        """How often a new connection has begun."""

    def feed(self, chunk: Published) -> list[Message]:
        """Return what the message says, nothing for JSON without the value; never raises."""
        topic = getattr(chunk, "topic", None)
        if topic is None or topic not in (self._topic, self._availability):
            return [Junk("wrong_address")]
        if topic == self._availability:
            return [_available(chunk.payload)]
        try:
            found = _plain(chunk.payload) if self._path is None else _at(chunk.payload, self._path)
        except ValueError:
            return [Junk("unknown", chunk.payload[:WORD])]
        if found is None:
            return []
        return [Reading(found, chunk.retain)]

    def reset(self) -> None:
        """Note that a new connection begins; nothing else is kept."""
        self.connections += 1


def truth(value: float | bool | str, on: tuple[str, ...], off: tuple[str, ...]) -> bool | None:  # noqa: FBT001  # read
    """Return what a value means by the words for true and false; None where it is neither."""
    word = str(value).lower() if isinstance(value, bool) else _text(value)
    if word in on:
        return True
    return False if word in off else None


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _plain(payload: bytes) -> float | bool | str:
    text = payload.decode("utf-8").strip()
    if not text or len(text) > WORD or "\0" in text or text.startswith(("{", "[")):
        raise ValueError("no plain value")
    if text in ("true", "false"):
        return text == "true"
    return _finite(float(text)) if _NUMBER.fullmatch(text) is not None else text


def _at(payload: bytes, path: list[str]) -> float | bool | str | None:
    """Return the value at `path`; None where there is none."""
    found: Any = read_json(payload)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004  # rubbish of the device, not of the caller
    for part in path:
        if not isinstance(found, dict):
            return None
        found = cast("Mapping[str, Any]", found).get(part)
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, int | float):
        return _finite(found)
    if isinstance(found, str) and len(found) <= WORD:
        return found
    raise ValueError("no value")


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("no number") from None
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _available(payload: bytes) -> Available | Junk:
    text = payload.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            text = str(read_json(payload).get("state"))
        except ValueError:
            return Junk("unknown", payload[:WORD])
    if text in ONLINE | OFFLINE:
        return Available(text in ONLINE)
    return Junk("unknown", payload[:WORD])
