"""What went over the wire, for people who look after the room: bytes with their meaning. Data only."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from drivers.transport.frames import (
    Chunk,
    Collided,
    Frame,
    HttpRequest,
    HttpResponse,
    Publish,
    Published,
)


@dataclasses.dataclass(frozen=True, slots=True)
class TraceEvent:
    """One transmission or one piece of input."""

    at: float
    """Wall time, seconds since 1970."""
    link: str
    device: str
    """Empty where it belongs to no device of ours."""
    direction: Literal["tx", "rx", "link"]
    """`link`: no bytes, but something happened to the line (up, lost)."""
    data: bytes
    topic: str
    """MQTT topic, or HTTP method and path; else empty."""
    text: str
    """Decoded: the command for what was sent, the messages for what came."""
    command: str
    """Id of the command in whose name it was sent, or empty."""


def payload(piece: Frame | Chunk) -> tuple[bytes, str]:
    """Return the bytes and the topic of anything that goes over a transport."""
    match piece:
        case bytes():
            return piece, ""
        case Collided():
            return piece.data, ""
        case Publish() | Published():
            return piece.payload, piece.topic
        case HttpRequest():
            return piece.body, f"{piece.method} {piece.path}"
        case HttpResponse():
            return piece.body, f"{piece.status} {piece.request.path}"


def words(message: object) -> str:
    """Return a decoded message in one line: its class name and its fields."""
    if not dataclasses.is_dataclass(message) or isinstance(message, type):
        return str(message)
    parts = (f"{f.name}={_short(getattr(message, f.name))}" for f in dataclasses.fields(message))
    return f"{type(message).__name__}({', '.join(parts)})"


def _short(value: Any) -> str:
    text = _bytes(value) if isinstance(value, bytes) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _bytes(data: bytes) -> str:
    """Return what is text as text, all else in hexadecimal."""
    is_text = data.strip(b"\r\n").isascii() and data.decode("latin-1").strip("\r\n").isprintable()
    return repr(data.decode("ascii")) if data and is_text else data.hex(" ")
