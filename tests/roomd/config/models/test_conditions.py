"""Conditions as people write them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from roomd.config.models.conditions import Span, Unless


def unless(value: Any) -> Unless:
    return Unless.model_validate_json(json.dumps(value), strict=True)


def kinds(value: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        unless(value)
    return [error["type"] for error in caught.value.errors()]


def test_conditions_stand_beside_the_alternatives() -> None:
    found = unless(
        {"a.power": "off", "any": [{"b.level": {"above": "0.3A", "below": 5}}, {"c.on": True}]}
    )
    assert found.all == {"a.power": "off"}
    assert found.any == [{"b.level": Span(above=0.3, below=5)}, {"c.on": True}]


@pytest.mark.parametrize(
    "value, kind",
    [
        ({}, "unless_empty"),
        ({"any": []}, "unless_empty"),
        ({"a.b": {}}, "span_form"),
        ({"a.b": []}, "too_short"),
        ({"a.b": {"over": 3}}, "extra_forbidden"),
        ({"any": [{}]}, "too_short"),
        ({"A.b": 1}, "string_pattern_mismatch"),
        ("off", "model_type"),
    ],
)
def test_what_is_no_condition(value: Any, kind: str) -> None:
    assert kind in kinds(value)


def test_the_schema_describes_what_people_write() -> None:
    schema = Unless.model_json_schema()
    assert "all" not in schema["properties"]
    assert list(schema["patternProperties"]) == [r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){1,6}$"]
