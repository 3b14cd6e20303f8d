"""Cameras that speak VISCA: on serial chains, over Sony's numbered UDP, over bare TCP and UDP."""

from __future__ import annotations

from drivers.spec import DriverSpec
from drivers.visca.device import Camera
from drivers.visca.settings import ViscaSettings
from drivers.visca.simulator import ViscaSimulator

DRIVER = DriverSpec(
    id="visca",
    kind="camera",
    name={"zh": "VISCA 摄像机", "en": "VISCA camera"},
    transports=Camera.transports,
    defaults=Camera.defaults,
    settings=ViscaSettings,
    device=Camera,
    simulator=ViscaSimulator,
)
