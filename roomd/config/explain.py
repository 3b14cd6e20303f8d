"""`roomd config explain KEY`: type, unit, range, default, example and description of one key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from drivers.spec import DriverSpec
from roomd.config.known_keys import nearest
from roomd.config.schema import room_schema

_LIST = re.compile(r"\[\d*\]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One key of the room file."""

    key: str
    """As it was asked for."""
    type: str
    """For example `text`, `integer`, `time`, `true/false`, `list of text`, `keys`."""
    unit: str | None
    range: str | None
    default: Any
    """None where there is none."""
    required: bool
    example: Any
    description: str
    keys: tuple[str, ...]
    """Keys below it."""


class NoSuchKey(LookupError):
    """There is no such key; `suggestion` is the nearest one that there is, or None."""

    def __init__(self, key: str, suggestion: str | None) -> None:
        super().__init__(key)
        self.key = key
        self.suggestion = suggestion


def explain(key: str, specs: Iterable[DriverSpec]) -> Explanation:
    """Explain one key.

    Args:
        key: a path with dots; where people choose ids, any id or `*` stands (`devices.*.link.tcp`,
            `devices.lift.main.link`). `driver.<id>.<option>` explains the options of a driver.
        specs: the drivers whose options are known.

    Raises:
        NoSuchKey: with the nearest key.
    """
    schema = room_schema(specs)
    parts = [part for part in _LIST.sub("", key).split(".") if part]
    if parts[:1] == ["driver"] and len(parts) > 1:
        parts = [f"options_{parts[1]}", *parts[2:]]
        if parts[0] not in schema["$defs"]:
            known = [
                n.removeprefix("options_") for n in schema["$defs"] if n.startswith("options_")
            ]
            raise NoSuchKey(key, nearest(parts[0].removeprefix("options_"), known))
        return _explained(key, schema["$defs"][parts[0]], parts[1:], schema, required=False)
    return _explained(key, schema, parts, schema, required=False)


def _explained(
    key: str, node: dict[str, Any], parts: list[str], schema: dict[str, Any], *, required: bool
) -> Explanation:
    node = _resolved(node, schema)
    if not parts:
        return _text(key, node, schema, required=required)
    known = _properties(node, schema)
    if parts[0] in known:
        needed = parts[0] in node.get("required", ())
        return _explained(key, known[parts[0]], parts[1:], schema, required=needed)
    below = _free(node, schema)
    if below is None:
        raise NoSuchKey(key, nearest(parts[0], known))
    return _below_ids(key, below, parts, schema)


def _below_ids(
    key: str, below: dict[str, Any], parts: list[str], schema: dict[str, Any]
) -> Explanation:
    """Pass over an id of one to three parts, as few as lead to something."""
    first: NoSuchKey | None = None
    longest = 1 if parts[0] == "*" else 3
    for length in range(1, min(longest, len(parts)) + 1):
        try:
            return _explained(key, below, parts[length:], schema, required=False)
        except NoSuchKey as error:
            first = first or error
    raise first or NoSuchKey(key, None)


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow `$ref`; what stands beside it (description, default) wins."""
    found = dict(node)
    while "$ref" in found:
        name = found.pop("$ref").rsplit("/", 1)[1]
        found = {**schema["$defs"][name], **found}
    return found


def _alternatives(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    if not parts:
        return [node]
    return [deeper for part in parts for deeper in _alternatives(_resolved(part, schema), schema)]


def _properties(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in _alternatives(node, schema):
        if part.get("type") == "array":
            found.update(_properties(_resolved(part.get("items", {}), schema), schema))
        found.update(part.get("properties", {}))
    return found


def _free(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema below keys that people choose, or None."""
    for part in _alternatives(node, schema):
        patterns: Mapping[str, Any] = part.get("patternProperties", {})
        for below in (part.get("additionalProperties"), *patterns.values()):
            if isinstance(below, dict):
                return cast("dict[str, Any]", below)
    return None


def _text(key: str, node: dict[str, Any], schema: dict[str, Any], *, required: bool) -> Explanation:
    shapes = [p for p in _alternatives(node, schema) if p.get("type") != "null"]
    shape = shapes[0] if shapes else node
    examples = node.get("examples") or shape.get("examples") or [None]
    return Explanation(
        key=key,
        type=" | ".join(dict.fromkeys(_type(part, schema) for part in shapes)),
        unit=shape.get("x-unit"),
        range=_range(shape),
        default=node.get("default"),
        required=required,
        example=examples[0],
        description=node.get("description") or shape.get("description", ""),
        keys=tuple(_properties(node, schema)),
    )


def _type(node: dict[str, Any], schema: dict[str, Any]) -> str:
    if "const" in node:
        return str(node["const"])
    if "enum" in node:
        return ", ".join(str(choice) for choice in node["enum"])
    if node.get("x-unit") == "s":
        return "time"
    if node.get("x-unit") == "B":
        return "size"
    if node.get("type") == "array":
        items = _resolved(node.get("items", {}), schema)
        return f"list of {_type(items, schema)}"
    names = {"string": "text", "object": "keys", "boolean": "true/false"}
    kind = str(node.get("type", "any"))
    return names.get(kind, kind)


def _range(node: dict[str, Any]) -> str | None:
    low = node.get("minimum", node.get("exclusiveMinimum", node.get("minLength")))
    high = node.get("maximum", node.get("exclusiveMaximum", node.get("maxLength")))
    if low is None and high is None:
        return None
    return f"{'' if low is None else low}…{'' if high is None else high}"
