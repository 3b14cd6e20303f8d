"""Values with their unit in the text: `300ms`, `40%`, `256KiB`.

A bare number is an error that shows how.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from drivers.units import parse_duration, parse_quantity

_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024 * 1024}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?\Z")


def _needs_unit(example: str) -> PydanticCustomError:
    return PydanticCustomError(
        "needs_unit", "a number with its unit, as in {example}", {"example": example}
    )


def _reader(parse: Callable[[str], float], example: str) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, int | float) or not isinstance(value, str) or _NUMBER.match(value):
            raise _needs_unit(example)
        try:
            return parse(value)
        except ValueError:
            raise PydanticCustomError(
                "bad_unit", "another unit is needed, as in {example}", {"example": example}
            ) from None

    return read


def _size(text: str) -> float:
    number, unit = parse_quantity(text)
    if unit not in _BYTES or number < 0:
        raise ValueError(text)
    return number * _BYTES[unit]


Duration = Annotated[
    float,
    Field(ge=0.0, le=86_400.0),
    BeforeValidator(_reader(parse_duration, "300ms, 5s, 2min, 1h")),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d+(\.\d+)?(ms|s|min|h)$",
            "examples": ["300ms", "5s", "2min"],
            "x-unit": "s",
        }
    ),
]
"""A time: text with `ms`, `s`, `min` or `h`; in the model seconds, at most a day."""

Size = Annotated[
    float,
    Field(ge=1, le=1 << 30),
    BeforeValidator(_reader(_size, "64KiB, 2MiB")),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d+(\.\d+)?(B|KiB|MiB)$",
            "examples": ["64KiB", "2MiB"],
            "x-unit": "B",
        }
    ),
]
"""A number of bytes: text with `B`, `KiB` or `MiB`; in the model bytes."""
