"""mosquitto's broker, mosquitto_pub and mosquitto_sub as judges.

Of the drivers, by playing the device; of the simulators, by playing the controller.
"""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.clock import LoopClock
from drivers.commands import OutcomeKind
from drivers.mqtt_sensor import CONTACT, SENSOR
from drivers.session import PortState
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import MqttWire
from drivers.spec import DriverSpec
from drivers.tasmota import LIGHT, RELAY
from drivers.transport import mqtt
from drivers.transport.mqtt import Mqtt
from drivers.zigbee2mqtt import DRIVER as ZIGBEE
from tests.drivers.mqtt_stage import simulator_of
from tests.drivers.rig import Rig, rigged
from tests.support.broker import Broker, broker_in
from tests.support.programs import require_program
from tests.support.waiting import until

pytestmark = pytest.mark.peers

Answers = Mapping[str, tuple[tuple[str, str], ...]]
"""`topic payload` that is heard -> (topic, payload) of what the device says then."""


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """Run a mosquitto of this test's own."""
    async with broker_in(tmp_path) as running:
        yield running


async def stored(broker: Broker, topic: str) -> list[str]:
    """Return `topic payload` of what the broker has stored under a topic filter."""
    client = await asyncio.create_subprocess_exec(
        require_program("mosquitto_sub"),
        *("-h", "127.0.0.1", "-p", str(broker.port), "-q", "1", "-F", "%r %t %p"),
        *("-t", topic, "-t", "test/now"),
        stdout=PIPE,
    )
    assert client.stdout is not None
    found: list[str] = []
    reading = asyncio.create_task(_until_now(client.stdout, found))
    try:
        while not reading.done():  # what is stored comes first, then what is said now
            await broker.publish("test/now", "yes")
            await asyncio.sleep(0.005)
        await reading
    finally:
        client.kill()
        await client.wait()
    return found


async def _until_now(lines: asyncio.StreamReader, found: list[str]) -> None:
    while (line := (await lines.readline()).decode().rstrip("\n")) != "0 test/now yes":
        assert line
        flag, _, said = line.partition(" ")
        if flag == "1":
            found.append(said)


# -- the drivers: mosquitto_pub and mosquitto_sub are the device -----------------------------------


@dataclass
class StandIn:
    """A device that is played by hand: it answers what it hears."""

    broker: Broker
    heard: list[str]
    answers: dict[str, tuple[tuple[str, str], ...]]

    async def play(self) -> None:
        """Answer, for ever."""
        at = 0
        while True:
            for line in self.heard[at:]:
                at += 1
                for topic, payload in self.answers.get(line, ()):
                    await self.broker.publish(topic, payload)
            await asyncio.sleep(0.005)


@asynccontextmanager
async def played(
    broker: Broker, spec: DriverSpec, options: Mapping[str, Any], answers: Answers
) -> AsyncIterator[tuple[Rig, StandIn]]:
    """Put a driver on the broker, and answer in place of its device `it`, until it is online."""
    line = Mqtt(mqtt.Broker("127.0.0.1", broker.port, "", "", "roomd-r1-peers", "r1"))
    async with broker.subscribed("#") as heard:
        stand_in = StandIn(broker, heard, dict(answers))
        playing = asyncio.create_task(stand_in.play())
        try:
            async with rigged(LoopClock(), line, spec, {"it": options}) as rig:
                yield rig, stand_in
        finally:
            playing.cancel()
            await asyncio.wait({playing})


