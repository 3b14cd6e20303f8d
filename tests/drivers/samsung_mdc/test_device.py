"""A display, from the command to what the simulator is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.commands import OutcomeKind
from drivers.job import Denial
from drivers.samsung_mdc import DRIVER
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.simulator import MdcSimulator
from drivers.session import PortState
from drivers.simulation.faults import clear_fault, clear_faults, set_fault
from tests.drivers.conversation import conversations
from tests.drivers.samsung_mdc.conversation import play
from tests.drivers.samsung_mdc.stage import listening, staged

KINDS = pytest.mark.parametrize("kind", ["serial", "tcp"])
CONVERSATIONS = conversations(Path(__file__).with_name("conversation.yaml"))


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: c["name"])
async def test_conversation(conversation: dict[str, Any]) -> None:
    await play(conversation.get("options", {}), conversation["steps"])


@KINDS
async def test_at_link_up_one_question_gives_all_and_another_one_its_health(kind: str) -> None:
    async with staged(kind, state={"volume": 40, "mute": True, "input": 0x23}) as stage:
        assert stage.rig.state("d") is PortState.ONLINE
        assert stage.value("power") == ("on", "confirmed")
        assert stage.value("input") == ("hdmi2", "confirmed")
        assert stage.value("volume") == (40, "confirmed")
        assert stage.value("mute") == (True, "confirmed")
        assert stage.value("temperature") == (38, "confirmed")
        assert stage.value("fault") == ("", "confirmed")
        assert {data.hex(" ") for data in stage.rig.sent()} == {"aa 00 01 00 01", "aa 0d 01 00 0e"}


@KINDS
@pytest.mark.parametrize(
    "command, args, told, state",
    [
        ("power_off", {}, {"power": "off"}, {"power": "off"}),
        ("input", {"input": "hdmi2"}, {"input": "hdmi2"}, {"input": 0x23}),
        ("volume", {"volume": 20}, {"volume": 20}, {"volume": 20}),
        ("mute", {"mute": True}, {"mute": True}, {"mute": True}),
    ],
)
async def test_a_command_is_told_once_and_read_back(
    kind: str, command: str, args: dict[str, Any], told: dict[str, Any], state: dict[str, Any]
) -> None:
    async with staged(kind) as stage:
        outcome = await stage.do(command, **args)
        assert (outcome.kind, outcome.tx) == (OutcomeKind.CONFIRMED, 1)
        for point, value in told.items():
            assert stage.value(point) == (value, "confirmed")
        for name, value in state.items():
            assert getattr(stage.simulator.state, name) == value
        assert len(stage.simulator.state.orders) == 1


@KINDS
async def test_it_is_switched_on(kind: str) -> None:
    async with staged(kind, state={"power": "off"}) as stage:
        assert stage.value("power") == ("off", "confirmed")
        outcome = await stage.do("power_on")
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.value("power") == ("on", "confirmed")
        assert stage.orders("POWER") == ["POWER 1"]


async def test_the_capabilities_and_what_the_model_lacks() -> None:
    async with staged() as stage:
        assert stage.device.capabilities == ("Power", "InputSelect", "Gain", "Mute")
    async with staged(without=("volume", "mute")) as stage:
        assert stage.device.capabilities == ("Power", "InputSelect")
        assert stage.device.point("volume") is None
        assert stage.rig.state("d") is PortState.ONLINE


async def test_inputs_are_called_as_the_room_file_says_and_others_by_number() -> None:
    async with staged(inputs={"laptop": "0x21", "tv": "0x40"}) as stage:
        assert stage.value("input")[0] == "laptop"
        assert (await stage.do("input", input="tv")).kind is OutcomeKind.CONFIRMED
        assert stage.simulator.state.input == 0x40
        stage.simulator.set_by_hand({"input": 0x22})
        await stage.look()
        assert stage.value("input")[0] == "laptop"
        stage.simulator.set_by_hand({"input": 0x66})
        await stage.look()
        assert stage.value("input") == ("0x66", "confirmed")


async def test_somebody_with_the_remote_is_seen_at_the_next_question() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "off", "volume": 3})
        await stage.wait(17)
        assert stage.value("power") == ("off", "confirmed")
        assert stage.value("volume") == (3, "confirmed")


async def test_on_soon_after_off_waits_and_a_newer_off_ends_the_wait() -> None:
    async with staged(pause_after_off="6s") as stage:
        assert (await stage.do("power_off")).kind is OutcomeKind.CONFIRMED
        await stage.wait(1)
        on = stage.rig.begin("d.power_on")
        await stage.wait(4)
        assert stage.orders("POWER") == ["POWER 0"]
        outcome = await stage.end(on)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.orders("POWER") == ["POWER 0", "POWER 1"]
        assert 4 < outcome.ms / 1000 < 6
        await stage.do("power_off")
        on = stage.rig.begin("d.power_on")
        await stage.wait(1)
        await stage.do("power_off")
        assert (await stage.end(on)).kind is OutcomeKind.SUPERSEDED
        await stage.wait(8)
        assert stage.simulator.state.power == "off"


async def test_switched_off_by_hand_it_rests_too_and_the_room_file_may_say_how_long() -> None:
    async with staged(pause_after_off="2s") as stage:
        stage.simulator.set_by_hand({"power": "off"})
        await stage.until(lambda: stage.value("power")[0] == "off")
        on = stage.rig.begin("d.power_on")
        await stage.wait(1)
        assert stage.orders("POWER") == []
        await stage.wait(2)
        assert on.done()
        assert stage.simulator.state.power == "on"


async def test_what_is_broken_is_a_fault() -> None:
    async with staged(state={"broken": ["fan", "lamp"], "temperature": 71}) as stage:
        assert stage.value("fault") == ("lamp fan", "confirmed")
        assert stage.value("temperature") == (71, "confirmed")
        stage.simulator.state.broken.clear()
        await stage.look()
        assert stage.value("fault") == ("", "confirmed")


# -- what goes wrong --------------------------------------------------------------------------------------------------


@KINDS
@pytest.mark.parametrize("fault, value, code", [("refuse", True, "0x01"), ("nak", 5, "0x05")])
async def test_a_refusal_is_an_answer_and_not_repeated(
    kind: str, fault: str, value: Any, code: str
) -> None:
    async with staged(kind) as stage:
        set_fault(stage.simulator, fault, value, None)
        outcome = await stage.do("volume", volume=30)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "refused_by_device")
        assert outcome.params == {"device_code": code}
        assert outcome.tx == 1
        assert stage.orders("VOLUME") == ["VOLUME 30"]


@pytest.mark.parametrize(
    "kind, command, args, point, truth",
    [
        ("serial", "volume", {"volume": 60}, "volume", 15),
        ("tcp", "input", {"input": "dvi"}, "input", "hdmi1"),
        ("tcp", "power_off", {}, "power", "on"),
    ],
)
async def test_what_it_accepts_and_does_not_do_is_never_confirmed(
    kind: str, command: str, args: dict[str, Any], point: str, truth: Any
) -> None:
    async with staged(kind, faults={"wrong_state": True}) as stage:
        outcome = await stage.do(command, **args)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")
        assert stage.value(point) == (truth, "confirmed")


@KINDS
@pytest.mark.parametrize("fault", ["mute", "deaf"])
async def test_silence_is_a_timeout_after_one_repeat_and_then_the_truth_is_asked(
    kind: str, fault: str
) -> None:
    async with staged(kind) as stage:
        set_fault(stage.simulator, fault, value=True, seconds=None)
        outcome = await stage.do("volume", volume=70)
        assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.TIMEOUT, "no_reply", 2)
        clear_faults(stage.simulator)
        await stage.wait(8)
        assert stage.value("volume") == (70 if fault == "mute" else 15, "confirmed")


async def test_a_long_silence_is_offline_and_it_comes_back() -> None:
    async with staged() as stage:
        set_fault(stage.simulator, "mute", value=True, seconds=None)
        await stage.wait(80)
        assert stage.rig.state("d") is PortState.SILENT
        assert stage.value("online")[0] is False
        clear_fault(stage.simulator, "mute")
        await stage.wait(10)
        assert stage.rig.state("d") is PortState.ONLINE


@KINDS
async def test_a_late_answer_never_satisfies_the_next_command(kind: str) -> None:
    async with staged(kind) as stage:
        set_fault(stage.simulator, "late", value=1500, seconds=None)
        first = stage.rig.begin("d.volume", volume=20)
        await stage.wait(1.1)
        set_fault(stage.simulator, "deaf", value=True, seconds=None)
        second = stage.rig.begin("d.volume", volume=80)
        outcome = await stage.end(second)
        assert outcome.kind is OutcomeKind.TIMEOUT
        assert (await stage.end(first)).kind is not OutcomeKind.CONFIRMED
        assert stage.value("volume")[0] != 80


async def test_a_late_yes_is_no_value() -> None:
    async with staged(faults={"wrong_state": True}) as stage:
        set_fault(stage.simulator, "late", value=2500, seconds=None)
        outcome = await stage.do("power_off")
        assert outcome.kind in {OutcomeKind.TIMEOUT, OutcomeKind.FAILED}
        clear_fault(stage.simulator, "late")
        await stage.look()
        await stage.wait(5)
        offs = [r for r in stage.rig.ears.reports if r.point == "power" and r.value == "off"]
        assert offs == []


@KINDS
@pytest.mark.parametrize("fault, value", [("split", 1), ("slow", 300), ("echo_twice", True)])
async def test_these_make_no_difference(kind: str, fault: str, value: Any) -> None:
    async with staged(kind, faults={fault: value}) as stage:
        await stage.until(lambda: stage.rig.state("d") is PortState.ONLINE)
        assert (await stage.do("volume", volume=33)).kind is OutcomeKind.CONFIRMED
        assert (await stage.do("input", input="dvi")).kind is OutcomeKind.CONFIRMED
        assert stage.simulator.state.input == 0x18


async def test_a_garbled_line_is_counted_and_understood_again() -> None:
    async with staged("serial") as stage:
        set_fault(stage.simulator, "garble", value=0.7, seconds=None)
        await stage.until(lambda: sum(stage.device.link.junk.values()) > 0)
        await stage.wait(15)
        clear_faults(stage.simulator)
        await stage.wait(20)
        assert sum(stage.device.link.junk.values()) > 0
        assert stage.rig.state("d") is PortState.ONLINE
        assert stage.value("power") == ("on", "confirmed")
        assert stage.value("volume") == (15, "confirmed")


@KINDS
async def test_what_nobody_asked_for_is_observed_or_passes_by(kind: str) -> None:
    async with staged(kind) as stage:
        stage.simulator.state.volume = 55
        set_fault(stage.simulator, "intruder", value=True, seconds=None)
        await stage.wait(0.5)
        assert stage.value("volume") == (55, "observed")
        assert stage.value("power") == ("on", "confirmed")
        assert (await stage.do("volume", volume=10)).kind is OutcomeKind.CONFIRMED


@KINDS
async def test_unplugged_is_offline_within_a_second_and_back_within_three(kind: str) -> None:
    async with staged(kind) as stage:
        set_fault(stage.simulator, "unplug", value=True, seconds=None)
        await stage.wait(1)
        assert stage.rig.state("d") is PortState.OFFLINE
        clear_fault(stage.simulator, "unplug")
        await stage.clock.advance(0.1)
        stage.rig.link.retry_now()
        await stage.wait(3)
        assert stage.rig.state("d") is PortState.ONLINE
        assert stage.simulator.state.orders == []


async def test_a_reboot_is_read_again_and_switches_nothing() -> None:
    async with staged() as stage:
        set_fault(stage.simulator, "reboot", value=3, seconds=None)
        await stage.wait(15)
        assert stage.rig.state("d") is PortState.ONLINE
        assert stage.value("power") == ("off", "confirmed")
        assert stage.simulator.state.orders == []


async def test_two_displays_on_one_line_and_one_mute() -> None:
    async with staged("serial") as stage:
        other = MdcSimulator(MdcSettings(display=2), "serial", stage.clock)
        stage.wire.attach(other)
        port = stage.rig.link.port("e")
        device = DRIVER.device("e", MdcSettings(display=2), port)
        port.bind(device)
        stage.rig.link.attach(port)
        stage.rig.devices["e"] = device
        await stage.wait(2)
        assert stage.rig.value("e.power") == ("off", "confirmed")
        assert stage.value("power") == ("on", "confirmed")
        set_fault(other, "mute", value=True, seconds=None)
        outcome = await stage.do("volume", volume=44)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert other.state.volume == 15


# -- models that answer less ------------------------------------------------------------------------------------------


async def test_a_model_that_tells_only_its_power_in_standby() -> None:
    async with staged("serial", faults={"terse_standby": True}, state={"power": "off"}) as stage:
        await stage.until(lambda: "power" in stage.device.values)
        assert stage.value("power") == ("off", "confirmed")
        assert stage.rig.state("d") is PortState.ONLINE
        assert PortState.SILENT not in {state for _, state in stage.rig.ears.states}
        assert (await stage.do("power_on")).kind is OutcomeKind.CONFIRMED
        await stage.until(lambda: "volume" in stage.device.values)
        assert stage.value("volume") == (15, "confirmed")
        assert (await stage.do("power_off")).kind is OutcomeKind.CONFIRMED
        await stage.wait(35)
        assert stage.rig.state("d") is PortState.ONLINE
        assert stage.value("power") == ("off", "confirmed")


async def test_a_model_without_sound_reports_none() -> None:
    async with staged(state={"volume": 255}) as stage:
        assert "volume" not in stage.device.values
        assert stage.value("power") == ("on", "confirmed")


async def test_a_model_that_does_not_tell_its_health_is_asked_three_times() -> None:
    async with staged(faults={"no_health": True}) as stage:
        assert "temperature" not in stage.device.values
        for _ in range(4):
            await stage.look()
            await stage.wait(5)
        assert stage.rig.state("d") is PortState.ONLINE
        assert [d.hex(" ") for d in stage.rig.sent()].count("aa 0d 01 00 0e") == 3 * 2


# -- a network that sleeps --------------------------------------------------------------------------------------------


async def test_off_and_asleep_it_is_woken_by_its_packet() -> None:
    packets: list[bytes] = []
    async with listening(packets.append) as port:
        options: dict[str, Any] = {"mac": "02:00:5e:10:00:07", "wake_port": port}
        async with staged(faults={"standby_deaf": True}, **options) as stage:
            assert (await stage.do("power_off")).kind is OutcomeKind.CONFIRMED
            await stage.wait(40)
            assert stage.rig.state("d") is PortState.OFFLINE
            on = stage.rig.begin("d.power_on")
            await stage.until(lambda: bool(packets))
            assert packets[0] == b"\xff" * 6 + bytes.fromhex("02005e100007") * 16
            assert not on.done()
            await stage.wait(3)
            stage.simulator.wake(packets[0])
            outcome = await stage.end(on)
            assert outcome.kind is OutcomeKind.CONFIRMED
            assert stage.value("power") == ("on", "confirmed")
            assert stage.simulator.state.woken == 1


async def test_a_display_that_does_not_wake_is_a_timeout_and_called_every_five_seconds() -> None:
    packets: list[bytes] = []
    async with listening(packets.append) as port:
        options: dict[str, Any] = {"mac": "02005e100007", "wake_port": port, "wake_time": "12s"}
        async with staged(faults={"standby_deaf": True}, pause_after_off="0s", **options) as stage:
            await stage.do("power_off")
            await stage.until(lambda: stage.rig.state("d") is PortState.OFFLINE)
            outcome = await stage.do("power_on")
            assert (outcome.kind, outcome.code) == (OutcomeKind.TIMEOUT, "no_reply")
            assert len(packets) == outcome.tx == 3


async def test_only_switching_on_wakes_and_only_where_the_gate_lets_it() -> None:
    packets: list[bytes] = []
    async with listening(packets.append) as port:
        options: dict[str, Any] = {"mac": "02005e100007", "wake_port": port}
        async with staged(faults={"standby_deaf": True}, pause_after_off="0s", **options) as stage:
            await stage.do("power_off")
            await stage.until(lambda: stage.rig.state("d") is PortState.OFFLINE)
            assert (await stage.do("volume", volume=1)).kind is OutcomeKind.OFFLINE
            task = stage.rig.begin("d.power_on", gate=lambda: Denial("interlocked"))
            outcome = await stage.end(task)
            assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "interlocked")
            await stage.wait(2)
            assert packets == []


async def test_asleep_without_its_address_it_is_offline() -> None:
    async with staged(faults={"standby_deaf": True}, pause_after_off="0s") as stage:
        await stage.do("power_off")
        await stage.until(lambda: stage.rig.state("d") is PortState.OFFLINE)
        outcome = await stage.do("power_on")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)


async def test_on_a_serial_line_nothing_is_woken() -> None:
    async with staged("serial", mac="02005e100007") as stage:
        assert stage.device.waking("power_on") is None


# -- the encrypted variant --------------------------------------------------------------------------------------------


async def test_with_a_pin_all_is_encrypted_and_nothing_else_differs() -> None:
    async with staged(pin="123456") as stage:
        await stage.until(lambda: stage.rig.state("d") is PortState.ONLINE)
        assert (await stage.do("volume", volume=21)).kind is OutcomeKind.CONFIRMED
        assert stage.value("volume") == (21, "confirmed")
        heard = b"".join(f.data for f in stage.simulator.frames)
        assert b"MDCSTART<<TLS>>" in heard
        assert b"123456" not in heard
        assert b"\xaa\x12\x01" not in heard
        assert stage.simulator.abuse == []


async def test_a_wrong_pin_is_sent_exactly_once() -> None:
    async with staged(pin="1111", real={"pin": "2222"}) as stage:
        await stage.wait(30)
        for _ in range(2):
            outcome = await stage.do("power_on")
            assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
        assert stage.simulator.abuse == ["wrong PIN"]
        assert stage.simulator.state.wrong_pins == 1
        error = stage.rig.link.error
        assert error is not None
        assert error.permanent


async def test_a_command_during_the_log_in_does_not_send_the_pin_again() -> None:
    async with staged(pin="1111", real={"pin": "2222"}, early="power_on") as stage:
        await stage.wait(20)
        assert stage.simulator.state.wrong_pins == 1


async def test_an_admin_may_ask_for_another_try() -> None:
    async with staged(pin="1111", real={"pin": "2222"}) as stage:
        stage.simulator.pin = b"1111"
        await stage.wait(20)
        assert stage.rig.state("d") is not PortState.ONLINE
        stage.rig.link.reconnect()
        await stage.until(lambda: stage.rig.state("d") is PortState.ONLINE)
        assert stage.simulator.state.wrong_pins == 0
        assert stage.simulator.abuse == ["wrong PIN"]


@pytest.mark.parametrize("number, online", [(1, True), (2, False)])
async def test_a_display_that_comes_back_as_another_one_gets_no_pin(
    number: int, online: bool
) -> None:
    async with staged(pin="1111") as stage:
        stage.simulator.set_by_hand({"certificate": number})
        stage.simulator.frames.clear()
        stage.wire.drop_connections()
        await stage.wait(20)
        assert (stage.rig.state("d") is PortState.ONLINE) is online
        error = stage.rig.link.error
        assert (error is not None and error.permanent) is not online
        assert stage.simulator.abuse == []


async def test_a_display_that_refuses_the_pin_is_not_woken_to_be_asked_again() -> None:
    packets: list[bytes] = []
    async with listening(packets.append) as port:
        options: dict[str, Any] = {"mac": "02005e100007", "wake_port": port, "pin": "1111"}
        async with staged(real={"pin": "2222"}, **options) as stage:
            outcome = await stage.do("power_on")
            assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
            assert packets == []
            assert stage.simulator.state.wrong_pins == 1


async def test_a_pin_that_is_wrong_after_waking_is_sent_once() -> None:
    packets: list[bytes] = []
    async with listening(packets.append) as port:
        options: dict[str, Any] = {"mac": "02005e100007", "wake_port": port, "pin": "1111"}
        async with staged(faults={"standby_deaf": True}, pause_after_off=0, **options) as stage:
            await stage.do("power_off")
            await stage.until(lambda: stage.rig.state("d") is PortState.OFFLINE)
            stage.simulator.pin = b"2222"
            on = stage.rig.begin("d.power_on")
            await stage.until(lambda: bool(packets))
            stage.simulator.wake(packets[0])
            outcome = await stage.end(on)
            assert outcome.kind is OutcomeKind.TIMEOUT
            await stage.wait(20)
            assert stage.simulator.state.wrong_pins == 1


async def test_a_display_that_wants_a_pin_and_none_is_set_is_left_alone_and_says_so() -> None:
    async with staged(real={"pin": "2222"}) as stage:
        await stage.wait(20)
        error = stage.rig.link.error
        assert error is not None
        assert error.permanent
        assert "`pin` is not set" in str(error)
        assert (await stage.do("power_on")).kind is OutcomeKind.OFFLINE
        assert stage.simulator.state.wrong_pins == 0
