from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from roomd.config.schema import as_written, room_schema, room_schema_text
from tests.support.rooms import SPECS

SCHEMA = room_schema(SPECS.values())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ROOM: dict[str, Any] = {
    "schema": "roomd.room/1",
    "room": {"id": "r", "name": {"zh": "甲"}},
    "idle_after": "5min",
    "broker": "managed",
    "plan": "none",
    "devices": {
        "lift.main": {
            "driver": "lift_x",
            "link": {"port": {"by_id": "a"}, "gap": "50ms"},
            "name": {"zh": "甲", "en": "A"},
            "options": {"address": "01"},
        }
    },
}


def errors(**changes: Any) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors({**ROOM, **changes})]


def test_the_schema_is_one_and_accepts_a_room() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert errors() == []


def test_it_refuses_what_checking_refuses() -> None:
    assert errors(idle_after=300) == ["$.idle_after"]
    assert errors(idle_after="300") == ["$.idle_after"]
    assert errors(roooms=1) == ["$"]
    lift = {**ROOM["devices"]["lift.main"], "options": {"adress": 1}}
    assert errors(devices={"lift.main": lift}) == ["$.devices['lift.main'].options"]


def test_defaults_are_written_as_in_yaml_and_secrets_say_how() -> None:
    assert SCHEMA["properties"]["idle_after"]["default"] == "5min"
    limits = SCHEMA["$defs"]["Limits"]["properties"]
    assert limits["ws_message"]["default"] == "64KiB"
    password = SCHEMA["$defs"]["Broker"]["properties"]["password"]
    assert "!secret" in str(password)
    pin = SCHEMA["$defs"]["options_display_x"]["properties"]["pin"]
    assert "!secret" in str(pin)


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (300.0, "s", "5min"),
        (90.0, "s", "90s"),
        (0.25, "s", "250ms"),
        (7200, "s", "2h"),
        (0.0, "s", "0ms"),
        (4096, "B", "4KiB"),
        (1 << 21, "B", "2MiB"),
        (10, "B", "10B"),
    ],
)
def test_quantities_are_written_as_people_do(value: float, unit: str, text: str) -> None:
    assert as_written(value, unit) == text


def test_every_key_of_every_model_is_described() -> None:
    for name, part in {"": SCHEMA, **SCHEMA["$defs"]}.items():
        if name.startswith("options_"):
            continue
        for key, below in part.get("properties", {}).items():
            # A text that only repeats the model's own stands there alone.
            model = SCHEMA["$defs"].get(below.get("$ref", "").rsplit("/", 1)[-1], {})
            assert below.get("description") or model.get("description"), f"{name}.{key}"


def test_the_shipped_rooms_fit_the_top_level_schema() -> None:
    for name in ("demo", "meeting-room"):
        text = (Path(__file__).parents[3] / f"configs/{name}.yaml").read_text("utf-8")
        room = YAML(typ="safe", pure=True).load(text)
        found = [e.json_path for e in VALIDATOR.iter_errors(room)]
        assert found == []


def test_the_text_is_stable() -> None:
    assert room_schema_text(SPECS.values()) == room_schema_text(reversed(SPECS.values()))
