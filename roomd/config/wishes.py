"""From what points should become to the commands that make them so: `set:` of scenes. Pure.

A command says which points it changes (`confirm`, `effects`); read backwards, that gives the command and its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.arguments import ArgumentProblem, check_arguments
from drivers.commands import CommandSpec
from drivers.outline import Outline

_PLACE = re.compile(r"\{(\w+)\}")


class NoCommand(ValueError):
    """Nothing makes a point so; `code` and `params` say which."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


@dataclass(slots=True)
class Do:
    """One command with its arguments, and the points for which it is given."""

    command: str
    args: dict[str, Any] = field(default_factory=dict[str, Any])
    points: list[str] = field(default_factory=list[str])


def commands_for(device: Outline, wishes: Mapping[str, Any]) -> list[Do]:
    """Return the commands that make these points so, arguments of one command together.

    Raises:
        NoCommand: `cannot_set` (no command changes that point so), or what is wrong with an argument.
    """
    found: list[Do] = []
    for point, value in wishes.items():
        spec, args = _command_for(device, point, value)
        same = next((d for d in found if d.command == spec.name and _fit(d.args, args)), None)
        if same is None:
            same = Do(spec.name)
            found.append(same)
        same.args.update(args)
        same.points.append(point)
    for do in found:
        try:
            check_arguments(device.commands[do.command], do.args)
        except ArgumentProblem as problem:
            raise NoCommand(problem.code, **problem.params) from None
    return found


def _command_for(device: Outline, point: str, value: Any) -> tuple[CommandSpec, dict[str, Any]]:
    """Return the command for one point: one that says this very value first, then one that takes it as argument."""
    fitting: list[tuple[CommandSpec, dict[str, Any]]] = []
    for spec in device.commands.values():
        for name, wish in (*spec.confirm.items(), *spec.effects.items()):
            args = _arguments(name, wish, point, value)
            if args is not None:
                fitting.append((spec, args))
    if not fitting:
        raise NoCommand("cannot_set", point=point)
    # What changes nothing else first: `on` of one channel before `all_on`.
    fitting.sort(key=lambda f: (len(f[0].wishes(f[1])), len(f[1]), len(f[0].args)))
    return fitting[0]


def _arguments(name: str, wish: Any, point: str, value: Any) -> dict[str, Any] | None:
    """Return the arguments with which `name: wish` comes to `point: value`, or None."""
    args = _channel(name, point)
    if args is None:
        return None
    if isinstance(wish, str) and (place := _PLACE.fullmatch(wish)):
        return {**args, place[1]: value}
    same = wish is value if isinstance(wish, bool) or isinstance(value, bool) else wish == value
    return args if same else None


def _channel(name: str, point: str) -> dict[str, Any] | None:
    """Return what stands for the places of `ch.{ch}.mute` in `ch.1.mute`; None where they differ."""
    parts = _PLACE.split(name)
    pattern = "".join(re.escape(p) if n % 2 == 0 else rf"(?P<{p}>\d+)" for n, p in enumerate(parts))
    match = re.fullmatch(pattern, point)
    return None if match is None else {key: int(text) for key, text in match.groupdict().items()}


def _fit(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two sets of arguments do not contradict each other."""
    return all(other[name] == value for name, value in one.items() if name in other)
