"""Lights on a DMX universe, over Art-Net and over sACN (E1.31)."""

from __future__ import annotations

from drivers.artnet.device import ArtnetLight, SacnLight
from drivers.artnet.settings import ArtnetSettings, SacnSettings
from drivers.artnet.simulator import ArtnetSimulator, SacnSimulator
from drivers.spec import DriverSpec

ARTNET = DriverSpec(
    id="artnet",
    kind="light",
    name={"zh": "Art-Net 灯光", "en": "Art-Net light"},
    transports=ArtnetLight.transports,
    defaults=ArtnetLight.defaults,
    settings=ArtnetSettings,
    device=ArtnetLight,
    simulator=ArtnetSimulator,
)
SACN = DriverSpec(
    id="sacn",
    kind="light",
    name={"zh": "sACN 灯光", "en": "sACN light"},
    transports=SacnLight.transports,
    defaults=SacnLight.defaults,
    settings=SacnSettings,
    device=SacnLight,
    simulator=SacnSimulator,
)