async def test_zigbee2mqtt(broker: Broker) -> None:
    answers = {
        'zigbee2mqtt/lamp/get {"state":""}': (("zigbee2mqtt/lamp", '{"state":"OFF"}'),),
        'zigbee2mqtt/lamp/set {"state":"ON"}': (("zigbee2mqtt/lamp", '{"state":"ON"}'),),
        'zigbee2mqtt/lamp/set {"state":"ON","brightness":102}': (
            ("zigbee2mqtt/lamp", '{"state":"ON","brightness":102}'),
        ),
    }
    async with played(broker, ZIGBEE, {"name": "lamp"}, answers) as (rig, lamp):
        assert rig.value("it.power") == (False, "confirmed")
        assert (await rig.do("it.on")).kind is OutcomeKind.CONFIRMED
        assert (await rig.do("it.set", level=40)).kind is OutcomeKind.CONFIRMED
        assert rig.value("it.level") == (40, "confirmed")
        await broker.publish("zigbee2mqtt/lamp", '{"state":"OFF"}')  # somebody at the wall
        await until(lambda: rig.value("it.power") == (False, "observed"))
        await broker.publish("zigbee2mqtt/lamp/availability", '{"state":"offline"}', retain=True)
        await until(lambda: rig.state("it") is PortState.SILENT)
        sets = [line for line in lamp.heard if "/set " in line]
        assert sets == list(answers)[1:]
    assert await stored(broker, "zigbee2mqtt/+/set") == []


async def test_tasmota_light(broker: Broker) -> None:
    options = {"topic": "lamp", "dimmable": True}
    answers = {
        "cmnd/lamp/POWER1 (null)": (("stat/lamp/RESULT", '{"POWER":"OFF"}'),),
        "cmnd/lamp/Dimmer (null)": (("stat/lamp/RESULT", '{"Dimmer":60}'),),
        "cmnd/lamp/POWER1 ON": (("stat/lamp/RESULT", '{"POWER":"ON"}'), ("stat/lamp/POWER", "ON")),
        "cmnd/lamp/Dimmer 40": (("stat/lamp/RESULT", '{"POWER":"ON","Dimmer":40}'),),
    }
    async with played(broker, LIGHT, options, answers) as (rig, lamp):
        assert rig.value("it.power") == (False, "confirmed")
        assert (await rig.do("it.on")).kind is OutcomeKind.CONFIRMED
        assert (await rig.do("it.set", level=40)).kind is OutcomeKind.CONFIRMED
        assert rig.value("it.level") == (40, "confirmed")
        await broker.publish("tele/lamp/LWT", "Offline", retain=True)
        await until(lambda: rig.state("it") is PortState.SILENT)
        await broker.publish("tele/lamp/LWT", "Online", retain=True)
        await until(lambda: rig.state("it") is PortState.ONLINE)
        orders = [line for line in lamp.heard if line.endswith((" ON", " 40")) and "cmnd" in line]
        assert orders == ["cmnd/lamp/POWER1 ON", "cmnd/lamp/Dimmer 40"]
    assert await stored(broker, "cmnd/#") == []


async def test_tasmota_relays(broker: Broker) -> None:
    options = {"topic": "board", "channels": 2}
    answers = {
        "cmnd/board/POWER1 (null)": (("stat/board/RESULT", '{"POWER1":"OFF"}'),),
        "cmnd/board/POWER2 (null)": (("stat/board/RESULT", '{"POWER2":"OFF"}'),),
        "cmnd/board/POWER2 ON": (("stat/board/RESULT", '{"POWER2":"ON"}'),),
    }
    async with played(broker, RELAY, options, answers) as (rig, board):
        assert (await rig.do("it.on", ch=2)).kind is OutcomeKind.CONFIRMED
        assert rig.value("it.ch.2.state") == (True, "confirmed")
        assert rig.value("it.ch.1.state") == (False, "confirmed")
        board.answers["cmnd/board/POWER1 ON"] = (("stat/board/RESULT", '{"Command":"Unknown"}'),)
        outcome = await rig.do("it.on", ch=1)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "refused_by_device")


async def test_a_contact_that_is_asked(broker: Broker) -> None:
    options = {"topic": "building/fire", "ask": "building/fire/get", "ask_payload": "now"}
    answers = {"building/fire/get now": (("building/fire", "OFF"),)}
    await broker.publish("building/fire", "ON", retain=True)
    async with played(broker, CONTACT, options, answers) as (rig, _):
        assert rig.value("it.value") == (False, "confirmed")
        await broker.publish("building/fire", "ON")
        await until(lambda: rig.value("it.value") == (True, "observed"))


