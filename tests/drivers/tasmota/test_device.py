"""Tasmota lamps and relay boards, from the command to the thing."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.commands import OutcomeKind
from drivers.session import PortState
from drivers.simulation.faults import clear_faults, set_fault
from drivers.tasmota import LIGHT, RELAY
from tests.drivers.mqtt_stage import live, staged
from tests.support.broker import Broker

LAMP = {"topic": "lamp", "dimmable": True, "tunable": True}
BOARD = {"topic": "board", "channels": 4}


async def test_the_lamp_itself_confirms() -> None:
    async with staged(LIGHT, LAMP) as stage:
        assert stage.state() is PortState.ONLINE
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.CONFIRMED, 1)
        assert stage.sent()[-1] == ("cmnd/lamp/POWER1", "ON")
        assert stage.value("power") == (True, "confirmed")
        assert stage.value("level") == (60, "confirmed")
        await stage.rig.do("it.off")
        assert stage.value("level") == (0, "confirmed")


async def test_level_and_warmth() -> None:
    async with staged(LIGHT, LAMP) as stage:
        outcome = await stage.rig.do("it.set", level=40, cct=3000)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.sent()[-2:] == [("cmnd/lamp/CT", "333"), ("cmnd/lamp/Dimmer", "40")]
        assert (stage.simulator.state.power, stage.simulator.state.level) == (True, 40)
        assert stage.value("level") == (40, "confirmed")
        assert (await stage.rig.do("it.set", level=0)).kind is OutcomeKind.CONFIRMED
        assert stage.sent()[-1] == ("cmnd/lamp/POWER1", "OFF")
        assert stage.simulator.state.level == 40, "it keeps its level for the next time"


async def test_a_mere_switch_has_no_set_and_is_asked_no_level() -> None:
    async with staged(LIGHT, {"topic": "lamp", "relay": 2}) as stage:
        assert sorted(stage.rig.devices["it"].command_specs()) == ["off", "on"]
        await stage.rig.do("it.on")
        assert {topic for topic, _ in stage.sent()} == {"cmnd/lamp/POWER2"}


async def test_nothing_to_set_is_refused() -> None:
    async with staged(LIGHT, LAMP) as stage:
        outcome = await stage.rig.do("it.set")
        assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "invalid_value")


async def test_each_relay_of_a_board() -> None:
    async with staged(RELAY, BOARD) as stage:
        assert (await stage.rig.do("it.on", ch=3)).kind is OutcomeKind.CONFIRMED
        assert stage.simulator.state.closed == [False, False, True, False]
        assert stage.value("ch.3.state") == (True, "confirmed")
        assert stage.value("ch.2.state") == (False, "confirmed")
        assert stage.rig.devices["it"].command_specs()["on"].args["ch"].maximum == 4


async def test_a_single_relay_is_called_power() -> None:
    async with staged(RELAY, {"topic": "board"}) as stage:
        assert (await stage.rig.do("it.on", ch=1)).kind is OutcomeKind.CONFIRMED
        assert [f.topic for f in stage.simulator.frames if f.direction == "tx"][-1] == (
            "stat/board/POWER"
        )


async def test_a_pulse_opens_twice() -> None:
    async with staged(RELAY, BOARD) as stage:
        outcome = await stage.rig.do("it.pulse", ch=1, seconds=2.0)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert [p for _, p in stage.sent()[-3:]] == ["ON", "OFF", "OFF"]
        assert stage.simulator.state.closed[0] is False
        assert outcome.ms >= 2000


async def test_the_button_at_the_thing_is_observed() -> None:
    async with staged(RELAY, BOARD) as stage:
        stage.simulator.set_by_hand({"ch.2.state": True})
        assert stage.value("ch.2.state") == (True, "observed")
    async with staged(LIGHT, LAMP) as stage:
        stage.simulator.set_by_hand({"power": True, "level": 5})
        assert stage.value("level") == (5, "observed")


async def test_telemetry_is_observed_and_no_answer() -> None:
    async with staged(LIGHT, LAMP, alone=True) as stage:
        on = stage.rig.begin("it.on")
        await stage.rig.advance(0.1)
        stage.says("tele/lamp/STATE", '{"POWER":"ON"}')
        await stage.rig.advance(0.1)
        assert stage.value("power") == (True, "observed")
        assert (await stage.rig.until_done(on)).kind is OutcomeKind.TIMEOUT


async def test_silence_is_a_timeout_after_one_repeat() -> None:
    async with staged(LIGHT, LAMP) as stage:
        set_fault(stage.simulator, "mute", True, None)
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.TIMEOUT, "no_reply", 2)


@pytest.mark.parametrize("point, wish", [("level", 10), ("cct", 6000)])
async def test_a_lamp_that_does_not_obey_is_a_mismatch(point: str, wish: int) -> None:
    async with staged(LIGHT, LAMP) as stage:
        set_fault(stage.simulator, "wrong_state", True, None)
        wishes: dict[str, Any] = {point: wish}
        outcome = await stage.rig.do("it.set", **wishes)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")
        assert outcome.params["point"] == point


async def test_a_refusal_is_failed_and_not_repeated() -> None:
    async with staged(LIGHT, LAMP) as stage:
        set_fault(stage.simulator, "refuse", True, None)
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "refused_by_device")
        assert (outcome.params["device_code"], outcome.tx) == ("Unknown", 1)


async def test_a_late_answer_does_not_end_the_next_command() -> None:
    async with staged(LIGHT, LAMP) as stage:
        set_fault(stage.simulator, "mute", True, None)
        assert (await stage.rig.do("it.on")).kind is OutcomeKind.TIMEOUT
        off = stage.rig.begin("it.off")
        await stage.rig.advance(0.1)
        stage.says("stat/lamp/RESULT", '{"POWER":"ON"}')  # what the first command was waiting for
        await stage.rig.advance(0.1)
        assert not off.done()
        stage.says("stat/lamp/RESULT", '{"POWER":"OFF"}')
        assert (await stage.rig.until_done(off)).kind is OutcomeKind.CONFIRMED


async def test_what_was_stored_is_stale_and_answers_nothing() -> None:
    async with staged(LIGHT, LAMP, alone=True) as stage:
        stage.stored("stat/lamp/RESULT", '{"POWER":"ON","Dimmer":30}')
        assert stage.value("power") == (True, "stale")
        assert stage.value("level") == (30, "stale")
        stage.says("stat/lamp/RESULT", '{"POWER":"OFF"}')
        stage.stored("stat/lamp/RESULT", '{"POWER":"ON"}')
        assert stage.value("power")[0] is False


async def test_the_last_will_is_believed_at_once_and_the_return_too() -> None:
    async with staged(LIGHT, LAMP) as stage:
        set_fault(stage.simulator, "unplug", True, None)
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        assert stage.value("online")[0] is False
        outcome = await stage.rig.do("it.on")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
        clear_faults(stage.simulator)
        await stage.rig.advance(1.0)
        assert stage.state() is PortState.ONLINE
        assert (await stage.rig.do("it.on")).kind is OutcomeKind.CONFIRMED


async def test_a_will_that_comes_late_does_not_silence_a_living_device() -> None:
    async with staged(LIGHT, LAMP) as stage:
        stage.stored("tele/lamp/LWT", "Offline")
        assert stage.state() is PortState.SILENT
        await stage.rig.advance(8)
        assert stage.state() is PortState.ONLINE, "it was asked, and answered"


async def test_a_reboot_is_survived() -> None:
    async with staged(LIGHT, LAMP) as stage:
        await stage.rig.do("it.on")
        set_fault(stage.simulator, "reboot", 3, None)
        await stage.rig.advance(0.1)
        assert stage.state() is PortState.SILENT
        await stage.rig.advance(5)
        assert stage.state() is PortState.ONLINE
        assert stage.value("power")[0] is True


async def test_rubbish_changes_nothing() -> None:
    async with staged(LIGHT, LAMP) as stage:
        before = {p: r.value for p, r in stage.rig.devices["it"].values.items()}
        set_fault(stage.simulator, "intruder", True, None)
        await stage.rig.advance(0.5)
        assert {p: r.value for p, r in stage.rig.devices["it"].values.items()} == before
        assert stage.rig.devices["it"].link.junk["unknown"] == 2


async def test_on_a_real_broker_with_an_independent_client(broker: Broker) -> None:
    options = {"a": {"topic": "a", "channels": 2}, "b": {"topic": "b", "channels": 2}}
    async with live(broker, RELAY, options) as stage, broker.subscribed("cmnd/#") as heard:
        assert (await stage.rig.do("b.on", ch=2)).kind is OutcomeKind.CONFIRMED
        assert stage.simulators["b"].state.closed == [False, True]
        assert heard[0] == "cmnd/b/POWER2 ON"
        await broker.publish("cmnd/a/POWER1", "ON")
        await stage.until(lambda: stage.rig.value("a.ch.1.state") == (True, "observed"))


async def test_a_stored_command_for_a_lamp_is_not_ours_to_obey(broker: Broker) -> None:
    await broker.publish("stat/lamp/RESULT", '{"POWER":"ON"}', retain=True)
    async with live(broker, LIGHT, {"it": {"topic": "lamp"}}) as stage:
        assert stage.rig.value("it.power") == (False, "confirmed"), "the lamp was asked"
        assert [t.topic for t in stage.rig.ears.traces if t.direction == "tx"] == [
            "cmnd/lamp/POWER1"
        ]
