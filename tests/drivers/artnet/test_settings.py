"""What a room file may say of a light."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from drivers.artnet.settings import ArtnetSettings, SacnSettings


def test_the_slots_are_counted_from_zero() -> None:
    light = ArtnetSettings(universe=0, channel=511, fixture="warm_cold")
    assert list(light.slots) == [510, 511]


@pytest.mark.parametrize(
    "options",
    [
        {"channel": 512, "fixture": "warm_cold"},
        {"channel": 0},
        {"channel": 1, "universe": 32768},
        {"channel": 1, "fixture": "dimmer_cct", "warm": 4000, "cold": 4000},
        {"channel": 1, "colour": "red"},
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ArtnetSettings(**options)


def test_sacn_has_no_universe_zero() -> None:
    with pytest.raises(ValidationError):
        SacnSettings(channel=1, universe=0)
