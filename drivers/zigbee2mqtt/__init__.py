"""Lights behind Zigbee2MQTT."""

from __future__ import annotations

from drivers.spec import DriverSpec
from drivers.zigbee2mqtt.device import Zigbee2mqttLight
from drivers.zigbee2mqtt.settings import Zigbee2mqttSettings
from drivers.zigbee2mqtt.simulator import Zigbee2mqttSimulator

DRIVER = DriverSpec(
    id="zigbee2mqtt",
    kind=Zigbee2mqttLight.kind,
    name={"zh": "Zigbee2MQTT 灯光", "en": "Zigbee2MQTT light"},
    transports=Zigbee2mqttLight.transports,
    defaults=Zigbee2mqttLight.defaults,
    settings=Zigbee2mqttSettings,
    device=Zigbee2mqttLight,
    simulator=Zigbee2mqttSimulator,
)
