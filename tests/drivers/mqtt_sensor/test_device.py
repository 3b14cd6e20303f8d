"""Sensors and contacts, from what is measured to what roomd shows."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.mqtt_sensor import CONTACT, SENSOR
from drivers.session import PortState
from drivers.simulation.faults import clear_faults, set_fault
from tests.drivers.mqtt_stage import live, staged
from tests.support.broker import Broker

WARM = {"topic": "z/climate", "path": "temperature", "unit": "°C", "minimum": -40, "maximum": 80}
PIR = {"topic": "z/pir", "path": "occupancy", "ask": "z/pir/get", "ask_payload": '{"occupancy":""}'}
FIRE = {"topic": "building/fire", "on": ["ON"], "off": ["OFF"], "availability": "building/there"}


async def test_what_it_says_is_observed() -> None:
    async with staged(SENSOR, WARM) as stage:
        assert stage.value("value") == (24.5, "observed")
        stage.simulator.set_by_hand({"value": 19.25})
        await stage.rig.advance(0.1)
        assert stage.value("value") == (19.25, "observed")
        point = stage.rig.devices["it"].point("value")
        assert point is not None
        assert (point.unit, point.minimum, point.maximum) == ("°C", -40, 80)


async def test_what_it_answers_is_confirmed() -> None:
    async with staged(CONTACT, PIR) as stage:
        assert stage.sent()[0] == ("z/pir/get", '{"occupancy":""}')
        assert stage.value("value") == (False, "observed")
        stage.simulator.state.value = True
        asked = len(stage.sent())
        await stage.rig.advance(34)
        assert len(stage.sent()) > asked
        assert stage.value("value")[0] is True


async def test_it_has_no_commands() -> None:
    for spec, options in ((SENSOR, WARM), (CONTACT, PIR)):
        async with staged(spec, options) as stage:
            assert stage.rig.devices["it"].command_specs() == {}
            assert stage.rig.devices["it"].capabilities == ("Sensor",)


async def test_a_scaled_number() -> None:
    options = {"topic": "z/power", "scale": 0.001, "unit": "A"}
    async with staged(SENSOR, options, alone=True) as stage:
        stage.says("z/power", "1234")
        assert stage.value("value") == (pytest.approx(1.234), "observed")


@pytest.mark.parametrize("inverted", [False, True])
async def test_a_contact_that_is_wired_the_other_way_round(inverted: bool) -> None:
    options = {"topic": "z/door", "path": "contact", "inverted": inverted}
    async with staged(CONTACT, options) as stage:
        stage.simulator.set_by_hand({"value": True})
        await stage.rig.advance(0.1)
        assert stage.value("value") == (True, "observed")
        stage.says("z/door", '{"contact":false}')
        assert stage.value("value") == (inverted, "observed")


async def test_what_was_stored_is_stale_until_something_is_said() -> None:
    async with staged(CONTACT, FIRE, alone=True) as stage:
        stage.stored("building/fire", "ON")
        assert stage.value("value") == (True, "stale")
        stage.says("building/fire", "OFF")
        assert stage.value("value") == (False, "observed")
        stage.stored("building/fire", "ON")
        assert stage.value("value") == (False, "observed"), "older than what was said"


async def test_a_stored_value_answers_no_question() -> None:
    async with staged(CONTACT, PIR, alone=True) as stage:
        stage.stored("z/pir", '{"occupancy":true}')
        await stage.rig.advance(10)
        assert stage.state() is PortState.SILENT
        assert stage.value("value") == (True, "stale")


async def test_after_a_lost_connection_what_was_stored_is_stale_again() -> None:
    async with staged(CONTACT, FIRE, alone=True) as stage:
        stage.says("building/fire", "OFF")
        stage.line.lose()
        await stage.rig.advance(1)
        stage.stored("building/fire", "OFF")
        assert stage.value("value") == (False, "stale")


async def test_without_a_limit_silence_says_nothing() -> None:
    async with staged(CONTACT, FIRE, alone=True) as stage:
        stage.says("building/fire", "OFF")
        await stage.rig.advance(3600)
        assert stage.state() is PortState.ONLINE
        assert stage.value("value") == (False, "observed")


async def test_with_a_limit_silence_is_stale_and_offline() -> None:
    async with staged(SENSOR, WARM | {"stale_after": "60s"}) as stage:
        assert stage.state() is PortState.ONLINE
        await stage.rig.advance(200)
        assert stage.state() is PortState.ONLINE, "it reports now and then"
        set_fault(stage.simulator, "mute", True, None)
        await stage.rig.advance(130)
        assert stage.state() is PortState.SILENT
        assert stage.value("value") == (24.5, "stale")
        clear_faults(stage.simulator)
        await stage.rig.advance(25)
        assert stage.state() is PortState.ONLINE
        assert stage.value("value") == (24.5, "observed")


async def test_one_that_does_not_answer_is_offline_and_back_when_it_does() -> None:
    async with staged(CONTACT, PIR) as stage:
        assert stage.state() is PortState.ONLINE
        set_fault(stage.simulator, "deaf", True, None)
        await stage.rig.advance(120)
        assert stage.state() is PortState.SILENT
        clear_faults(stage.simulator)
        await stage.rig.advance(15)
        assert stage.state() is PortState.ONLINE


async def test_a_last_will_is_offline_at_once_and_it_comes_back() -> None:
    async with staged(CONTACT, FIRE) as stage:
        set_fault(stage.simulator, "unplug", True, None)
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        clear_faults(stage.simulator)
        await stage.rig.advance(1)
        assert stage.state() is PortState.ONLINE
        assert stage.value("value") == (False, "observed")


async def test_one_that_speaks_is_there_whatever_its_gateway_says() -> None:
    async with staged(CONTACT, FIRE, alone=True) as stage:
        stage.says("building/there", "offline")
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        stage.says("building/fire", "OFF")
        await stage.rig.advance(1)
        assert stage.state() is PortState.ONLINE


async def test_one_that_is_gone_is_left_in_peace() -> None:
    async with staged(CONTACT, PIR | {"availability": "z/pir/availability"}) as stage:
        set_fault(stage.simulator, "mute", True, None)
        stage.says("z/pir/availability", '{"state":"offline"}')
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        asked = len(stage.sent())
        await stage.rig.advance(60)
        assert len(stage.sent()) == asked
        clear_faults(stage.simulator)
        stage.says("z/pir/availability", '{"state":"online"}')
        await stage.rig.advance(1)
        assert stage.state() is PortState.ONLINE
        assert len(stage.sent()) > asked


async def test_what_ends_a_silence_counts() -> None:
    """A silent one is greeted anew when it is back; that must not make it silent again."""
    async with staged(SENSOR, WARM | {"stale_after": "60s"}, alone=True) as stage:
        assert stage.state() is PortState.SILENT
        stage.says("z/climate", '{"temperature":20}')
        await stage.rig.advance(1)
        assert stage.state() is PortState.ONLINE
        await stage.rig.advance(50)
        assert stage.state() is PortState.ONLINE


@pytest.mark.parametrize(
    "spec, options, payload",
    [
        (SENSOR, WARM, '{"temperature":"warm"}'),
        (SENSOR, WARM, '{"temperature":true}'),
        (SENSOR, WARM, "21"),
        (CONTACT, PIR, '{"occupancy":"perhaps"}'),
        (CONTACT, PIR, '{"occupancy":7}'),
    ],
)
async def test_rubbish_is_counted_and_changes_nothing(
    spec: Any, options: dict[str, Any], payload: str
) -> None:
    async with staged(spec, options) as stage:
        before = stage.value("value")
        stage.says(options["topic"], payload)
        assert stage.value("value") == before
        assert stage.rig.devices["it"].link.junk["unknown"] == 1


async def test_intruders_change_nothing() -> None:
    async with staged(SENSOR, WARM) as stage:
        set_fault(stage.simulator, "intruder", True, None)
        await stage.rig.advance(0.1)
        assert stage.value("value") == (24.5, "observed")
        assert stage.rig.devices["it"].link.junk["unknown"] == 1


async def test_a_message_without_the_value_is_no_news() -> None:
    async with staged(SENSOR, WARM, alone=True) as stage:
        stage.says("z/climate", '{"humidity":40}')
        assert "value" not in stage.rig.devices["it"].values


async def test_doubled_and_slow_messages_make_no_difference() -> None:
    async with staged(CONTACT, PIR) as stage:
        set_fault(stage.simulator, "echo_twice", True, None)
        set_fault(stage.simulator, "slow", 500, None)
        stage.simulator.set_by_hand({"value": True})
        await stage.rig.advance(1)
        assert stage.value("value") == (True, "observed")
        assert stage.state() is PortState.ONLINE


async def test_on_a_real_broker(broker: Broker) -> None:
    contacts: dict[str, dict[str, Any]] = {"pir": PIR, "fire": FIRE}
    async with live(broker, CONTACT, contacts) as stage:
        stage.simulators["pir"].set_by_hand({"value": True})
        await stage.until(lambda: stage.rig.value("pir.value")[0] is True)
        await broker.publish("building/fire", "ON")  # an independent client
        await stage.until(lambda: stage.rig.value("fire.value") == (True, "observed"))


async def test_the_broker_dies_and_comes_back(broker: Broker) -> None:
    async with live(broker, CONTACT, {"it": PIR}) as stage:
        await broker.kill()
        await stage.until(lambda: stage.rig.state("it") is PortState.OFFLINE)
        stage.simulators["it"].state.value = True
        await broker.start()
        await stage.until(stage.online)
        await stage.until(lambda: stage.rig.value("it.value")[0] is True)
