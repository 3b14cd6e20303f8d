"""Who asks for what: the command as the daemon holds it, and checking its arguments. No I/O."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from drivers.commands import Arg, ArgValue, CommandSpec, Outcome, OutcomeKind, Priority

Origin = Literal["panel", "api", "scene", "schedule", "occupancy", "mqtt", "rule", "cli"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, for the record and for the panel's "who is moving it"."""

    user: str
    role: str
    client: str = ""
    """The connection: one tablet, one browser tab."""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of one person or part of the room."""

    device: str
    command: str
    args: Mapping[str, Any]
    actor: Actor
    origin: Origin = "panel"
    priority: Priority | None = None
    hold: str | None = None
    """Id of the hold in whose name it runs."""
    id: str = field(default_factory=lambda: "c" + secrets.token_hex(6))


class ArgumentProblem(Exception):
    """An argument is missing, unknown or out of range; `params` say which, and what would be right."""

    def __init__(self, **params: Any) -> None:
        super().__init__(str(params))
        self.params = params


def refused(code: str, **params: Any) -> Outcome:
    """Return a refusal: nothing has left for the device."""
    return Outcome(OutcomeKind.REFUSED, code, params)


def check_arguments(spec: CommandSpec, given: Mapping[str, Any]) -> dict[str, ArgValue]:
    """Return the arguments as the driver gets them.

    Raises:
        ArgumentProblem: unknown, missing, of the wrong type, or out of range.
    """
    for name in given:
        if name not in spec.args:
            raise ArgumentProblem(arg=name, known=sorted(spec.args))
    found: dict[str, ArgValue] = {}
    for name, arg in spec.args.items():
        if name not in given:
            if not arg.optional:
                raise ArgumentProblem(arg=name, missing=True)
            continue
        found[name] = _checked(name, arg, given[name])
    return found


def _checked(name: str, arg: Arg, value: Any) -> ArgValue:
    match arg.type:
        case "bool":
            if isinstance(value, bool):
                return value
        case "int":
            if isinstance(value, int) and not isinstance(value, bool):
                return _in_range(name, arg, value)
        case "number" | "duration":
            if (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and math.isfinite(value)
            ):
                return _in_range(name, arg, value)
        case "enum":
            if isinstance(value, str) and value in arg.values:
                return value
        case "string":
            if isinstance(value, str) and len(value) <= arg.max_length and value.isprintable():
                return value
    raise ArgumentProblem(arg=name, value=_shown(value), type=arg.type, values=list(arg.values))


def _in_range(name: str, arg: Arg, value: float) -> float | int:
    low = -math.inf if arg.minimum is None else arg.minimum
    high = math.inf if arg.maximum is None else arg.maximum
    if not low <= value <= high:
        raise ArgumentProblem(
            arg=name, value=value, minimum=arg.minimum, maximum=arg.maximum, unit=arg.unit or ""
        )
    return value


def _shown(value: Any) -> str:
    return repr(value)[:40]
