from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from drivers.declarative.options import settings_model, values
from tests.drivers.declarative.stage import HEAD, made

PLAN = made(
    HEAD
    + """options:
  a: {type: hex, bytes: 2, default: "12 34"}
  i: {type: int, min: 1, max: 3, default: 1}
  d: {type: duration, default: 2s}
  s: {type: slug, default: ac/301}
  e: {type: enum, values: [x, y], default: x}
  t: {type: string, default: "", help: Any text.}
  b: {type: bool, default: false}
"""
)


def test_values_as_frames_need_them() -> None:
    found = values(PLAN.definition, PLAN.settings.model_validate({"a": "ab cd", "d": "300ms"}))
    assert found == {
        "a": b"\xab\xcd",
        "i": 1,
        "d": 0.3,
        "s": "ac/301",
        "e": "x",
        "t": "",
        "b": False,
    }


@pytest.mark.parametrize(
    "given",
    [
        {"a": 1234},
        {"a": "1"},
        {"a": "010203"},
        {"i": 4},
        {"i": "1"},
        {"d": "2"},
        {"s": "a b"},
        {"s": "a/#"},
        {"e": "z"},
        {"x": 1},
    ],
)
def test_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PLAN.settings.model_validate(given)


def test_every_option_is_explained() -> None:
    model = settings_model(PLAN.definition)
    assert all(field.description for field in model.model_fields.values())
    assert model.model_fields["t"].description == "Any text."
    assert model.model_json_schema()["properties"]
