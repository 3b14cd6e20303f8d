"""Tasmota's topics and payloads. Source: TAS-1 (OpenHAP's documentation of the conventions); maker's pages unverified.

Only `stat/.../RESULT`, `stat/.../POWERn` and `tele/.../STATE` tell what a relay does; a delivered publish tells nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.messages import Junk
from drivers.mqtt_payload import number, read_object, read_text
from drivers.transport.frames import Publish, Published

_POWER = re.compile(r"POWER(\d{0,2})\Z")
MIRED = 1_000_000


@dataclass(frozen=True, slots=True)
class State:
    """What the device said of itself; a field is None, or left out, where this message does not tell."""

    power: tuple[tuple[int, bool], ...]
    """(relay, closed); `POWER` without a number is relay 1."""
    level: float | None
    """Percent, 0..100."""
    cct: int | None
    """Kelvin."""
    retained: bool


@dataclass(frozen=True, slots=True)
class Availability:
    """The device's last will, the one retained topic that is believed."""

    online: bool


Message = State | Availability | Junk


@dataclass(frozen=True, slots=True)
class Topics:
    """Where one device speaks and listens."""

    full: str
    """`FullTopic` as set on the device, with `%prefix%` and `%topic%`."""
    topic: str

    def of(self, prefix: str, word: str) -> str:
        """Return the topic of `word` under `cmnd`, `stat` or `tele`."""
        place = self.full.replace("%prefix%", prefix).replace("%topic%", self.topic)
        return f"{place.rstrip('/')}/{word}"


def switch(topics: Topics, relay: int, *, on: bool) -> Publish:
    """Switch one relay, counted from 1. TAS-1. `TOGGLE` is never used: it cannot be repeated."""
    _check_relay(relay)
    return Publish(topics.of("cmnd", f"POWER{relay}"), b"ON" if on else b"OFF")


def ask(topics: Topics, relay: int) -> Publish:
    """Ask for one relay's state. TAS-1: an empty payload asks."""
    _check_relay(relay)
    return Publish(topics.of("cmnd", f"POWER{relay}"), b"")


def dim(topics: Topics, level: float) -> Publish:
    """Set the level, 0..100 %; 0 is off. TAS-1."""
    if not 0 <= level <= 100:
        raise ValueError("level is 0 to 100 %")
    return Publish(topics.of("cmnd", "Dimmer"), str(round(level)).encode())


def tint(topics: Topics, kelvin: float) -> Publish:
    """Set the colour temperature, 2000..6500 K; sent as 153..500 mired. TAS-1."""
    if not 2000 <= kelvin <= 6500:
        raise ValueError("cct is 2000 to 6500 K")
    return Publish(topics.of("cmnd", "CT"), str(min(500, max(153, round(MIRED / kelvin)))).encode())


def ask_state(topics: Topics) -> Publish:
    """Ask for everything at once; answered on `stat/<t>/RESULT` (TAS-1: `State`)."""
    return Publish(topics.of("cmnd", "State"), b"")


class Decoder:
    """Reads what one device publishes."""

    def __init__(self, topics: Topics) -> None:
        self._will = topics.of("tele", "LWT")
        self._objects = {
            topics.of("stat", "RESULT"),
            topics.of("tele", "STATE"),
            topics.of("stat", "STATE"),
        }
        self._stat = topics.of("stat", "")

    def feed(self, chunk: Published) -> list[Message]:
        """Read one message; topics of others give nothing."""
        if chunk.topic == self._will:
            return [_availability(chunk)]
        if chunk.topic in self._objects:
            return [_state(chunk)]
        if chunk.topic.startswith(self._stat):
            relay = _relay(chunk.topic.removeprefix(self._stat))
            text = read_text(chunk.payload)
            if relay is not None and text in ("ON", "OFF"):
                return [State(((relay, text == "ON"),), None, None, chunk.retain)]
        return []

    def reset(self) -> None:
        """Nothing is kept between messages."""


def _state(chunk: Published) -> Message:
    found = read_object(chunk.payload)
    if isinstance(found, Junk):
        return found
    pairs = ((_relay(key), value) for key, value in found.items())
    power = tuple((r, v == "ON") for r, v in pairs if r is not None and v in ("ON", "OFF"))
    level, mired = number(found.get("Dimmer")), number(found.get("CT"))
    return State(
        power,
        level if level is not None and 0 <= level <= 100 else None,
        None if mired is None or mired <= 0 else min(6500, max(2000, round(MIRED / mired))),
        chunk.retain,
    )


def _availability(chunk: Published) -> Message:
    text = read_text(chunk.payload)
    if text not in ("Online", "Offline"):
        return Junk("unknown", chunk.payload[:64])
    return Availability(text == "Online")


def _relay(word: str) -> int | None:
    match = _POWER.match(word)
    if match is None:
        return None
    return int(match.group(1) or 1)


def _check_relay(relay: int) -> None:
    if not 1 <= relay <= 32:
        raise ValueError("a relay is 1 to 32")
