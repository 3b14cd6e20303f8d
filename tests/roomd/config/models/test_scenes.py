"""Scenes as people write them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from roomd.config.models.scenes import Scene, Step, depth, walk

NAME = {"zh": "开始", "en": "Start"}


def scene(*steps: dict[str, Any], **fields: Any) -> Scene:
    return Scene.model_validate_json(
        json.dumps({"name": NAME, "steps": steps, **fields}), strict=True
    )


@pytest.mark.parametrize(
    "step, form",
    [
        ({"set": {"a": {"level": 5, "ch.1.mute": False}}}, "set"),
        ({"device": "a", "command": "on"}, "command"),
        ({"wait": {"a.b": 1}, "timeout": "5s"}, "wait"),
        ({"delay": "300ms"}, "delay"),
        ({"seq": [{"delay": "1s"}]}, "seq"),
        ({"par": [{"delay": "1s"}]}, "par"),
        ({"if": {"a.b": 1}, "then": [{"delay": "1s"}]}, "if"),
        ({"scene": "end"}, "scene"),
    ],
)
def test_the_forms(step: dict[str, Any], form: str) -> None:
    assert scene(step).steps[0].form == form


@pytest.mark.parametrize(
    "step, kind",
    [
        ({}, "step_form"),
        ({"delay": "1s", "scene": "x"}, "step_form"),
        ({"command": "on"}, "step_command"),
        ({"wait": {"a.b": 1}}, "step_wait"),
        ({"delay": "1s", "timeout": "1s"}, "step_wait"),
        ({"delay": "1s", "else": [{"delay": "1s"}]}, "step_if"),
        ({"set": {}}, "too_short"),
        ({"set": {"a": {}}}, "too_short"),
        ({"delay": "1s", "on_fail": "panic"}, "literal_error"),
    ],
)
def test_what_is_no_step(step: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        scene(step)
    assert kind in [error["type"] for error in caught.value.errors()]


def test_an_empty_step_has_no_form() -> None:
    assert Step.model_construct().form == ""


def test_nesting_is_counted() -> None:
    deep = scene(
        {"seq": [{"par": [{"if": {"a.b": 1}, "else": [{"delay": "1s"}]}]}]}, {"delay": "1s"}
    )
    assert depth(deep.steps) == 4
    assert [s.form for s in walk(deep.steps)] == ["seq", "par", "if", "delay", "delay"]
