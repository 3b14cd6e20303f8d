from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.generators.typescript import Schema, declarations, type_of


@pytest.mark.parametrize(
    "schema,expected",
    [
        ({}, "unknown"),
        ({"type": "integer", "minimum": 0}, "number"),
        ({"const": "stop"}, '"stop"'),
        ({"enum": ["zh", "en"]}, '"zh" | "en"'),
        ({"$ref": "#/$defs/Hello"}, "Hello"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "null"}]}, "number | null"),
        ({"type": "array", "items": {"type": "string"}}, "readonly (string)[]"),
        ({"type": "array", "prefixItems": [{"type": "number"}] * 2}, "[number, number]"),
        ({"type": "object"}, "Readonly<Record<string, unknown>>"),
        (
            {"type": "object", "additionalProperties": {"type": "boolean"}},
            "Readonly<Record<string, boolean>>",
        ),
    ],
)
def test_a_schema_becomes_a_type(schema: Schema, expected: str) -> None:
    assert type_of(schema) == expected


def test_a_field_may_be_left_out_and_is_explained() -> None:
    schema: Schema = {
        "type": "object",
        "description": "First message.",
        "properties": {
            "type": {"const": "hello"},
            "last_seq": {"type": "integer", "description": "Seen so far."},
        },
        "required": ["type"],
    }
    assert declarations({"Hello": schema}) == (
        "/** First message. */\nexport type Hello = {\n"
        '  readonly type: "hello"\n'
        "  /** Seen so far. */\n  readonly last_seq?: number\n}"
    )


def test_what_is_not_translated_is_refused() -> None:
    with pytest.raises(ValueError, match="tuple"):
        type_of({"type": "tuple"})


@given(st.text())
def test_a_comment_cannot_end_early(text: str) -> None:
    out = declarations({"X": {"type": "string", "description": text}})
    assert out.count("*/") <= 1
