"""What every codec shares: rubbish as a message, and the shape of a decoder. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol

PAYLOAD = 64 * 1024
"""Bytes of one JSON text, at most (protocols.md 8)."""
DEPTH = 16
"""Objects and lists inside one another, at most."""

JunkReason = Literal["bad_check", "too_long", "unknown", "wrong_address", "truncated"]


@dataclass(frozen=True, slots=True)
class Junk:
    """Bytes that are no message. One for each piece of rubbish; counted per reason, never an exception."""

    reason: JunkReason
    data: bytes = b""


class Decoder(Protocol):
    """Turns what arrives into messages. One per device and connection; holds the unfinished rest, bounded."""

    def feed(self, chunk: Any) -> list[Any]:
        """Take a piece of the stream (bytes, `Published` or `HttpResponse`), cut anywhere; give whole messages.

        Never raises. Bad input becomes `Junk`.
        """
        ...

    def reset(self) -> None:
        """Forget the unfinished rest: the connection is new, or the input was discarded."""
        ...


def read_json(payload: bytes) -> Any:
    """Return what a JSON text says: what many devices speak over MQTT and HTTP.

    Raises:
        ValueError: no JSON, no UTF-8, a NUL, NaN or infinity, deeper than 16 levels, or longer than 64 KiB.
    """
    if len(payload) > PAYLOAD or b"\0" in payload:
        raise ValueError("too long, or with a NUL")
    if payload.count(b"{") + payload.count(b"[") > DEPTH and _depth(payload) > DEPTH:
        raise ValueError(f"deeper than {DEPTH} levels")
    return json.loads(payload.decode("utf-8"), parse_constant=_no_number)


def _depth(payload: bytes) -> int:
    """Return how deep brackets go; those inside texts do not count."""
    deepest = depth = 0
    quoted = escaped = False
    for byte in payload:
        if quoted:
            quoted = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            quoted = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no value")
