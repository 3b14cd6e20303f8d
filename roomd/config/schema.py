"""`configs/roomd.schema.json`: the room file as JSON schema, with each driver's own options."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from drivers.spec import DriverSpec
from roomd.config.models import RoomFile
from roomd.config.top_level import LATER

HINT = "Write `!secret name`, and put the value into secrets.yaml (mode 0600)."

_STEPS = {
    "s": ((3600, "h"), (60, "min"), (1, "s")),
    "B": ((1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")),
}


class _Writer(GenerateJsonSchema):
    """Without pydantic's titles, which only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def room_schema(specs: Iterable[DriverSpec]) -> dict[str, Any]:
    """Return the schema of the room file.

    `options:` is checked by the driver that an entry names.
    """
    schema = _tidy(_of(RoomFile))
    definitions = schema["$defs"]
    names: list[str] = []
    choices: list[dict[str, Any]] = []
    for spec in sorted(specs, key=lambda s: s.id):
        names.append(spec.id)
        key = f"options_{spec.id}"
        definitions[key] = _inlined(spec, definitions)
        choices.append(_choice(spec.id, key))
    entry = definitions["DeviceEntry"]
    entry["properties"]["driver"]["examples"] = names
    entry["allOf"] = choices
    for name in sorted(LATER):
        schema["properties"][name] = {"description": "Not in this version yet."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "roomd room",
        **schema,
    }


def room_schema_text(specs: Iterable[DriverSpec]) -> str:
    """Return the schema as the text of the generated file."""
    return json.dumps(room_schema(specs), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _of(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True, schema_generator=_Writer)


def _choice(driver: str, key: str) -> dict[str, Any]:
    return {
        "if": {"properties": {"driver": {"const": driver}}, "required": ["driver"]},
        "then": {"properties": {"options": {"$ref": f"#/$defs/{key}"}}},
    }


def _inlined(spec: DriverSpec, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a driver's options; its own definitions move up under its id."""
    own = _tidy(_of(spec.settings))
    below = own.pop("$defs", {})
    text = json.dumps([own, below])
    for name in below:
        text = text.replace(f'"#/$defs/{name}"', f'"#/$defs/{spec.id}_{name}"')
    own, below = json.loads(text)
    definitions.update({f"{spec.id}_{name}": part for name, part in below.items()})
    found: dict[str, Any] = own
    return found


def _tidy(schema: Any) -> Any:
    """Drop titles and line ends, write defaults as in YAML, say at each secret how it is written."""
    if isinstance(schema, list):
        return [_tidy(item) for item in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast("dict[str, Any]", schema)
    found = {key: _tidy(value) for key, value in given.items() if not _is_title(key, value)}
    text = found.get("description")
    if isinstance(text, str):
        found["description"] = " ".join(text.split())
    if found.get("writeOnly") is True:
        found["description"] = f"{found.get('description', '')} {HINT}".strip()
    default = found.get("default")
    if "x-unit" in found and isinstance(default, int | float):
        found["default"] = as_written(float(default), str(found["x-unit"]))
    return found


def as_written(value: float, unit: str) -> str:
    """Return seconds or bytes as people write them: `5min`, `64KiB`."""
    steps = _STEPS.get(unit, ())
    for size, name in steps:
        if value >= size and value % size == 0:
            return f"{value / size:g}{name}"
    return f"{value * 1000:g}ms" if unit == "s" else f"{value:g}{unit}"


def _is_title(key: str, value: Any) -> bool:
    # A property may be called `title`; then its value is a schema.
    return key == "title" and isinstance(value, str)
