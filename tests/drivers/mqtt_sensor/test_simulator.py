"""Simulated sensors and contacts, heard by an independent client over a real broker, and one by one."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.mqtt_sensor.settings import ContactSettings, SensorSettings
from drivers.mqtt_sensor.simulator import PERIOD, SOON, SourceSimulator
from drivers.simulation.faults import clear_faults, set_fault
from drivers.simulation.wires import MqttWire
from tests.support.broker import Broker
from tests.support.waiting import until

Said = list[tuple[str, str, bool]]


class Log:
    """A wire that keeps what is published: topic, payload, stored or not."""

    address = "log:"

    def __init__(self) -> None:
        self.said: Said = []

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self.said.append((topic, data.decode("utf-8", "replace"), retain))

    def drop_connections(self) -> None:
        return None

    def unplug(self) -> None:
        return None

    async def plug(self) -> None:
        return None


class Desk:
    """One sensor or contact, and what it says."""

    def __init__(self, settings: SensorSettings | ContactSettings) -> None:
        self.clock = VirtualClock()
        self.simulator = SourceSimulator(settings, "mqtt", self.clock)
        self.log = Log()
        self.simulator.wire = self.log

    def payloads(self) -> list[str]:
        found = [payload for _, payload, _ in self.log.said]
        self.log.said.clear()
        return found


async def test_an_independent_client_hears_and_asks_it(broker: Broker) -> None:
    clock = VirtualClock()
    settings = ContactSettings(
        topic="pir", path="occupancy", ask="pir/get", availability="pir/there"
    )
    pir = SourceSimulator(settings, "mqtt", clock)
    wire = MqttWire(clock, "127.0.0.1", broker.port, "", "")
    wire.attach(pir)
    async with broker.subscribed("pir/#") as heard:
        await wire.open()
        try:
            await until(lambda: "pir/there online" in heard)
            await clock.advance(SOON)
            await until(lambda: 'pir {"occupancy": false}' in heard)
            heard.clear()
            pir.state.value = True
            await broker.publish("pir/get", "")
            await until(lambda: 'pir {"occupancy": true}' in heard)
            set_fault(pir, "unplug", True, None)
            await until(lambda: "pir/there offline" in heard)
            heard.clear()
            clear_faults(pir)
            await until(lambda: "pir/there online" in heard)
        finally:
            await wire.close()


async def test_it_reports_now_and_then() -> None:
    desk = Desk(SensorSettings(topic="t", unit="ppm"))
    desk.simulator.connected(None)
    await desk.clock.advance(SOON)
    assert desk.log.said == [("t", "620.0", False)]
    desk.payloads()
    await desk.clock.advance(3 * PERIOD)
    assert desk.payloads() == ["620.0"] * 3
    desk.simulator.disconnected(None)
    await desk.clock.advance(3 * PERIOD)
    assert desk.payloads() == []


async def test_it_reports_three_times_before_it_would_be_stale() -> None:
    desk = Desk(SensorSettings(topic="t", stale_after="6s"))
    desk.simulator.connected(None)
    await desk.clock.advance(SOON + 6)
    assert desk.payloads() == ["1.0"] * 4


@pytest.mark.parametrize(
    "unit, value", [("°C", 24.5), ("lux", 320.0), ("%", 45.0), ("A", 1.2), ("m", 1.0)]
)
def test_it_shows_what_is_usual_in_a_room(unit: str, value: float) -> None:
    assert Desk(SensorSettings(topic="t", unit=unit)).simulator.state.value == value


def test_a_change_is_said_at_once() -> None:
    desk = Desk(ContactSettings(topic="door", path="a.b", inverted=True))
    desk.simulator.set_by_hand({"value": True})
    assert desk.payloads() == ['{"a": {"b": false}}']
    desk.simulator.set_by_hand({"value": False})
    assert desk.payloads() == ['{"a": {"b": true}}']


@pytest.mark.parametrize(
    "options, closed, opened",
    [
        ({}, "true", "false"),
        ({"on": ["ON"], "off": ["OFF"]}, "ON", "OFF"),
        ({"on": ["ON"], "off": ["OFF"], "path": "p"}, '{"p": "ON"}', '{"p": "OFF"}'),
        ({"path": "p"}, '{"p": true}', '{"p": false}'),
    ],
)
def test_a_contact_says_the_words_of_its_settings(
    options: dict[str, Any], closed: str, opened: str
) -> None:
    desk = Desk(ContactSettings.model_validate({"topic": "t", **options}))
    desk.simulator.set_by_hand({"value": True})
    desk.simulator.set_by_hand({"value": False})
    assert desk.payloads() == [closed, opened]


def test_a_scaled_number_is_sent_unscaled() -> None:
    desk = Desk(SensorSettings(topic="t", scale=0.5))
    desk.simulator.set_by_hand({"value": 10.0})
    assert desk.payloads() == ["20.0"]


def test_it_answers_each_question_and_keeps_no_topic_where_it_cannot_be_asked() -> None:
    desk = Desk(SensorSettings(topic="t", ask="t/get"))
    assert desk.simulator.topics() == ("t/get",)
    desk.simulator.receive(b"", None, "t/get")
    assert desk.payloads() == ["1.0"]
    assert Desk(SensorSettings(topic="t")).simulator.topics() == ()
    assert Desk(SensorSettings(topic="t")).simulator.will() is None


def test_wrong_state_is_the_opposite_or_a_number_that_cannot_be() -> None:
    contact, sensor = Desk(ContactSettings(topic="t")), Desk(SensorSettings(topic="t"))
    for desk in (contact, sensor):
        set_fault(desk.simulator, "wrong_state", True, None)
        desk.simulator.receive(b"", None, "")
    assert contact.payloads() == ["true"]
    assert sensor.payloads() == ["1000000000.0"]


def test_an_intruder_says_what_is_no_value() -> None:
    desk = Desk(SensorSettings(topic="t"))
    set_fault(desk.simulator, "intruder", True, None)
    assert desk.payloads() == ["\ufffd\ufffd", '{"unexpected":[1,2,3]}']


async def test_after_a_reboot_it_says_that_it_is_there_and_how_it_is() -> None:
    desk = Desk(ContactSettings(topic="t", availability="t/there"))
    set_fault(desk.simulator, "reboot", 2, None)
    await desk.clock.advance(2 + SOON)
    assert desk.log.said == [("t/there", "online", True), ("t", "false", False)]
    desk.simulator.close()


@pytest.mark.parametrize("values", [{"temperature": 1}, {"value": True, "x": 1}])
def test_what_it_does_not_have_cannot_be_set(values: dict[str, Any]) -> None:
    desk = Desk(ContactSettings(topic="t"))
    with pytest.raises(ValueError, match="no such value"):
        desk.simulator.set_by_hand(values)
    assert desk.simulator.state.value is False
