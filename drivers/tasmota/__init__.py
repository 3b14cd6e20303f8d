"""Tasmota lamps and relay boards."""

from __future__ import annotations

from drivers.spec import DriverSpec
from drivers.tasmota.device import TasmotaLight, TasmotaRelay
from drivers.tasmota.settings import TasmotaLightSettings, TasmotaRelaySettings
from drivers.tasmota.simulator import LightSimulator, RelaySimulator

LIGHT = DriverSpec(
    id="tasmota",
    kind="light",
    name={"zh": "Tasmota 灯光", "en": "Tasmota light"},
    transports=TasmotaLight.transports,
    defaults=TasmotaLight.defaults,
    settings=TasmotaLightSettings,
    device=TasmotaLight,
    simulator=LightSimulator,
)
RELAY = DriverSpec(
    id="tasmota_relay",
    kind="relay",
    name={"zh": "Tasmota 继电器", "en": "Tasmota relays"},
    transports=TasmotaRelay.transports,
    defaults=TasmotaRelay.defaults,
    settings=TasmotaRelaySettings,
    device=TasmotaRelay,
    simulator=RelaySimulator,
)
