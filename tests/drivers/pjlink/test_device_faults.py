"""What roomd shows of a projector that is broken while it runs."""

from __future__ import annotations

from drivers.commands import OutcomeKind
from drivers.session import PortState
from drivers.simulation.faults import clear_fault, set_fault
from tests.drivers.pjlink.stage import staged


async def test_silence_after_a_power_command_is_not_offline() -> None:
    async with staged(faults={"silent_after_power": 30.0}) as stage:
        stage.simulator.state.warm_up = 35
        task = stage.rig.begin("p.power_on")
        for _ in range(28):
            await stage.wait(1)
            assert stage.rig.value("p.online")[0] is True
        outcome = await stage.end(task)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.orders("POWR") == ["POWR 1"]
        assert stage.rig.link.reconnects == 0


async def test_mute_is_a_timeout_and_then_offline_and_it_comes_back() -> None:
    async with staged() as stage:
        set_fault(stage.simulator, "mute", value=True, seconds=None)
        outcome = await stage.do("power_on")
        assert (outcome.kind, outcome.code) == (OutcomeKind.TIMEOUT, "no_reply")
        assert stage.rig.value("p.online")[0] is False
        clear_fault(stage.simulator, "mute")
        await stage.wait(30)
        assert stage.rig.state("p") is PortState.ONLINE


async def test_a_late_answer_ends_nothing_else() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        set_fault(stage.simulator, "late", value=5500, seconds=None)
        outcome = await stage.do("volume_up")
        assert outcome.kind is OutcomeKind.TIMEOUT
        clear_fault(stage.simulator, "late")
        await stage.wait(20)
        assert stage.rig.state("p") is PortState.ONLINE
        assert (await stage.do("blank", blank=True)).kind is OutcomeKind.CONFIRMED


async def test_slow_split_and_doubled_answers_make_no_difference() -> None:
    for name, value in (("slow", 900), ("split", 1), ("echo_twice", True), ("banner", True)):
        async with staged(password="pw", faults={name: value}, tcp=True) as stage:
            await stage.wait(15)
            assert stage.rig.state("p") is PortState.ONLINE, name
            outcome = await stage.do("power_on")
            assert outcome.kind is OutcomeKind.CONFIRMED, name


async def test_garbled_answers_are_counted_and_the_rest_is_understood() -> None:
    async with staged() as stage:
        stage.simulator.random.seed(5)
        set_fault(stage.simulator, "garble", value=0.5, seconds=None)
        await stage.wait(100)
        clear_fault(stage.simulator, "garble")
        await stage.wait(30)
        assert sum(stage.device.link.junk.values()) > 0
        assert stage.rig.state("p") is PortState.ONLINE
        assert stage.value("power") == ("off", "confirmed")


async def test_accepted_and_not_done_is_a_mismatch() -> None:
    async with staged(faults={"wrong_state": True}) as stage:
        outcome = await stage.do("power_on")
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")
        stage.simulator.set_by_hand({"power": "on"})
        outcome = await stage.do("blank", blank=True)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")


async def test_a_refusal_is_an_answer_and_not_repeated() -> None:
    async with staged(faults={"refuse": True}) as stage:
        outcome = await stage.do("power_on")
        assert (outcome.kind, outcome.params) == (OutcomeKind.FAILED, {"device_code": "ERR3"})
        assert stage.orders("POWR") == ["POWR 1"]


async def test_what_nobody_asked_for_is_observed_and_ends_nothing() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        await stage.wait(20)
        set_fault(stage.simulator, "intruder", value=True, seconds=None)
        await stage.rig.advance(0.1)
        assert stage.value("input") == ("digital2", "observed")
        assert stage.value("power") == ("on", "confirmed")


