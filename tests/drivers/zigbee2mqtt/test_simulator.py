"""The simulated lamp, asked by an independent client over a real broker."""

from __future__ import annotations

import asyncio
import json

from drivers.clock import VirtualClock
from drivers.simulation.faults import clear_faults, set_fault
from drivers.simulation.wires import MqttWire
from drivers.zigbee2mqtt.settings import Zigbee2mqttSettings
from drivers.zigbee2mqtt.simulator import Zigbee2mqttSimulator
from tests.support.broker import Broker
from tests.support.waiting import until


async def test_an_independent_client_operates_it(broker: Broker) -> None:
    clock = VirtualClock()
    lamp = Zigbee2mqttSimulator(Zigbee2mqttSettings(name="lamp"), "mqtt", clock)
    wire = MqttWire(clock, "127.0.0.1", broker.port, "", "")
    wire.attach(lamp)
    async with broker.subscribed("zigbee2mqtt/#") as heard:
        await wire.open()
        try:
            await until(lambda: len(heard) >= 3)
            assert 'zigbee2mqtt/bridge/state {"state": "online"}' in heard
            assert 'zigbee2mqtt/lamp/availability {"state": "online"}' in heard
            heard.clear()
            await broker.publish("zigbee2mqtt/lamp/set", '{"brightness":127,"color_temp":250}')
            await until(lambda: lamp.state.power)
            await clock.advance(0.1)
            await until(lambda: len(heard) == 2)
            body = json.loads(heard[1].partition(" ")[2])
            assert (body["state"], body["brightness"], body["color_temp"]) == ("ON", 127, 250)
            set_fault(lamp, "unplug", True, None)
            await until(lambda: 'zigbee2mqtt/lamp/availability {"state": "offline"}' in heard)
            clear_faults(lamp)
            await until(lambda: 'zigbee2mqtt/lamp/availability {"state": "online"}' in heard)
        finally:
            await wire.close()


def lamp_on(topic_log: list[tuple[str, bytes]]) -> Zigbee2mqttSimulator:
    lamp = Zigbee2mqttSimulator(Zigbee2mqttSettings(name="lamp"), "mqtt", VirtualClock())
    lamp.wire = _Log(topic_log)
    return lamp


class _Log:
    address = "log:"

    def __init__(self, log: list[tuple[str, bytes]]) -> None:
        self._log = log

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self._log.append((topic, data))

    def drop_connections(self) -> None:
        return None

    def unplug(self) -> None:
        return None

    async def plug(self) -> None:
        await asyncio.sleep(0)


def test_after_a_power_cut_it_shines() -> None:
    log: list[tuple[str, bytes]] = []
    lamp = lamp_on(log)
    lamp.power_cycle()
    assert lamp.state.power
    assert log


def test_toggle_and_rubbish() -> None:
    lamp = lamp_on([])
    lamp.receive(b'{"state":"TOGGLE"}', None, "zigbee2mqtt/lamp/set")
    assert lamp.state.power
    lamp.receive(b"{", None, "zigbee2mqtt/lamp/set")
    lamp.receive(b"[]", None, "zigbee2mqtt/lamp/set")
    lamp.receive(b'{"brightness":0}', None, "zigbee2mqtt/lamp/set")
    assert not lamp.state.power
    lamp.receive(b'{"color_temp":9999}', None, "zigbee2mqtt/lamp/set")
    assert lamp.state.cct == 2000
