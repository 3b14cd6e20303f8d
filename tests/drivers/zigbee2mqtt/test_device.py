"""Lights behind Zigbee2MQTT, from the command to the light that the lamp gives."""

from __future__ import annotations

import pytest

from drivers.commands import OutcomeKind
from drivers.session import PortState
from drivers.simulation.faults import clear_faults, set_fault
from drivers.zigbee2mqtt import DRIVER
from tests.drivers.mqtt_stage import live, staged
from tests.support.broker import Broker

LAMP = {"name": "hall/table lamp"}
TOPIC = "zigbee2mqtt/hall/table lamp"


async def test_the_lamp_itself_confirms() -> None:
    async with staged(DRIVER, LAMP) as stage:
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.CONFIRMED, 1)
        assert stage.sent()[-1] == (f"{TOPIC}/set", '{"state":"ON"}')
        assert stage.simulator.state.power
        assert stage.value("power") == (True, "confirmed")
        assert (await stage.rig.do("it.off")).kind is OutcomeKind.CONFIRMED
        assert stage.value("level") == (0, "confirmed")


async def test_level_warmth_and_fade() -> None:
    async with staged(DRIVER, LAMP) as stage:
        outcome = await stage.rig.do("it.set", level=40, cct=3000, fade=2.0)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.sent()[-1][1] == (
            '{"state":"ON","brightness":102,"color_temp":333,"transition":2.0}'
        )
        assert stage.simulator.state.level == pytest.approx(40, abs=0.3)
        assert stage.value("level") == (40, "confirmed")
        cct, quality = stage.value("cct")
        assert cct == pytest.approx(3000, abs=45)
        assert quality == "confirmed"


async def test_level_zero_is_off_and_the_lamp_keeps_its_level() -> None:
    async with staged(DRIVER, LAMP) as stage:
        await stage.rig.do("it.set", level=70)
        assert (await stage.rig.do("it.set", level=0)).kind is OutcomeKind.CONFIRMED
        assert not stage.simulator.state.power
        assert stage.value("level") == (0, "confirmed")
        await stage.rig.do("it.on")
        assert stage.value("level") == (70, "confirmed")


async def test_nothing_to_set_is_refused_before_a_byte() -> None:
    async with staged(DRIVER, LAMP) as stage:
        before = len(stage.sent())
        outcome = await stage.rig.do("it.set")
        assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "invalid_value")
        assert len(stage.sent()) == before


@pytest.mark.parametrize("options", [{"dimmable": False}, {"tunable": False}])
async def test_a_lamp_has_the_arguments_that_it_can_follow(options: dict[str, bool]) -> None:
    async with staged(DRIVER, LAMP | options) as stage:
        device = stage.rig.devices["it"]
        missing = "level" if "dimmable" in options else "cct"
        assert missing not in device.command_specs()["set"].args
        assert device.point(missing) is None
        assert stage.state() is PortState.ONLINE


async def test_a_mere_switch_has_no_set() -> None:
    async with staged(DRIVER, LAMP | {"dimmable": False, "tunable": False}) as stage:
        assert sorted(stage.rig.devices["it"].command_specs()) == ["off", "on"]
        assert stage.rig.devices["it"].capabilities == ("Power",)


async def test_the_wall_switch_is_observed() -> None:
    async with staged(DRIVER, LAMP) as stage:
        stage.simulator.set_by_hand({"power": True, "level": 25})
        await stage.rig.advance(0.1)
        assert stage.value("power") == (True, "observed")
        assert stage.value("level") == (25, "observed")


async def test_silence_is_a_timeout_after_one_repeat() -> None:
    async with staged(DRIVER, LAMP) as stage:
        set_fault(stage.simulator, "mute", True, None)
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.TIMEOUT, "no_reply", 2)


async def test_a_lamp_that_does_not_obey_is_a_mismatch() -> None:
    async with staged(DRIVER, LAMP) as stage:
        set_fault(stage.simulator, "wrong_state", True, None)
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")
        assert outcome.params["value"] is False
        outcome = await stage.rig.do("it.set", cct=6000)
        assert (outcome.code, outcome.params["point"]) == ("mismatch", "cct")


