"""JSON Schema as tables that people read."""

from __future__ import annotations

import json
from typing import Any

from scripts.generators.marks import table

Schema = dict[str, Any]
BOUNDS = (
    ("minimum", "≥ {}"),
    ("exclusiveMinimum", "> {}"),
    ("maximum", "≤ {}"),
    ("exclusiveMaximum", "< {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {}"),
    ("maxItems", "at most {}"),
    ("pattern", "pattern `{}`"),
)
"""Keyword, and how it is said."""


def fields(schema: Schema, definitions: Schema, *, linked: bool = True) -> str:
    """Return the table of a mapping's keys; `definitions` explain what only refers to them."""
    required = set(schema.get("required", ()))
    rows = [
        (
            f"`{key}`" + (" (required)" if key in required else ""),
            kind(field, linked=linked),
            default(field),
            field.get("description") or _referred(field, definitions).get("description", ""),
        )
        for key, field in schema.get("properties", {}).items()
    ]
    return table(("key", "value", "default", "meaning"), rows) if rows else "No keys."


def _referred(field: Schema, definitions: Schema) -> Schema:
    name = str(field.get("$ref", "")).rpartition("/")[2]
    found: Schema = definitions.get(name, {})
    return found


def kind(field: Schema, *, linked: bool = True) -> str:
    """Return what may be written, with its limits."""
    if _unit(field) == "duration":
        return "duration, as `300ms`, `5s`, `2min`, `1h`"
    if _unit(field) == "size":
        return "size, as `64KiB`"
    limits = [words.format(field[key]) for key, words in BOUNDS if key in field]
    return ", ".join([_shape(field, linked=linked), *limits])


def default(field: Schema) -> str:
    """Return the default as it would be written, or nothing; a mapping's defaults stand there."""
    value = field.get("default")
    if value is None or (isinstance(value, dict) and value):
        return ""
    if isinstance(value, int | float) and _unit(field) == "duration":
        return f"`{value:g}s`"
    if isinstance(value, int | float) and _unit(field) == "size":
        return f"`{value / 1024:g}KiB`"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _unit(field: Schema) -> str | None:
    """Return what a text with a unit is, told by its pattern."""
    pattern = field.get("pattern", "")
    if pattern.endswith("(ms|s|min|h)$"):
        return "duration"
    return "size" if pattern.endswith("(B|KiB|MiB)$") else None


def _shape(field: Schema, *, linked: bool) -> str:
    choices = field.get("anyOf") or field.get("oneOf")
    if choices:
        return " or ".join(kind(c, linked=linked) for c in choices if c.get("type") != "null")
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})" if linked else name
    if "enum" in field or "const" in field:
        values = field.get("enum", [field.get("const")])
        return ", ".join(f"`{json.dumps(v, ensure_ascii=False)}`" for v in values)
    return _of_type(field, linked=linked)


def _of_type(field: Schema, *, linked: bool) -> str:
    match field.get("type"):
        case "array":
            return f"list of {kind(field.get('items', {}), linked=linked)}"
        case "object":
            inner = _values(field)
            return f"mapping to {kind(inner, linked=linked)}" if inner else "mapping"
        case "boolean":
            return "`true` or `false`"
        case "string":
            return "text"
        case other:
            return str(other or "any value")


def _values(field: Schema) -> Schema | None:
    """Return what a mapping's values are, where it says so."""
    patterns = field.get("patternProperties")
    if patterns:
        first: Schema = next(iter(patterns.values()))
        return first
    inner: Schema | bool | None = field.get("additionalProperties")
    return inner if isinstance(inner, dict) else None
