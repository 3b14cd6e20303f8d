"""JSON bodies by path (`IRHVAC.Vendor`), and values as points want them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from drivers.declarative.shapes import mapping, sequence
from drivers.points import PointSpec

MAX_PAYLOAD = 64 * 1024
"""Bytes of one MQTT payload or HTTP body."""
MISSING = object()
"""No such path."""


def parse(payload: bytes) -> Any:
    """Return a payload as JSON where it is JSON, else as text; `MISSING` where it is neither."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        pass
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return MISSING


def at(body: Any, path: str | None) -> Any:
    """Return what stands at a dotted path, `MISSING` where nothing does; no path means all of it."""
    for part in path.split(".") if path else ():
        keyed, listed = mapping(body), sequence(body)
        if keyed is not None and part in keyed:
            body = keyed[part]
        elif listed is not None and part.isdigit() and int(part) < len(listed):
            body = listed[int(part)]
        else:
            return MISSING
    return body


def nested(paths: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"A.B": 1}` as `{"A": {"B": 1}}`."""
    found: dict[str, Any] = {}
    for path, value in paths.items():
        below = found
        *parents, last = path.split(".")
        for part in parents:
            below = below.setdefault(part, {})
        below[last] = value
    return found


def alike(one: Any, other: Any) -> bool:
    """Return whether two scalars are the same, letter case left aside (gateways change it)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-9
    return str(one).casefold() == str(other).casefold()


def for_point(spec: PointSpec, value: Any) -> Any:
    """Return `value` in the point's type, `MISSING` where it is not of that type."""
    match spec.type:
        case "bool":
            return value if isinstance(value, bool) else MISSING
        case "int" | "number":
            return _number(value, whole=spec.type == "int")
        case _:
            return str(value)[:64] if isinstance(value, str | int | float) else MISSING


def _number(value: Any, *, whole: bool) -> Any:
    if isinstance(value, bool):
        return MISSING
    try:
        number = float(value)
    except (TypeError, ValueError):
        return MISSING
    if number != number or abs(number) > 1e12:  # noqa: PLR0124  # that is how a NaN is told
        return MISSING
    return int(number) if whole or number.is_integer() else number
