"""JSON and plain text in MQTT payloads, with limits: 64 KiB, depth 16, UTF-8, no NUL. Pure."""

from __future__ import annotations

import json
from typing import Any

from drivers.messages import Junk

SIZE = 64 * 1024
"""Bytes of a payload that is looked at."""
DEPTH = 16
TEXT = 64
"""Characters kept of a device's own text."""


def read_text(payload: bytes) -> str | Junk:
    """Return a payload as text without control characters, or `Junk`."""
    if len(payload) > SIZE:
        return Junk("too_long")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return Junk("unknown", payload[:TEXT])
    if "\0" in text:
        return Junk("unknown", payload[:TEXT])
    return text.strip()


def read_object(payload: bytes) -> dict[str, Any] | Junk:
    """Return a payload as a JSON object, or `Junk`."""
    text = read_text(payload)
    if isinstance(text, Junk):
        return text
    if max(_depths(text), default=0) > DEPTH:
        return Junk("too_long", payload[:TEXT])
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return Junk("unknown", payload[:TEXT])
    if not isinstance(value, dict):
        return Junk("unknown", payload[:TEXT])
    return {str(key): inner for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON: checked where it is used


def number(value: object) -> float | None:
    """Return a JSON number that is one (no boolean, no NaN), else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e12 else None


def shortened(text: str) -> str:
    """Return a device's text for people: control characters gone, at most 64 characters."""
    return "".join(c for c in text if c.isprintable())[:TEXT]


def _depths(text: str) -> list[int]:
    depth, found = 0, []
    for sign in text:
        if sign in "[{":
            depth += 1
            found.append(depth)
        elif sign in "]}":
            depth -= 1
    return found
