"""A projector, from the command to what the simulator is."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from drivers.commands import OutcomeKind
from drivers.execute import probe
from drivers.pjlink.tables import NOTE
from drivers.session import PortState
from drivers.simulation.faults import set_fault
from drivers.transport.frames import Published
from tests.drivers.pjlink.stage import staged


async def test_it_asks_its_class_first_and_then_who_and_how_it_is() -> None:
    async with staged() as stage:
        assert stage.rig.state("p") is PortState.ONLINE
        assert stage.lines()[0] == "%1CLSS ?"
        assert stage.value("power") == ("off", "confirmed")
        assert stage.value("model") == ("roomd simulated projector", "confirmed")
        assert stage.value("lamp_hours") == (1250, "confirmed")
        assert stage.device.dialogue.version == 2


async def test_on_is_confirmed_when_it_is_on() -> None:
    async with staged(tcp=True) as stage:
        task = stage.rig.begin("p.power_on")
        await stage.wait(3)
        assert stage.value("power")[0] == "warming"
        assert not task.done()
        outcome = await stage.end(task)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.value("power") == ("on", "confirmed")
        assert 14 < outcome.ms / 1000 < 20


async def test_on_off_on_within_two_seconds_ends_on_and_sends_nothing_forbidden() -> None:
    async with staged() as stage:
        tasks = []
        for name in ("power_on", "power_off", "power_on"):
            tasks.append(stage.rig.begin(f"p.{name}"))
            await stage.rig.advance(0.7)
        last = await stage.end(tasks[-1])
        kinds = [t.result().kind for t in tasks]
        assert kinds[:2] == [OutcomeKind.SUPERSEDED] * 2
        assert last.kind is OutcomeKind.CONFIRMED
        assert stage.orders("POWR") == ["POWR 1"]
        assert stage.simulator.state.power == "on"


async def test_on_during_cooling_is_sent_once_when_it_is_off() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "cooling"})
        outcome = await stage.do("power_on")
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.orders("POWR") == ["POWR 1"]
        assert stage.value("power") == ("on", "confirmed")


async def test_a_transition_past_its_limit_is_a_timeout_and_the_state_stays_as_reported() -> None:
    async with staged(warm_up="20s") as stage:
        stage.simulator.state.warm_up = 500
        outcome = await stage.do("power_on")
        assert (outcome.kind, outcome.code) == (OutcomeKind.TIMEOUT, "no_reply")
        assert stage.value("power")[0] == "warming"


async def test_err3_is_repeated_while_a_transition_explains_it() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        await stage.wait(20)
        # The last poll says on; meanwhile somebody has pressed the button.
        stage.simulator.state.cool_down = 5
        stage.simulator.set_by_hand({"power": "cooling"})
        outcome = await stage.do("power_on")
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.orders("POWR")[-1] == "POWR 1"


async def test_an_input_waits_until_it_is_on() -> None:
    async with staged(inputs={"hdmi1": "31", "vga": "11"}) as stage:
        stage.simulator.sources = ("31", "11")
        on = stage.rig.begin("p.power_on")
        await stage.wait(1)
        outcome = await stage.do("input", input="vga")
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.orders("INPT") == ["INPT 11"]
        assert stage.value("input") == ("vga", "confirmed")
        assert (await stage.end(on)).kind is OutcomeKind.CONFIRMED


async def test_an_input_while_off_is_refused_by_the_projector() -> None:
    async with staged() as stage:
        outcome = await stage.do("input", input="rgb1")
        assert (outcome.kind, outcome.params) == (OutcomeKind.FAILED, {"device_code": "ERR3"})


@pytest.mark.parametrize("point", ["blank", "mute", "freeze"])
async def test_picture_and_sound(point: str) -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        outcome = await stage.do(point, **{point: True})
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert getattr(stage.simulator.state, point) is True
        assert stage.value(point) == (True, "confirmed")
        await stage.do(point, **{point: False})
        assert stage.value(point) == (False, "confirmed")


async def test_volume_is_one_step_and_never_repeated() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        assert (await stage.do("volume_up")).kind is OutcomeKind.CONFIRMED
        assert stage.simulator.state.volume == 11
        await stage.do("volume_down")
        assert stage.simulator.state.volume == 10
        set_fault(stage.simulator, "mute", value=True, seconds=None)
        outcome = await stage.do("volume_up")
        assert outcome.kind is OutcomeKind.TIMEOUT
        assert stage.orders("SVOL") == ["SVOL 1", "SVOL 0", "SVOL 1"]


async def test_class_one_has_no_freeze() -> None:
    async with staged() as stage:
        stage.simulator.state.version = 1
        stage.wire.drop_connections()
        await stage.wait(3)
        assert stage.device.dialogue.version == 1
        assert stage.rig.link.reconnects == 1
        stage.simulator.set_by_hand({"power": "on"})
        outcome = await stage.do("freeze", freeze=True)
        assert outcome.code == "unsupported"
        assert (await stage.do("volume_up")).code == "unsupported"


async def test_what_the_model_lacks_is_not_offered() -> None:
    async with staged(without=("freeze", "volume")) as stage:
        assert not {"freeze", "volume_up", "volume_down"} & set(stage.device.command_specs())
        assert stage.device.point("freeze") is None
        assert stage.device.capabilities == ("Power", "InputSelect", "Blank", "Mute")


async def test_failures_and_warnings_are_points() -> None:
    async with staged() as stage:
        stage.simulator.state.errors = "021000"
        await stage.wait(70)
        assert stage.value("fault") == ("lamp", "confirmed")
        assert stage.value("warnings") == ("temperature", "confirmed")
        stage.simulator.set_by_hand({"power": "on"})
        set_fault(stage.simulator, "refuse", value="ERR4", seconds=None)
        outcome = await stage.do("blank", blank=True)
        assert outcome.params == {"device_code": "ERR4"}
        assert stage.value("fault")[0] == "ERR4 lamp"


async def test_a_notice_is_a_hint_to_ask_and_no_value() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        port = stage.device.link
        port.receive(Published(NOTE, b"%2POWR=3\r", retain=False))
        assert stage.value("power")[0] == "off"
        await stage.soon()
        assert stage.value("power") == ("on", "confirmed")


async def test_notices_are_followed_at_most_every_ten_seconds() -> None:
    async with staged() as stage:
        stage.simulator.frames.clear()
        for _ in range(60):
            stage.device.link.receive(Published(NOTE, b"%2INPT=31\r", retain=False))
            await stage.rig.advance(0.5)
        assert 3 <= stage.lines().count("%1POWR ?") <= 6
        stage.simulator.set_by_hand({"power": "on"})
        stage.device.link.receive(Published(NOTE, b"%2POWR=1\r", retain=False))
        await stage.wait(11)
        assert stage.value("power") == ("on", "confirmed")


async def test_a_notice_of_a_failure_has_it_asked_at_once() -> None:
    async with staged() as stage:
        stage.simulator.state.errors = "200000"
        stage.device.link.receive(Published(NOTE, b"%2ERST=200000\r", retain=False))
        await stage.soon()
        assert stage.value("fault") == ("fan", "confirmed")


async def test_what_belongs_to_the_picture_is_asked_as_soon_as_there_is_one() -> None:
    async with staged() as stage:
        assert "input" not in stage.device.values
        await stage.wait(2)
        stage.simulator.set_by_hand({"power": "on"})
        stage.device.link.look()
        await stage.soon()
        assert stage.value("input") == ("digital1", "confirmed")
        assert stage.value("blank") == (False, "confirmed")


async def test_a_transition_is_watched_every_two_seconds_and_the_rest_is_left_alone() -> None:
    async with staged(inputs={"hdmi1": "31"}) as stage:
        tasks = [stage.rig.begin("p.power_on"), stage.rig.begin("p.input", input="hdmi1")]
        await stage.wait(2)
        stage.simulator.frames.clear()
        await stage.wait(12)
        lines = stage.lines()
        assert 6 <= lines.count("%1POWR ?") <= 8
        assert lines.count("%1LAMP ?") == 0
        assert lines.count("%1ERST ?") <= 1
        for task in tasks:
            assert (await stage.end(task)).kind is OutcomeKind.CONFIRMED
        assert stage.orders("INPT") == ["INPT 31"]


@pytest.mark.parametrize("point", ["blank", "mute", "freeze"])
async def test_a_wish_for_the_picture_waits_while_it_warms_up(point: str) -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "warming"})
        outcome = await stage.do(point, **{point: True})
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.simulator.state.power == "on"
        assert len(stage.simulator.state.orders) == 1


async def test_a_wish_for_the_picture_during_cooling_is_refused_once() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "cooling"})
        outcome = await stage.do("input", input="rgb1")
        assert (outcome.kind, outcome.params) == (OutcomeKind.FAILED, {"device_code": "ERR3"})
        assert stage.orders("INPT") == ["INPT 11"]


async def test_not_now_just_after_warm_up_is_asked_again_every_three_seconds() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "warming"})
        await stage.wait(2)
        stage.device.link.look()
        await stage.wait(16)
        stage.simulator.frames.clear()
        set_fault(stage.simulator, "refuse", value="ERR3", seconds=7)
        outcome = await stage.do("blank", blank=True)
        assert outcome.kind is OutcomeKind.CONFIRMED
        sent = [f.at for f in stage.simulator.frames if f.data == b"%1AVMT 11\r"]
        assert [round(b - a) for a, b in itertools.pairwise(sent)] == [3, 3, 3]


async def test_a_mute_state_that_nobody_knows_is_not_guessed() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        await stage.do("blank", blank=True)
        await stage.wait(3)
        stage.device.link.receive(b"%1AVMT=10\r")
        assert stage.value("blank") == (False, "observed")
        assert stage.value("mute") == (False, "confirmed")
        stage.device.link.receive(b"%1AVMT=40\r")
        assert stage.value("blank") == (None, "observed")
        assert stage.value("mute") == (None, "observed")


async def test_a_wish_for_the_picture_does_not_wait_for_ever() -> None:
    async with staged(warm_up="3s", cool_down="2s") as stage:
        stage.simulator.state.warm_up = 500
        stage.simulator.set_by_hand({"power": "warming"})
        outcome = await stage.do("blank", blank=True)
        assert (outcome.kind, outcome.code) == (OutcomeKind.TIMEOUT, "no_reply")
        assert stage.orders("AVMT") == []


async def test_a_probe_asks_whether_it_is_on() -> None:
    async with staged() as stage:
        stage.simulator.frames.clear()
        task = asyncio.create_task(probe(stage.rig.link, stage.device))
        assert (await stage.end(task)).kind is OutcomeKind.CONFIRMED
        assert stage.lines() == ["%1POWR ?"]


async def test_nothing_is_polled_more_often_than_every_ten_seconds() -> None:
    async with staged() as stage:
        stage.simulator.frames.clear()
        await stage.wait(100)
        assert 6 <= stage.lines().count("%1POWR ?") <= 8
