from __future__ import annotations

import pytest
from pydantic import ValidationError

from drivers.zigbee2mqtt.settings import Zigbee2mqttSettings


def test_a_name_may_hold_slashes() -> None:
    assert Zigbee2mqttSettings(name="hall/lamp").topic == "zigbee2mqtt/hall/lamp"
    assert Zigbee2mqttSettings(name="灯", base_topic="z2m/east").topic == "z2m/east/灯"


@pytest.mark.parametrize("name", ["", "a+", "a/#", "a\0", "/a", "a/", " a"])
def test_a_name_that_is_no_topic_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Zigbee2mqttSettings(name=name)


def test_warm_is_warmer_than_cold() -> None:
    with pytest.raises(ValidationError, match="warm must be lower"):
        Zigbee2mqttSettings(name="a", warm=4000, cold=3000)