async def test_a_reboot_is_logged_in_again_and_switches_nothing() -> None:
    async with staged(password="pw", tcp=True) as stage:
        stage.simulator.set_by_hand({"power": "on"})
        await stage.wait(20)
        set_fault(stage.simulator, "reboot", value=3, seconds=None)
        await stage.wait(30)
        assert stage.rig.state("p") is PortState.ONLINE
        assert stage.value("power") == ("off", "confirmed")
        assert stage.simulator.state.orders == []
        assert stage.simulator.abuse == []


async def test_unplugged_is_offline_within_a_second_and_back_within_three() -> None:
    async with staged(tcp=True) as stage:
        set_fault(stage.simulator, "unplug", value=True, seconds=None)
        await stage.rig.advance(0.9)
        assert stage.rig.state("p") is PortState.OFFLINE
        clear_fault(stage.simulator, "unplug")
        await stage.rig.advance(0.1)
        stage.rig.link.retry_now()
        await stage.wait(3)
        assert stage.rig.state("p") is PortState.ONLINE


async def test_the_network_may_go_with_the_power() -> None:
    """Many units restart their network on the way to standby: it is offline, and the command goes on."""
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        stage.simulator.state.cool_down = 20
        task = stage.rig.begin("p.power_off")
        await stage.wait(3)
        set_fault(stage.simulator, "unplug", value=True, seconds=25)
        await stage.wait(1)
        assert stage.rig.value("p.online")[0] is False
        outcome = await stage.end(task)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.orders("POWR") == ["POWR 0"]
        assert stage.rig.link.reconnects == 1


async def test_a_unit_may_close_its_doors_on_the_way_to_standby() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        stage.simulator.state.cool_down = 20
        task = stage.rig.begin("p.power_off")
        await stage.wait(3)
        stage.simulator._visitors[object()] = stage.simulator._visitors.popitem()[1]
        for peer in list(stage.wire.peers):
            peer.close()
        for _ in range(20):
            await stage.wait(1)
            assert stage.rig.value("p.online")[0] is True
        stage.simulator._visitors.clear()
        assert (await stage.end(task)).kind is OutcomeKind.CONFIRMED
        assert stage.rig.link.reconnects == 0


async def test_gone_for_longer_than_a_minute_is_offline() -> None:
    async with staged() as stage:
        task = stage.rig.begin("p.power_on")
        await stage.wait(3)
        set_fault(stage.simulator, "unplug", value=True, seconds=None)
        outcome = await stage.end(task)
        assert (outcome.kind, outcome.code) == (OutcomeKind.TIMEOUT, "no_reply")
        await stage.wait(10)
        assert stage.rig.state("p") is PortState.OFFLINE


async def test_a_failure_is_over_when_an_order_is_followed() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        set_fault(stage.simulator, "refuse", value="ERR4", seconds=None)
        await stage.do("blank", blank=True)
        assert stage.value("fault")[0] == "ERR4"
        clear_fault(stage.simulator, "refuse")
        await stage.do("blank", blank=True)
        assert stage.value("fault")[0] == ""


async def test_a_bad_parameter_is_not_repeated() -> None:
    async with staged(inputs={"internal1": "61"}) as stage:
        stage.simulator.set_by_hand({"power": "on"})
        outcome = await stage.do("input", input="internal1")
        assert (outcome.kind, outcome.params) == (OutcomeKind.FAILED, {"device_code": "ERR2"})
        assert len(stage.orders("INPT")) == 1


async def test_deaf_is_a_timeout_and_nothing_is_done() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        await stage.wait(16)
        set_fault(stage.simulator, "deaf", value=True, seconds=None)
        outcome = await stage.do("volume_up")
        assert (outcome.kind, outcome.code) == (OutcomeKind.TIMEOUT, "no_reply")
        assert stage.simulator.state.volume == 10


async def test_an_answer_that_makes_no_sense_changes_nothing() -> None:
    async with staged() as stage:
        before = dict(stage.device.values)
        for line in (b"%1POWR=9\r", b"%1LAMP=x\r", b"%1ERST=9\r", b"%1FREZ=2\r", b"%1XXXX=1\r"):
            stage.device.link.receive(line)
        assert stage.device.values == before