async def test_a_sensor_that_is_only_listened_to(broker: Broker) -> None:
    options = {"topic": "room/climate", "path": "SHT30.Temperature", "unit": "°C"}
    body = {"Time": "2026-11-24T12:00:00", "SHT30": {"Temperature": 22.4, "Humidity": 41}}
    await broker.publish("room/climate", json.dumps(body), retain=True)
    async with played(broker, SENSOR, options, {}) as (rig, _):
        await until(lambda: "value" in rig.devices["it"].values)
        assert rig.value("it.value") == (22.4, "stale")
        await broker.publish("room/climate", '{"SHT30":{"Temperature":-3}}')
        await until(lambda: rig.value("it.value") == (-3.0, "observed"))


# -- the simulators: mosquitto_pub and mosquitto_sub are the controller ----------------------------


@asynccontextmanager
async def shown(
    broker: Broker, spec: DriverSpec, options: Mapping[str, Any]
) -> AsyncIterator[tuple[Any, list[str]]]:
    """Put a simulated device on the broker; gives it, and what is heard of it."""
    simulator: Simulator = simulator_of(spec, options, LoopClock())
    wire = MqttWire(simulator.clock, "127.0.0.1", broker.port, "", "")
    wire.attach(simulator)
    async with broker.subscribed("#") as heard:
        await wire.open()
        try:
            yield simulator, heard
        finally:
            await wire.close()


async def test_the_simulated_zigbee_lamp(broker: Broker) -> None:
    async with shown(broker, ZIGBEE, {"name": "hall/lamp"}) as (lamp, heard):
        topic = "zigbee2mqtt/hall/lamp"
        await until(lambda: f'{topic}/availability {{"state": "online"}}' in heard)
        heard.clear()
        await broker.publish(f"{topic}/set", '{"state":"ON","brightness":127}')
        await until(lambda: any(line.startswith(f"{topic} ") for line in heard))
        body = json.loads(heard[-1].removeprefix(f"{topic} "))
        assert (body["state"], body["brightness"]) == ("ON", 127)
        assert lamp.state.power
        heard.clear()
        await broker.publish(f"{topic}/get", '{"state":""}')
        await until(lambda: any(line.startswith(f"{topic} ") for line in heard))
        assert await stored(broker, "zigbee2mqtt/#") == [
            'zigbee2mqtt/bridge/state {"state": "online"}',
            f'{topic}/availability {{"state": "online"}}',
        ]


async def test_the_simulated_tasmota_light(broker: Broker) -> None:
    async with shown(broker, LIGHT, {"topic": "lamp", "dimmable": True}) as (lamp, heard):
        await until(lambda: "tele/lamp/LWT Online" in heard)
        await broker.publish("cmnd/lamp/POWER", "on")
        await until(lambda: "stat/lamp/POWER ON" in heard)
        assert 'stat/lamp/RESULT {"POWER": "ON"}' in heard
        await broker.publish("cmnd/lamp/Dimmer", "15")
        await until(lambda: lamp.state.level == 15)
        await until(lambda: 'stat/lamp/RESULT {"POWER": "ON", "Dimmer": 15}' in heard)
        await broker.publish("cmnd/lamp/Nonsense", "1")
        await until(lambda: 'stat/lamp/RESULT {"Command": "Unknown"}' in heard)
        assert await stored(broker, "#") == ["tele/lamp/LWT Online"]


async def test_the_simulated_tasmota_board(broker: Broker) -> None:
    async with shown(broker, RELAY, {"topic": "board", "channels": 2}) as (board, heard):
        await until(lambda: "tele/board/LWT Online" in heard)
        await broker.publish("cmnd/board/POWER2", "ON")
        await until(lambda: "stat/board/POWER2 ON" in heard)
        await broker.publish("cmnd/board/POWER1", "")
        await until(lambda: "stat/board/POWER1 OFF" in heard)
        assert board.state.closed == [False, True]


async def test_the_simulated_contact(broker: Broker) -> None:
    options = {"topic": "fire", "ask": "fire/get", "on": ["ON"], "off": ["OFF"]}
    async with shown(broker, CONTACT, options | {"availability": "fire/there"}) as (fire, heard):
        await until(lambda: "fire OFF" in heard)
        fire.state.value = True
        await broker.publish("fire/get", "")
        await until(lambda: "fire ON" in heard)
        assert await stored(broker, "#") == ["fire/there online"]
