import json
from typing import Any

import pytest
from pydantic import ValidationError

from roomd.config.models.devices import DeviceEntry


def entry(**fields: Any) -> DeviceEntry:
    whole = {"driver": "x", "name": {"zh": "甲"}, **fields}
    return DeviceEntry.model_validate_json(json.dumps(whole))


def kind(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        entry(**fields)
    return caught.value.errors()[0]["type"]


def test_mqtt_is_the_same_as_no_link() -> None:
    assert entry(link="mqtt").link is None
    assert entry(link="bus_a").link == "bus_a"


def test_a_threshold_has_the_unit_of_its_sensor_or_none() -> None:
    verify = {"power": {"from": "sensor.a.value", "above": "0.3A", "within": "90s"}}
    found = entry(verify=verify).verify["power"]
    assert (found.above, found.within, found.source) == (0.3, 90, "sensor.a.value")
    plain: dict[str, Any] = {"from": "sensor.a.value", "below": 3}
    assert entry(verify={"power": plain}).verify["power"].below == 3


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({"verify": {"p": {"from": "a.b"}}}, "verify_form"),
        ({"verify": {"p": {"from": "a.b", "above": "much"}}}, "needs_unit"),
        ({"verify": {"p": {"from": "nothing", "above": 1}}}, "string_pattern_mismatch"),
        ({"link": "Bus-A"}, "string_pattern_mismatch"),
        ({"was": "Old"}, "string_pattern_mismatch"),
        ({"preview": "ftp://x"}, "string_pattern_mismatch"),
        ({"preview": "http://user:pw@x/y.jpg"}, "string_pattern_mismatch"),
        ({"lock": "key"}, "literal_error"),
        ({"restore": 1}, "bool_type"),
    ],
)
def test_what_is_no_entry(fields: dict[str, Any], expected: str) -> None:
    assert kind(**fields) == expected
