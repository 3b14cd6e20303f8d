"""Simulated MQTT devices, on a real mosquitto."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from drivers.clock import VirtualClock
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.mqtt_wire import MqttWire
from drivers.transport import mqtt
from drivers.transport.frames import Publish, Published
from drivers.transport.mqtt import Mqtt
from tests.drivers.simulation.bench import Thing
from tests.drivers.transport.hearing import Heard
from tests.support.broker import Broker
from tests.support.waiting import until


@asynccontextmanager
async def wired(broker: Broker) -> AsyncIterator[tuple[MqttWire, Thing, Mqtt, Heard]]:
    clock = VirtualClock()
    wire = MqttWire(clock, "127.0.0.1", broker.port, "", "")
    thing = Thing(clock, filters=("cmnd/thing/+",))
    wire.attach(thing)
    await wire.open()
    line = Mqtt(mqtt.Broker("127.0.0.1", broker.port, "", "", "roomd-r1-wire", "r1"))
    line.subscribe(("stat/#", "thing/will", "cmnd/thing/POWER"))
    heard = Heard()
    await heard.listen(line)
    try:
        yield wire, thing, line, heard
    finally:
        await line.close()
        await wire.close()


def said(heard: Heard, topic: str) -> list[bytes]:
    return [c.payload for c in heard.chunks if isinstance(c, Published) and c.topic == topic]


async def test_it_hears_its_topics_and_says_what_it_says(broker: Broker) -> None:
    async with wired(broker) as (wire, thing, line, heard):
        assert wire.address == f"127.0.0.1:{broker.port}"
        assert thing.events == ["connected"]
        await line.send(Publish("cmnd/other/POWER", b"not for it"))
        await line.send(Publish("cmnd/thing/POWER", b"ON"))
        await until(lambda: thing.heard)
        assert thing.heard == [(b"ON", None, "cmnd/thing/POWER")]
        thing.emit(b'{"POWER":"ON"}', topic="stat/thing/RESULT")
        await until(lambda: said(heard, "stat/thing/RESULT") == [b'{"POWER":"ON"}'])


async def test_one_that_joins_later_is_heard_and_greeted(broker: Broker) -> None:
    async with wired(broker) as (wire, thing, line, _):
        late = Thing(thing.clock, filters=("cmnd/late/+",))
        wire.attach(late)
        await wire.settled()
        assert late.events == ["connected"]
        await line.send(Publish("cmnd/late/POWER", b"ON"))
        await until(lambda: late.data == b"ON")
        wire.detach(late)
        assert late.events == ["connected", "closed"]


async def test_unplugged_its_will_is_published_and_the_others_go_on(broker: Broker) -> None:
    async with wired(broker) as (wire, thing, line, heard):
        other = Thing(thing.clock, filters=("cmnd/other/+",))
        wire.attach(other)
        await wire.settled()
        set_fault(thing, "unplug", value=True, seconds=None)
        await until(lambda: said(heard, "thing/will") == [b"gone"])
        await line.send(Publish("cmnd/thing/POWER", b"ON"))
        await line.send(Publish("cmnd/other/POWER", b"ON"))
        await until(lambda: other.heard)
        assert thing.heard == []
        clear_fault(thing, "unplug")
        await until(lambda: thing.events == ["connected", "connected"])


async def test_a_reboot_publishes_the_will_of_the_one_that_reboots(broker: Broker) -> None:
    async with wired(broker) as (_, thing, _line, heard):
        set_fault(thing, "reboot", 3, None)
        await until(lambda: said(heard, "thing/will") == [b"gone"])


async def test_a_broker_that_comes_back_is_found_again(broker: Broker) -> None:
    async with wired(broker) as (wire, thing, line, _):
        await line.close()
        await broker.kill()
        await until(lambda: "disconnected" in thing.events)
        assert not wire.ready.is_set()
        thing.emit(b"nobody hears it", topic="stat/x")
        await broker.start()
        await until(wire.ready.is_set)
        assert thing.events[-1] == "connected"
