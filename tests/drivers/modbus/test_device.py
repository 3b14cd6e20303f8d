"""Boards on real ptys and sockets, from the command to the relay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind
from drivers.job import Denial
from drivers.modbus import RELAY, SEQUENCER
from drivers.modbus.simulator import BoardSimulator
from drivers.session import PortState
from drivers.simulation.faults import clear_faults, set_fault
from drivers.simulation.wires import PtyWire, TcpWire
from drivers.spec import DriverSpec
from drivers.transport.base import Transport
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from tests.drivers.rig import Rig, rigged

ONE: dict[str, dict[str, Any]] = {"a": {}}
TWO: dict[str, dict[str, Any]] = {"a": {"unit": 1}, "b": {"unit": 2}}
SERVER: dict[str, dict[str, Any]] = {"a": {"transport": "rtu_over_tcp"}}
Boards = dict[str, BoardSimulator]


@asynccontextmanager
async def wired(
    kind: str, options: dict[str, dict[str, Any]], spec: DriverSpec = RELAY, baud: int = 9600
) -> AsyncIterator[tuple[Rig, Boards]]:
    clock = VirtualClock()
    wire: PtyWire | TcpWire = PtyWire(clock, baud) if kind == "serial" else TcpWire(clock)
    await wire.open()
    boards: Boards = {}
    for name, values in options.items():
        boards[name] = BoardSimulator(spec.settings(**values), kind, clock)  # type: ignore[arg-type]  # both models fit
        wire.attach(boards[name])
    transport: Transport
    if isinstance(wire, PtyWire):
        identity = {"path": wire.path}
        transport = SerialPort(identity, baud, "8N1", local_echo=False, modem={})
    else:
        transport = Tcp("127.0.0.1", wire.port)
    try:
        async with rigged(clock, transport, spec, options) as rig:
            yield rig, boards
    finally:
        await wire.close()


KINDS = pytest.mark.parametrize(
    "kind, options",
    [("serial", ONE), ("tcp", ONE), ("tcp", SERVER)],
    ids=["rtu", "tcp", "rtu_over_tcp"],
)


@KINDS
async def test_a_relay_is_switched_and_confirmed(kind: str, options: Any) -> None:
    async with wired(kind, options) as (rig, boards):
        assert rig.state("a") is PortState.ONLINE
        assert rig.value("a.ch.1.state") == (False, "confirmed")
        outcome = await rig.do("a.on", channel=3)
        assert (outcome.kind, outcome.tx) == (
            OutcomeKind.CONFIRMED,
            2,
        )  # the write and the read-back
        assert boards["a"].state.coils == [n == 2 for n in range(8)]
        assert rig.value("a.ch.3.state") == (True, "confirmed")
        assert (await rig.do("a.off", channel=3)).kind is OutcomeKind.CONFIRMED
        assert not any(boards["a"].state.coils)


@KINDS
async def test_all_at_once(kind: str, options: Any) -> None:
    async with wired(kind, options) as (rig, boards):
        assert (await rig.do("a.all_on")).kind is OutcomeKind.CONFIRMED
        assert all(boards["a"].state.coils)
        assert (await rig.do("a.all_off")).kind is OutcomeKind.CONFIRMED
        assert not any(boards["a"].state.coils)


async def test_the_frames_are_those_of_the_table() -> None:
    async with wired("serial", ONE) as (rig, _):
        await rig.do("a.on", channel=1)
        sent = [data.hex(" ") for data in rig.sent()]
        assert sent[0] == "01 01 00 00 00 08 3d cc"
        assert sent[-2:] == ["01 05 00 00 ff 00 8c 3a", "01 01 00 00 00 08 3d cc"]


async def test_channel_one_may_be_at_another_address() -> None:
    async with wired("serial", {"a": {"first_address": 16, "channels": 2}}) as (rig, boards):
        await rig.do("a.on", channel=2)
        assert boards["a"].state.coils == [False, True]
        assert rig.sent()[-2][2:4] == b"\0\x11"


async def test_somebody_at_the_board_is_seen_at_the_next_poll() -> None:
    async with wired("serial", ONE) as (rig, boards):
        boards["a"].set_by_hand({"coils": [True] * 8})
        await rig.advance(6)
        assert rig.value("a.ch.8.state") == (True, "confirmed")


async def test_a_stuck_relay_is_reported_within_five_seconds() -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], "stuck_relay", 3, None)
        outcome = await rig.do("a.on", channel=3)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")
        assert outcome.params["point"] == "ch.3.state"
        assert outcome.ms < 5000
        assert (await rig.do("a.on", channel=4)).kind is OutcomeKind.CONFIRMED


async def test_a_relay_that_follows_slowly_is_waited_for() -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], "stuck_relay", True, None)
        task = rig.begin("a.on", channel=1)
        await rig.advance(0.3)
        boards["a"].state.coils[0] = True
        assert (await rig.until_done(task)).kind is OutcomeKind.CONFIRMED


async def test_wrong_state_is_never_confirmed() -> None:
    async with wired("tcp", ONE) as (rig, boards):
        set_fault(boards["a"], "wrong_state", True, None)
        outcome = await rig.do("a.all_on")
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "mismatch")


@pytest.mark.parametrize("fault, code", [("refuse", "4"), ("exception", "2")])
async def test_a_refusal_is_not_repeated(fault: str, code: str) -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], fault, 2, None)
        outcome = await rig.do("a.on", channel=1)
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "refused_by_device")
        assert outcome.params["device_code"] == code
        assert outcome.tx == 1


async def test_a_busy_board_is_asked_again_twice() -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], "busy", 2, None)
        outcome = await rig.do("a.on", channel=1)
        assert (outcome.kind, outcome.tx) == (OutcomeKind.CONFIRMED, 4)
        set_fault(boards["a"], "busy", 3, None)
        assert (await rig.do("a.off", channel=1)).kind is OutcomeKind.FAILED


@pytest.mark.parametrize("fault", ["mute", "bad_crc"])
async def test_without_a_sound_answer_it_is_a_timeout_after_two_repeats(fault: str) -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], fault, True, None)
        outcome = await rig.do("a.on", channel=1)
        assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.TIMEOUT, "no_reply", 3)
        clear_faults(boards["a"])
        await rig.advance(3)
        assert rig.value("a.ch.1.state") == (
            True,
            "confirmed",
        )  # it had acted: the query that follows says so


async def test_a_late_answer_never_ends_the_next_command() -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], "late", 1000, None)
        assert (await rig.do("a.on", channel=1)).kind is OutcomeKind.TIMEOUT
        set_fault(boards["a"], "deaf", True, None)
        outcome = await rig.do("a.on", channel=1)
        assert outcome.kind is OutcomeKind.TIMEOUT


async def test_two_boards_on_one_line_and_one_mute() -> None:
    async with wired("serial", TWO) as (rig, boards):
        assert rig.state("b") is PortState.ONLINE
        set_fault(boards["b"], "mute", True, None)
        await rig.advance(30)
        assert rig.state("b") is PortState.SILENT
        assert rig.state("a") is PortState.ONLINE
        for channel in range(1, 5):
            assert (await rig.do("a.on", channel=channel)).kind is OutcomeKind.CONFIRMED
        assert boards["a"].state.coils[:4] == [True] * 4
        assert not any(boards["b"].state.coils)
        assert rig.link.reconnects == 0
        clear_faults(boards["b"])
        await rig.advance(6)
        assert rig.state("b") is PortState.ONLINE


@pytest.mark.parametrize("fault, value", [("split", 1), ("slow", 150), ("echo_twice", True)])
async def test_these_make_no_difference(fault: str, value: Any) -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], fault, value, None)
        assert (await rig.do("a.on", channel=2)).kind is OutcomeKind.CONFIRMED
        assert boards["a"].state.coils[1]


async def test_an_intruder_changes_nothing() -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], "intruder", True, None)
        await rig.advance(1)
        assert rig.value("a.ch.1.state") == (False, "confirmed")


async def test_noise_is_counted_and_the_next_answer_read() -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], "garble", 0.5, None)
        outcomes = [await rig.do("a.on", channel=n) for n in range(1, 9)]
        clear_faults(boards["a"])
        assert OutcomeKind.CONFIRMED in {o.kind for o in outcomes}
        assert {o.kind for o in outcomes} <= {OutcomeKind.CONFIRMED, OutcomeKind.TIMEOUT}
        assert sum(rig.devices["a"].link.junk.values()) > 0


async def test_deadlines_hold_at_2400_baud() -> None:
    async with wired("serial", ONE, baud=2400) as (rig, boards):
        await rig.advance(1)
        assert (await rig.do("a.on", channel=1)).kind is OutcomeKind.CONFIRMED
        assert boards["a"].state.coils[0]
        times = [t.at for t in rig.ears.traces if t.direction == "tx"]
        answered = [t.at for t in rig.ears.traces if t.direction == "rx"]
        assert times[-1] - max(t for t in answered if t < times[-1]) >= 3.5 * 10 / 2400


async def test_a_pulse_is_opened_again_twice() -> None:
    async with wired("serial", ONE) as (rig, boards):
        task = rig.begin("a.pulse", channel=2, seconds=0.5)
        await rig.advance(0.3)
        assert boards["a"].state.coils[1]
        outcome = await rig.until_done(task)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert boards["a"].state.switched == [(1, True), (1, False), (1, False)]


async def test_a_pulse_that_is_given_up_still_ends() -> None:
    async with wired("serial", ONE) as (rig, boards):
        task = rig.begin("a.pulse", channel=2, seconds=0.5)
        await rig.advance(0.3)
        task.cancel()
        await rig.advance(1)
        assert not boards["a"].state.coils[1]


async def test_a_rule_that_turns_false_meanwhile_does_not_leave_the_contact_closed() -> None:
    async with wired("serial", ONE) as (rig, boards):
        asked: list[int] = []

        def gate() -> Denial | None:
            asked.append(1)
            return Denial("interlocked") if len(asked) > 1 else None

        await rig.do("a.pulse", gate=gate, channel=2, seconds=0.5)
        assert not boards["a"].state.coils[1]


async def test_a_refused_pulse_sends_nothing() -> None:
    async with wired("serial", ONE) as (rig, boards):
        before = len(rig.sent())
        gate = lambda: Denial("interlocked")  # noqa: E731  # the smallest gate
        outcome = await rig.do("a.pulse", gate=gate, channel=2, seconds=0.5)
        assert outcome.kind is OutcomeKind.REFUSED
        await rig.advance(1)
        assert boards["a"].state.switched == []
        assert len(rig.sent()) == before


async def test_a_pulse_without_an_answer_is_not_repeated_and_yet_opened() -> None:
    async with wired("serial", ONE) as (rig, boards):
        set_fault(boards["a"], "mute", True, 0.4)
        outcome = await rig.do("a.pulse", channel=2, seconds=1.0)
        assert (outcome.kind, outcome.tx) == (OutcomeKind.TIMEOUT, 1)
        await rig.advance(2)
        assert boards["a"].state.switched == [(1, True), (1, False), (1, False)]


async def test_on_during_a_pulse_stays_on() -> None:
    async with wired("serial", ONE) as (rig, boards):
        task = rig.begin("a.pulse", channel=2, seconds=1.0)
        await rig.advance(0.3)
        await rig.do("a.on", channel=2)
        await rig.until_done(task)
        assert boards["a"].state.coils[1]


async def test_a_line_lost_during_a_pulse_opens_the_contact_when_it_is_back() -> None:
    async with wired("tcp", ONE) as (rig, boards):
        task = rig.begin("a.pulse", channel=2, seconds=0.5)
        await rig.advance(0.3)
        set_fault(boards["a"], "unplug", True, 3)
        await rig.until_done(task)
        await rig.advance(8)
        assert not boards["a"].state.coils[1]
        assert rig.value("a.ch.2.state") == (False, "confirmed")


async def test_the_sequence_goes_in_the_declared_order_with_its_delays() -> None:
    options: dict[str, dict[str, Any]] = {"a": {"channels": 4, "order": (2, 1, 4, 3), "delay": 2.0}}
    async with wired("tcp", options, SEQUENCER) as (rig, boards):
        began = rig.clock.monotonic()
        outcome = await rig.do("a.all_on")
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert 6.0 <= rig.clock.monotonic() - began <= 7.0
        assert boards["a"].state.switched == [(n, True) for n in (1, 0, 3, 2)]
        boards["a"].state.switched.clear()
        assert (await rig.do("a.all_off")).kind is OutcomeKind.CONFIRMED
        assert boards["a"].state.switched == [(n, False) for n in (2, 3, 0, 1)]


async def test_off_during_switching_on_takes_over() -> None:
    async with wired("tcp", ONE, SEQUENCER) as (rig, boards):
        rising = rig.begin("a.all_on")
        await rig.advance(2.5)
        falling = await rig.do("a.all_off")
        assert rising.result().kind is OutcomeKind.SUPERSEDED
        assert falling.kind is OutcomeKind.CONFIRMED
        assert not any(boards["a"].state.coils)


async def test_a_stuck_channel_ends_the_sequence() -> None:
    async with wired("tcp", ONE, SEQUENCER) as (rig, boards):
        set_fault(boards["a"], "stuck_relay", 3, None)
        outcome = await rig.do("a.all_on")
        assert (outcome.kind, outcome.params["point"]) == (OutcomeKind.FAILED, "ch.3.state")
        assert boards["a"].state.coils[3:] == [False] * 5


async def test_commands_know_their_channels() -> None:
    async with wired("tcp", {"a": {"channels": 4}}) as (rig, _):
        device = rig.devices["a"]
        assert device.command_specs()["on"].args["channel"].maximum == 4
        assert device.capabilities == ("Relay",)
