"""JSON Schema as TypeScript types: as much of it as the wire needs, no more."""

from __future__ import annotations

import json
from typing import Any

Schema = dict[str, Any]

HEAD = """\
// Written by scripts/generate; changes here are lost.
// biome-ignore-all format: written by a program
// biome-ignore-all lint: written by a program
"""


def declarations(definitions: dict[str, Schema]) -> str:
    """Return one exported type for each definition."""
    return "\n\n".join(_declaration(name, schema) for name, schema in definitions.items())


def type_of(schema: Schema) -> str:
    """Return the TypeScript type of a schema.

    Raises:
        ValueError: the schema says something that is not translated yet.
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " | ".join(dict.fromkeys(type_of(choice) for choice in choices))
    return _plain(schema)


def _plain(schema: Schema) -> str:
    match schema.get("type"):
        case None:
            return "unknown"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as same:
            return str(same)
        case "array" if "prefixItems" in schema:
            return "[" + ", ".join(type_of(item) for item in schema["prefixItems"]) + "]"
        case "array":
            return f"readonly ({type_of(schema.get('items', {}))})[]"
        case "object" if "properties" in schema:
            return _members(schema)
        case "object":
            inner: Schema | bool = schema.get("additionalProperties", True)
            value = "unknown" if isinstance(inner, bool) else type_of(inner)
            return f"Readonly<Record<string, {value}>>"
        case other:
            raise ValueError(f"no TypeScript for type {other!r}")


def _declaration(name: str, schema: Schema) -> str:
    return f"{_comment(schema, '')}export type {name} = {type_of(schema)}"


def _members(schema: Schema) -> str:
    required = set(schema.get("required", ()))
    lines = [
        f"{_comment(field, '  ')}  readonly {key}{'' if key in required else '?'}: {type_of(field)}"
        for key, field in schema["properties"].items()
    ]
    return "{\n" + "\n".join(lines) + "\n}"


def _comment(schema: Schema, indent: str) -> str:
    text = " ".join(schema.get("description", "").split()).replace("*/", "* /")
    return f"{indent}/** {text} */\n" if text else ""
