"""What a room file may say of a camera."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from drivers.visca import DRIVER
from drivers.visca.settings import ViscaSettings


def test_nothing_need_be_said() -> None:
    settings = ViscaSettings()
    assert (settings.address, settings.protocol, settings.presets) == (1, "sony", 16)
    assert not settings.allow_special
    assert DRIVER.defaults.port == 52381
    assert DRIVER.transports == {"serial", "tcp", "udp"}


@pytest.mark.parametrize(
    "options",
    [
        {"address": 7},
        {"protocol": "raw"},
        {"presets": 255},
        {"pan_speed": 24, "tilt_speed": 20},
        {"tilt_speed": 0},
    ],
)
def test_the_ends_of_what_is_possible(options: dict[str, Any]) -> None:
    assert ViscaSettings.model_validate(options)


@pytest.mark.parametrize(
    "options",
    [
        {"address": 0},
        {"address": 8},
        {"protocol": "pelco"},
        {"presets": 0},
        {"presets": 256},
        {"pan_speed": 0},
        {"pan_speed": 25},
        {"tilt_speed": 21},
        {"zoom_speed": 1},
    ],
)
def test_what_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ViscaSettings.model_validate(options)
