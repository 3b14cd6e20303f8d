"""Placeholders with pipes, `{mode|lower|map(fan_only=fan)}`: a closed list of small conversions. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.declarative.shapes import mapping, sequence

_NAME = re.compile(
    r"(?P<name>[A-Za-z_][A-Za-z0-9_.]*)(?::(?P<kind>[a-z0-9]+))?(?P<pipes>(?:\|.*)?)\Z"
)
_PIPE = re.compile(r"(?P<verb>[a-z_]+)(?:\((?P<inside>[^()]*)\))?\Z")
_WHOLE = re.compile(r"\{([^{}]*)\}\Z")
_ANY = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands between braces."""

    name: str
    kind: str | None
    """Encoding (`u8`) or what is captured (`int`); None where nothing was written."""
    pipes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def through(self, value: Any) -> Any:
        """Return `value` after its pipes."""
        for verb, inside in self.pipes:
            value = _apply(verb, inside, value)
        return value


def parse(inside: str) -> Placeholder:
    """Read what stands between braces.

    Raises:
        ValueError: no name, or a pipe that is not in the list.
    """
    match = _NAME.match(inside.strip())
    if match is None:
        raise ValueError(f"{{{inside}}} is no placeholder")
    pipes = tuple(_pipe(text) for text in _split(match["pipes"]))
    return Placeholder(match["name"], match["kind"], pipes)


def whole(text: str) -> str | None:
    """Return what stands between the braces when `text` is one placeholder and nothing else."""
    match = _WHOLE.match(text)
    return None if match is None else match.group(1)


def names_in(text: str) -> list[str]:
    """Return the names of the placeholders in a text, in order."""
    return [parse(inside).name for inside in _ANY.findall(text)]


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """Return `template` with its placeholders replaced; a text that is one placeholder takes the value's own type.

    Raises:
        KeyError: a name without a value.
        ValueError: a pipe that does not fit the value.
    """
    keyed, listed = mapping(template), sequence(template)
    if keyed is not None:
        return {key: fill(below, values) for key, below in keyed.items()}
    if listed is not None:
        return [fill(below, values) for below in listed]
    if not isinstance(template, str):
        return template
    inside = whole(template)
    if inside is not None:
        found = parse(inside)
        return found.through(values[found.name])
    return _ANY.sub(lambda m: _text(parse(m.group(1)), values), template)


def written(value: Any) -> str:
    """Return a value as text on a wire: booleans as `true`/`false`, whole numbers without `.0`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _text(found: Placeholder, values: Mapping[str, Any]) -> str:
    return written(found.through(values[found.name]))


def _split(pipes: str) -> list[str]:
    return [] if not pipes else [p.strip() for p in pipes[1:].split("|")]


def _pipe(text: str) -> tuple[str, tuple[str, ...]]:
    match = _PIPE.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no pipe")
    verb = match["verb"]
    inside = tuple(p.strip() for p in (match["inside"] or "").split(",") if p.strip())
    wanted = {"on_off": 0, "title": 0, "lower": 0, "upper": 0, "int": 0, "scale": 4}
    if verb == "map":
        if not inside or any("=" not in pair for pair in inside):
            raise ValueError("map needs pairs: map(x=y, …)")
    elif wanted.get(verb) != len(inside):
        known = "on_off, title, lower, upper, int, scale(a,b,c,d), map(x=y,…)"
        raise ValueError(f"{text!r} is no pipe; there are {known}")
    if verb == "scale":
        low, high = float(inside[0]), float(inside[1])
        if low == high:
            raise ValueError("scale needs two different ends")
    return verb, inside


def _apply(verb: str, inside: tuple[str, ...], value: Any) -> Any:
    match verb:
        case "on_off":
            return _on_off(value)
        case "title":
            return str(value).title()
        case "lower":
            return str(value).lower()
        case "upper":
            return str(value).upper()
        case "int":
            return round(float(value))
        case "scale":
            a, b, c, d = (float(number) for number in inside)
            return c + (float(value) - a) * (d - c) / (b - a)
        case _:
            pairs = {one.strip(): other.strip() for one, _, other in map(_halves, inside)}
            return pairs.get(written(value), value)


def _on_off(value: Any) -> Any:
    if isinstance(value, bool):
        return "On" if value else "Off"
    text = str(value).lower()
    if text in {"on", "1", "true"}:
        return True
    if text in {"off", "0", "false"}:
        return False
    raise ValueError(f"{value!r} is neither on nor off")


def _halves(pair: str) -> tuple[str, str, str]:
    return pair.partition("=")
