"""docs/configuration.md: every key of the room file, from the models that check it."""

from __future__ import annotations

from scripts.generators.json_schema import Schema, fields
from scripts.generators.marks import fill


def page(current: str) -> str:
    """Return the page with the keys as the models have them."""
    from roomd.config.models.room import RoomFile  # noqa: PLC0415  # only this page needs them

    schema = RoomFile.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    parts = ["### The room file", fields(schema, definitions)]
    for name, model in sorted(definitions.items()):
        if model.get("type") == "object":
            parts += [f"### {name}", model.get("description", ""), fields(model, definitions)]
        else:
            parts += [f"### {name}", model.get("description", ""), _choices(model)]
    return fill(current, "keys", "\n\n".join(part for part in parts if part))


def _choices(model: Schema) -> str:
    values: list[object] = model.get("enum", [])
    return "One of " + ", ".join(f"`{v}`" for v in values) + "." if values else ""