async def test_a_late_answer_does_not_end_the_next_command() -> None:
    async with staged(DRIVER, LAMP) as stage:
        set_fault(stage.simulator, "mute", True, None)
        assert (await stage.rig.do("it.on")).kind is OutcomeKind.TIMEOUT
        off = stage.rig.begin("it.off")
        await stage.rig.advance(0.1)
        stage.says(TOPIC, '{"state":"ON"}')  # what the first command was waiting for
        await stage.rig.advance(0.1)
        assert not off.done()
        stage.says(TOPIC, '{"state":"OFF"}')
        assert (await stage.rig.until_done(off)).kind is OutcomeKind.CONFIRMED


async def test_what_was_stored_is_stale_until_something_is_said() -> None:
    async with staged(DRIVER, LAMP, alone=True) as stage:
        stage.stored(TOPIC, '{"state":"ON","brightness":127}')
        assert stage.value("power") == (True, "stale")
        assert stage.value("level") == (50, "stale")
        stage.says(TOPIC, '{"state":"OFF"}')
        assert stage.value("power")[0] is False
        stage.stored(TOPIC, '{"state":"ON"}')
        assert stage.value("power")[0] is False, "older than what was said"


async def test_a_stored_state_answers_no_command() -> None:
    async with staged(DRIVER, LAMP, alone=True) as stage:
        on = stage.rig.begin("it.on")
        await stage.rig.advance(0.1)
        stage.stored(TOPIC, '{"state":"ON"}')
        assert (await stage.rig.until_done(on)).kind is OutcomeKind.TIMEOUT


async def test_without_its_bridge_it_is_offline_and_back_at_once() -> None:
    async with staged(DRIVER, LAMP) as stage:
        stage.simulator.set_by_hand({"bridge": False})
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
        stage.simulator.set_by_hand({"bridge": True})
        await stage.rig.advance(1.0)
        assert stage.state() is PortState.ONLINE


async def test_a_lamp_without_current_is_offline_and_is_left_in_peace() -> None:
    async with staged(DRIVER, LAMP) as stage:
        set_fault(stage.simulator, "unplug", True, None)
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        asked = len(stage.sent())
        await stage.rig.advance(60)
        assert len(stage.sent()) == asked, "the radio is not flooded with questions"
        clear_faults(stage.simulator)
        await stage.rig.advance(1.0)
        assert stage.state() is PortState.ONLINE


async def test_plain_words_of_older_versions() -> None:
    async with staged(DRIVER, LAMP) as stage:
        stage.says(f"{TOPIC}/availability", "offline")
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        stage.says(f"{TOPIC}/availability", "online")
        await stage.rig.advance(1.0)
        assert stage.state() is PortState.ONLINE


async def test_rubbish_and_others_change_nothing() -> None:
    async with staged(DRIVER, LAMP) as stage:
        before = {p: r.value for p, r in stage.rig.devices["it"].values.items()}
        set_fault(stage.simulator, "intruder", True, None)
        await stage.rig.advance(0.5)
        assert {p: r.value for p, r in stage.rig.devices["it"].values.items()} == before
        assert stage.rig.devices["it"].link.junk["unknown"] == 2


async def test_two_lamps_on_a_real_broker(broker: Broker) -> None:
    lamps = {"left": {"name": "left"}, "right": {"name": "hall/right"}}
    async with live(broker, DRIVER, lamps) as stage:
        outcome = await stage.rig.do("right.set", level=30)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.simulators["right"].state.level == pytest.approx(30, abs=0.3)
        assert not stage.simulators["left"].state.power
        await broker.publish("zigbee2mqtt/left/set", '{"state":"ON"}')  # an independent client
        await stage.until(lambda: stage.rig.value("left.power") == (True, "observed"))


async def test_the_broker_dies_and_comes_back(broker: Broker) -> None:
    async with live(broker, DRIVER, {"it": LAMP}) as stage:
        await broker.kill()
        await stage.until(lambda: stage.rig.state("it") is PortState.OFFLINE)
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
        await broker.start()
        await stage.until(stage.online)
        assert not stage.simulators["it"].state.power, "nothing is sent again by itself"
        assert (await stage.rig.do("it.on")).kind is OutcomeKind.CONFIRMED
