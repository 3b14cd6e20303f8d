"""Are these arguments what a command takes? Checked before any byte is made. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from drivers.commands import Arg, ArgValue, CommandSpec

NUMBERS = frozenset({"int", "number", "duration"})
"""Types of arguments whose values are numbers."""


class ArgumentProblem(Exception):
    """An argument is missing, unknown or out of range; `params` say which, and what would be right.

    Its code is `missing_value`, `unknown_argument` or `invalid_value`.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


def check_arguments(spec: CommandSpec, given: Mapping[str, Any]) -> dict[str, ArgValue]:
    """Return the arguments as the driver gets them.

    Raises:
        ArgumentProblem: unknown, missing, of the wrong type, or out of range.
    """
    for name in given:
        if name not in spec.args:
            raise ArgumentProblem("unknown_argument", arg=name, known=sorted(spec.args))
    found: dict[str, ArgValue] = {}
    for name, arg in spec.args.items():
        if name not in given:
            if not arg.optional:
                raise ArgumentProblem("missing_value", arg=name, range=_range(arg))
            continue
        found[name] = _checked(name, arg, given[name])
    return found


def _checked(name: str, arg: Arg, value: Any) -> ArgValue:
    found = _number(arg, value) if arg.type in NUMBERS else _word(arg, value)
    if found is None:
        raise ArgumentProblem("invalid_value", arg=name, value=_shown(value), range=_range(arg))
    return found


def _word(arg: Arg, value: Any) -> bool | str | None:
    """Return what is no number, or None where it is not allowed."""
    match arg.type, value:
        case "bool", bool():
            return value
        case "enum", str() if value in arg.values:
            return value
        case "string", str() if len(value) <= arg.max_length and value.isprintable():
            return value
        case _:
            return None


def _number(arg: Arg, value: Any) -> float | int | None:
    """Return a number in its range, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    if arg.type == "int" and not isinstance(value, int):
        return None
    low = -math.inf if arg.minimum is None else arg.minimum
    high = math.inf if arg.maximum is None else arg.maximum
    return value if low <= value <= high else None


def _range(arg: Arg) -> str:
    """Return what is allowed, for people: `0–100 %`, `on, off`, `int`."""
    if arg.values:
        return ", ".join(arg.values)
    if arg.minimum is None and arg.maximum is None:
        return arg.type
    low = "" if arg.minimum is None else f"{arg.minimum:g}"
    high = "" if arg.maximum is None else f"{arg.maximum:g}"
    return f"{low}–{high} {arg.unit or ''}".strip()


def _shown(value: Any) -> str:
    return repr(value)[:40]
