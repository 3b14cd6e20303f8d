"""Looks as slots."""

from __future__ import annotations

from typing import Literal

import pytest

from drivers.artnet.look import Look, slots
from drivers.artnet.settings import ArtnetSettings

WARM, MIDDLE, COLD = 2700, 4600, 6500


@pytest.mark.parametrize(
    "fixture, look, expected",
    [
        ("dimmer", Look(0, WARM), "00"),
        ("dimmer", Look(50, WARM), "80"),
        ("dimmer", Look(100, WARM), "ff"),
        ("dimmer_16bit", Look(50, WARM), "80 00"),
        ("dimmer_16bit", Look(100, WARM), "ff ff"),
        ("warm_cold", Look(100, WARM), "ff 00"),
        ("warm_cold", Look(100, COLD), "00 ff"),
        ("warm_cold", Look(100, MIDDLE), "80 80"),
        ("warm_cold", Look(100, 2000), "ff 00"),
        ("dimmer_cct", Look(100, COLD), "ff ff"),
        ("dimmer_cct", Look(20, WARM), "33 00"),
    ],
)
def test_slots(
    fixture: Literal["dimmer", "dimmer_16bit", "warm_cold", "dimmer_cct"],
    look: Look,
    expected: str,
) -> None:
    light = ArtnetSettings(channel=1, fixture=fixture)
    assert slots(light, look).hex(" ") == expected


def test_on_the_way() -> None:
    assert Look(0, 3000).toward(Look(100, 5000), 0.25) == Look(25, 3500)
