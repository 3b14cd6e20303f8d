"""Values with their unit, as people write them in YAML: `300ms`, `40%`, `-6dB`, `24°C`, `3200K`, `0.3A`. Pure."""

from __future__ import annotations

import re

_QUANTITY = re.compile(r"^\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z%°℃µ]+)\s*$")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_SAME = {"℃": "°C", "C": "°C", "db": "dB", "DB": "dB"}


def parse_quantity(text: str) -> tuple[float, str]:
    """Split `"24°C"` into 24.0 and `"°C"`.

    Raises:
        ValueError: no number, or no unit behind it.
    """
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number with a unit")
    unit = match.group(2)
    return float(match.group(1)), _SAME.get(unit, unit)


def parse_duration(text: str) -> float:
    """Turn `"300ms"`, `"5s"`, `"2min"` or `"1h"` into seconds, 0 or more.

    Raises:
        ValueError: another unit, no unit, or a negative time.
    """
    number, unit = parse_quantity(text)
    if unit not in _SECONDS or number < 0:
        raise ValueError(f"{text!r} is not a duration; write it as 300ms, 5s, 2min or 1h")
    return number * _SECONDS[unit]


def parse_unit(text: str, unit: str) -> float:
    """Turn `"40%"` into 40.0 when `unit` is `"%"`.

    Raises:
        ValueError: another unit than the one asked for.
    """
    if unit == "s":
        return parse_duration(text)
    number, found = parse_quantity(text)
    if found != unit:
        raise ValueError(f"{text!r} has the unit {found}, {unit} is expected")
    return number
