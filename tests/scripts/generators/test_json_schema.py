from __future__ import annotations

import pytest

from scripts.generators.json_schema import Schema, default, fields, kind

DURATION: Schema = {"type": "string", "pattern": r"^\d+(\.\d+)?(ms|s|min|h)$", "default": 300.0}
SIZE: Schema = {"type": "string", "pattern": r"^\d+(\.\d+)?(B|KiB|MiB)$", "default": 65536}


@pytest.mark.parametrize(
    "schema,expected",
    [
        ({"type": "integer", "minimum": 1, "maximum": 7}, "integer, ≥ 1, ≤ 7"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text"),
        ({"$ref": "#/$defs/Words"}, "[Words](#words)"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 2}, "list of text, at most 2"),
        ({"type": "object", "additionalProperties": True}, "mapping"),
        ({"enum": ["zh", "en"]}, '`"zh"`, `"en"`'),
        (DURATION, "duration, as `300ms`, `5s`, `2min`, `1h`"),
        (SIZE, "size, as `64KiB`"),
    ],
)
def test_what_may_be_written(schema: Schema, expected: str) -> None:
    assert kind(schema) == expected


@pytest.mark.parametrize(
    "schema,expected",
    [
        (DURATION, "`300s`"),
        (SIZE, "`64KiB`"),
        ({"default": {"deep": 1}}, ""),
        ({"default": False}, "`false`"),
        ({"default": None}, ""),
        ({}, ""),
    ],
)
def test_what_stands_where_nothing_is_written(schema: Schema, expected: str) -> None:
    assert default(schema) == expected


def test_a_key_is_explained_by_its_own_sentence() -> None:
    schema: Schema = {
        "properties": {"host": {"type": "string", "description": "Name or address."}},
        "required": ["host"],
    }
    assert (
        fields(schema, {}).splitlines()[-1] == "| `host` (required) | text |  | Name or address. |"
    )
