"""Rules as people write them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from roomd.config.models.rules import Rule

DENY: dict[str, Any] = {"deny": {"device": "lift.main"}, "unless": {"a.power": "off"}}


def rule(**fields: Any) -> Rule:
    whole = {"id": "r", "say": {"zh": "不行", "en": "No"}, **fields}
    return Rule.model_validate_json(json.dumps(whole), strict=True)


def kind(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        rule(**fields)
    return caught.value.errors()[0]["type"]


def test_one_word_is_a_list_of_one() -> None:
    found = rule(deny={"device": "lift.main", "command": "up", "origin": "mqtt"}, unless={"a.b": 1})
    assert found.deny is not None
    assert (found.deny.device, found.deny.command, found.deny.origin) == (
        ["lift.main"],
        ["up"],
        ["mqtt"],
    )


def test_a_plan_names_devices_beside_wait_and_timeout() -> None:
    plan = {"a": "power_off", "b": {"command": "set", "args": {"level": 5}}, "timeout": "90s"}
    found = rule(**DENY, satisfy=plan).satisfy
    assert found is not None
    assert found.steps["a"].command == "power_off"
    assert found.steps["b"].args == {"level": 5}
    assert (found.timeout, found.wait) == (90.0, None)


def test_what_is_usual() -> None:
    found = rule(**DENY)
    assert (found.guard, found.quality, found.reset.role) == (
        "stop",
        ("confirmed", "observed"),
        "admin",
    )


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({}, "rule_form"),
        ({"deny": {"device": "a"}}, "rule_form"),
        ({**DENY, "mutex": ["a", "b"]}, "rule_form"),
        ({"mutex": ["a"]}, "too_short"),
        ({"mutex": ["a", "b"], "deny": {"device": "a"}}, "rule_form"),
        ({"deny": {"command": "up"}, "unless": {"a.b": 1}}, "target_empty"),
        ({"latch": {"a.b": True}, "satisfy": {"a": "on"}}, "rule_offer"),
        ({**DENY, "do": [{"device": "a", "command": "on"}]}, "rule_offer"),
        ({"latch": {"a.b": True}, "do": [{"command": "on"}]}, "target_empty"),
        ({**DENY, "satisfy": {"timeout": "5s"}}, "satisfy_empty"),
        ({**DENY, "satisfy": {"a": "on", "timeout": 5}}, "needs_unit"),
        ({**DENY, "override": {"role": "presenter"}}, "literal_error"),
        ({**DENY, "quality": ["stale"]}, "literal_error"),
    ],
)
def test_what_is_no_rule(fields: dict[str, Any], expected: str) -> None:
    assert kind(**fields) == expected


def test_the_schema_describes_what_people_write() -> None:
    shape = Rule.model_json_schema()["$defs"]["Satisfy"]
    assert "steps" not in shape["properties"]
    assert {"wait", "timeout"} <= shape["properties"].keys()
    assert "patternProperties" in shape
