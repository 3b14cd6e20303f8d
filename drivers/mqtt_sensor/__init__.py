"""Sensors and contacts over MQTT: occupancy, temperature, doors, fire alarm, emergency stop."""

from __future__ import annotations

from drivers.mqtt_sensor.device import Contact, Sensor
from drivers.mqtt_sensor.settings import ContactSettings, SensorSettings
from drivers.mqtt_sensor.simulator import SourceSimulator
from drivers.spec import DriverSpec

SENSOR = DriverSpec(
    id="mqtt_sensor",
    kind="sensor",
    name={"zh": "MQTT 传感器", "en": "MQTT sensor"},
    transports=Sensor.transports,
    defaults=Sensor.defaults,
    settings=SensorSettings,
    device=Sensor,
    simulator=SourceSimulator,
)
CONTACT = DriverSpec(
    id="mqtt_contact",
    kind="contact",
    name={"zh": "MQTT 触点", "en": "MQTT contact"},
    transports=Contact.transports,
    defaults=Contact.defaults,
    settings=ContactSettings,
    device=Contact,
    simulator=SourceSimulator,
)
