"""Tasmota's topics and payloads. Pure. Source: TASMOTA (docs/sources.md); maker's pages unverified.

- `cmnd/<t>/POWER1`, `Dimmer`, `CT`: wishes; an empty payload asks
- `stat/<t>/RESULT`: `{"POWER1":"ON"}`, the answer to each of them; `POWER` where there is one relay (believed)
- `stat/<t>/POWER1`: `ON`, the same as plain text
- `tele/<t>/STATE`: JSON, every 300 s
- `tele/<t>/LWT`: `Online` or `Offline`, retained

A delivered publish tells nothing: Tasmota itself uses QoS 0 (believed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from drivers.messages import Junk, read_json
from drivers.tasmota.tables import CT_MAX, CT_MIN, OFFLINE, ONLINE, RELAYS

if TYPE_CHECKING:
    from drivers.transport.frames import Published

Order = tuple[str, bytes]
"""Last part of a topic under `cmnd/<t>/`, and what is published there."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a device says of itself, asked or not."""

    power: Mapping[int, bool] = field(default_factory=dict[int, bool])
    """Relay, from 1 -> closed."""
    dimmer: int | None = None
    """Percent, 0..100; kept while the light is off."""
    ct: int | None = None
    """Mired, 153..500."""
    refused: bool = False
    """It did not understand the last command (believed)."""
    answer: bool = False
    """It came on `stat/`: an answer, or the message that follows a change at the device."""
    retained: bool = False
    """The broker had it stored: nobody said it just now."""


@dataclass(frozen=True, slots=True)
class LastWill:
    """Whether the device is connected, by the broker's word."""

    online: bool


Message = Status | LastWill | Junk


def power(relay: int, *, on: bool | None) -> Order:
    """Return what switches a relay, 1..32; None asks. `TOGGLE`, not repeatable, is never sent.

    Raises:
        ValueError: no such relay.
    """
    if not 1 <= relay <= RELAYS:
        raise ValueError(f"relay is {relay}; 1..{RELAYS} is possible")
    return f"POWER{relay}", b"" if on is None else b"ON" if on else b"OFF"


def dimmer(level: float | None) -> Order:
    """Return what dims to `level`, 0..100 %, rounded to whole percent; None asks.

    Raises:
        ValueError: out of range.
    """
    if level is not None and not 0 <= level <= 100:
        raise ValueError(f"level is {level}; 0..100 % is possible")
    return "Dimmer", b"" if level is None else b"%d" % percent(level)


def percent(level: float) -> int:
    """Return a level in whole percent; anything above 0 is at least 1."""
    return max(1, round(level)) if level > 0 else 0


def ct(mired: int | None) -> Order:
    """Return what sets the colour temperature, 153..500 mired; None asks.

    Raises:
        ValueError: out of range.
    """
    if mired is not None and not CT_MIN <= mired <= CT_MAX:
        raise ValueError(f"colour temperature is {mired}; {CT_MIN}..{CT_MAX} mired is possible")
    return "CT", b"" if mired is None else b"%d" % mired


def mired(kelvin: float) -> int:
    """Return 2000..6535 K in mired.

    Raises:
        ValueError: out of range.
    """
    if not 2000 <= kelvin <= 6535:
        raise ValueError(f"colour temperature is {kelvin}; 2000..6535 K is possible")
    return min(CT_MAX, max(CT_MIN, round(1_000_000 / kelvin)))


def kelvin(value: int) -> int:
    """Return mired (1 or more) in kelvin."""
    return round(1_000_000 / value)


class Decoder:
    """Reads what comes on one device's topics; each message stands for itself.

    Args:
        stat: its folder of answers, with the `/` at its end.
        tele: its folder of telemetry.
    """

    def __init__(self, stat: str, tele: str) -> None:
        self._stat = stat
        self._result = f"{stat}RESULT"
        self._state = f"{tele}STATE"
        self._will = f"{tele}LWT"

    def feed(self, chunk: Published) -> list[Message]:
        """Return what the message says; never raises."""
        topic = getattr(chunk, "topic", None)
        if topic is None:
            return [Junk("wrong_address")]
        if topic in (self._result, self._state):
            return [_json(chunk, answer=topic == self._result)]
        if topic == self._will:
            return [_will(chunk.payload)]
        if topic.startswith(self._stat):
            return [_plain(topic[len(self._stat) :], chunk)]
        return [Junk("wrong_address")]

    def reset(self) -> None:
        """Nothing is kept."""


def _will(payload: bytes) -> LastWill | Junk:
    word = payload.decode("utf-8", "replace").strip()
    return LastWill(word == ONLINE) if word in (ONLINE, OFFLINE) else Junk("unknown", payload[:64])


def _json(chunk: Published, *, answer: bool) -> Status | Junk:
    try:
        body = read_json(chunk.payload)
    except ValueError:
        return Junk("unknown", chunk.payload[:64])
    if not isinstance(body, dict):
        return Junk("unknown", chunk.payload[:64])
    known = cast("Mapping[str, Any]", body)
    powers = {
        relay: on
        for name, value in known.items()
        if (relay := _relay(name)) is not None and (on := _on(value)) is not None
    }
    return Status(
        powers,
        _number(known.get("Dimmer"), 0, 100),
        _number(known.get("CT"), 1, 10_000),
        refused=known.get("Command") in ("Unknown", "Error"),
        answer=answer,
        retained=chunk.retain,
    )


def _plain(name: str, chunk: Published) -> Status | Junk:
    relay = _relay(name)
    on = _on(chunk.payload.decode("utf-8", "replace"))
    if relay is None or on is None:
        return Junk("unknown", chunk.payload[:64])
    return Status({relay: on}, answer=True, retained=chunk.retain)


def _relay(name: str) -> int | None:
    """Return the number in `POWER3`; `POWER` alone is the first."""
    if not name.startswith("POWER"):
        return None
    digits = name[5:]
    if not digits:
        return 1
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):
        return None
    return int(digits) if 1 <= int(digits) <= RELAYS else None


def _on(value: Any) -> bool | None:
    return {"ON": True, "OFF": False}.get(value) if isinstance(value, str) else None


def _number(value: Any, least: int, most: int) -> int | None:
    """Return a whole number within its ends; everything else is as if it were not there."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        return None
    return round(value)
