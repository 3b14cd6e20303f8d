"""Values in MQTT payloads, plain or at a place in JSON. No standard: the room file says where the value stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from drivers.messages import Junk
from drivers.mqtt_payload import number, read_object, read_text
from drivers.transport.frames import Published


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it came: number, boolean or word."""

    value: float | bool | str
    retained: bool
    """The broker had it stored: nobody said it just now."""


class Decoder:
    """Reads one topic; `path` is a place in JSON such as `SHT30.Temperature`, or None for the payload itself."""

    def __init__(self, topic: str, path: str | None) -> None:
        self._topic = topic
        self._path = path

    def feed(self, chunk: Published) -> list[Reading | Junk]:
        """Read one message; other topics, and JSON without the value, give nothing."""
        if chunk.topic != self._topic:
            return []
        if self._path is None:
            text = read_text(chunk.payload)
            return [text if isinstance(text, Junk) else Reading(_plain(text), chunk.retain)]
        found = read_object(chunk.payload)
        if isinstance(found, Junk):
            return [found]
        value = _at(found, self._path)
        if value is None:
            return []
        if not isinstance(value, bool | int | float | str):
            return [Junk("unknown", chunk.payload[:64])]
        return [Reading(value, chunk.retain)]

    def reset(self) -> None:
        """Nothing is kept between messages."""


def _at(found: dict[str, Any], path: str) -> Any:
    value: Any = found
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def _plain(text: str) -> float | bool | str:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, bool):
        return value
    found = number(value)
    return text if found is None else found
