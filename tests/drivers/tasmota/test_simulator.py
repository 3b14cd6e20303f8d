"""The simulated devices, as an independent client sees them."""

from __future__ import annotations

import json

import pytest

from drivers.clock import VirtualClock
from drivers.simulation.wires import MqttWire
from drivers.tasmota.settings import TasmotaLightSettings, TasmotaRelaySettings
from drivers.tasmota.simulator import LightSimulator, RelaySimulator
from tests.support.broker import Broker
from tests.support.waiting import until

LAMP = TasmotaLightSettings(topic="lamp", dimmable=True, tunable=True)


async def test_an_independent_client_operates_a_lamp(broker: Broker) -> None:
    clock = VirtualClock()
    lamp = LightSimulator(LAMP, "mqtt", clock)
    wire = MqttWire(clock, "127.0.0.1", broker.port, "", "")
    wire.attach(lamp)
    async with broker.subscribed("#") as heard:
        await wire.open()
        try:
            await until(lambda: "tele/lamp/LWT Online" in heard)
            await broker.publish("cmnd/lamp/power", "toggle")
            await until(lambda: 'stat/lamp/RESULT {"POWER": "ON"}' in heard)
            assert "stat/lamp/POWER ON" in heard
            await broker.publish("cmnd/lamp/Dimmer", "")
            await until(lambda: 'stat/lamp/RESULT {"Dimmer": 60}' in heard)
            await broker.publish("cmnd/lamp/CT", "153")
            await until(lambda: lamp.state.cct == 6536)
            heard.clear()
            await clock.advance(300)
            # The answer to the last command may still be on its way: wait for the telemetry itself.
            await until(lambda: any(line.startswith("tele/lamp/STATE ") for line in heard))
            told = next(line for line in heard if line.startswith("tele/lamp/STATE "))
            body = json.loads(told.removeprefix("tele/lamp/STATE "))
            assert (body["POWER"], body["Dimmer"], body["CT"]) == ("ON", 60, 153)
        finally:
            await wire.close()


@pytest.mark.parametrize(
    "name, value",
    [("DIMMER", "40"), ("CT", "200"), ("POWER2", "ON"), ("NONSENSE", "1"), ("COLOR", "")],
)
def test_a_switch_knows_no_dimmer(name: str, value: str) -> None:
    switch = LightSimulator(TasmotaLightSettings(topic="lamp"), "mqtt", VirtualClock())
    assert switch.obey(name, value) is None


def test_values_that_cannot_be_change_nothing() -> None:
    lamp = LightSimulator(LAMP, "mqtt", VirtualClock())
    lamp.obey("DIMMER", "101")
    lamp.obey("CT", "9")
    assert (lamp.state.level, lamp.state.cct, lamp.state.power) == (60, 4000, False)


def test_a_board() -> None:
    board = RelaySimulator(TasmotaRelaySettings(topic="b", channels=2), "mqtt", VirtualClock())
    assert board.obey("POWER2", "TOGGLE") == {"POWER2": "ON"}
    assert board.obey("POWER", "") == {"POWER1": "OFF"}
    assert board.obey("POWER3", "ON") is None
    assert board.obey("POWERX", "ON") is None
    with pytest.raises(ValueError, match=r"ch\.1\.state"):
        board.set_by_hand({"power": True})
