"""Relay boards and sequenced power on Modbus. Needs the extra `roomd[modbus]`."""

from __future__ import annotations

from drivers.modbus.device import Relay, Sequencer
from drivers.modbus.settings import RelaySettings, SequencerSettings
from drivers.modbus.simulator import BoardSimulator
from drivers.spec import DriverSpec

RELAY = DriverSpec(
    id="modbus_relay",
    kind="relay",
    name={"zh": "Modbus 继电器板", "en": "Modbus relay board"},
    transports=Relay.transports,
    defaults=Relay.defaults,
    settings=RelaySettings,
    device=Relay,
    simulator=BoardSimulator,
)
SEQUENCER = DriverSpec(
    id="sequencer",
    kind="sequencer",
    name={"zh": "时序电源", "en": "Sequenced power"},
    transports=Sequencer.transports,
    defaults=Sequencer.defaults,
    settings=SequencerSettings,
    device=Sequencer,
    simulator=BoardSimulator,
)
