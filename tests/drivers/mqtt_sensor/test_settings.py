"""What a room file may say of a sensor or a contact."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from drivers.mqtt_sensor.settings import ContactSettings, SensorSettings


def test_times_are_written_with_their_unit() -> None:
    assert SensorSettings(topic="t").stale is None
    assert SensorSettings(topic="t", stale_after="5min").stale == 300.0


def test_a_topic_is_any_name_that_mqtt_takes() -> None:
    assert ContactSettings(topic="楼/门 1").topic == "楼/门 1"


@pytest.mark.parametrize(
    "options",
    [
        {"topic": ""},
        {"topic": "a/+"},
        {"topic": "a/#"},
        {"topic": "/a"},
        {"topic": "a/"},
        {"topic": "a\0"},
        {"topic": "x" * 201},
        {"topic": "t", "ask": "a/#"},
        {"topic": "t", "availability": "+"},
        {"topic": "t", "path": ""},
        {"topic": "t", "path": "a..b"},
        {"topic": "t", "path": ".a"},
        {"topic": "t", "stale_after": "0s"},
        {"topic": "t", "stale_after": "300"},
        {"topic": "t", "pth": "a"},
        {},
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any]) -> None:
    for settings in (SensorSettings, ContactSettings):
        with pytest.raises(ValidationError):
            settings.model_validate(options)


@pytest.mark.parametrize(
    "options",
    [
        {"minimum": 10, "maximum": 10},
        {"minimum": float("nan")},
        {"maximum": float("inf")},
        {"scale": 0},
        {"unit": "x" * 13},
    ],
)
def test_a_sensor_that_could_show_nothing_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SensorSettings.model_validate({"topic": "t", **options})


def test_a_contact_needs_words() -> None:
    with pytest.raises(ValidationError):
        ContactSettings(topic="t", on=())


def test_a_word_means_one_thing() -> None:
    with pytest.raises(ValidationError, match="ON cannot mean true and false"):
        ContactSettings(topic="t", on=("ON", "1"), off=("OFF", "ON"))
