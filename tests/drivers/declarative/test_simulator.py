"""Definitions against their own simulators, over real ptys, sockets, HTTP; MQTT through a line in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind
from drivers.declarative import FOLDER, driver_spec
from drivers.declarative.simulator import DeclarativeSimulator
from drivers.simulation.faults import deliver, set_fault
from drivers.simulation.http_wire import HttpWire
from drivers.simulation.wires import PtyWire, TcpWire
from drivers.spec import DriverSpec
from drivers.transport.frames import Frame, Publish, Published
from drivers.transport.http import Http
from drivers.transport.memory import Memory
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from tests.drivers.rig import Rig, rigged
from tests.support.source_tree import import_graph


def spec_of(driver_id: str) -> DriverSpec:
    return driver_spec(FOLDER / f"{driver_id}.yaml")


def simulator(
    spec: DriverSpec, clock: VirtualClock, transport: str, **options: Any
) -> DeclarativeSimulator:
    assert spec.simulator is not None
    made = spec.simulator(spec.settings(**options), transport, clock)
    assert isinstance(made, DeclarativeSimulator)
    return made


@asynccontextmanager
async def on_a_pty(
    driver_id: str, *addresses: str, **options: Any
) -> AsyncIterator[tuple[Rig, list[DeclarativeSimulator]]]:
    """Put devices of these addresses on one serial line; ids are a, b, ..."""
    clock, spec = VirtualClock(), spec_of(driver_id)
    wire = PtyWire(clock, spec.defaults.baud)
    await wire.open()
    settings = {chr(97 + n): {"address": address, **options} for n, address in enumerate(addresses)}
    found = [simulator(spec, clock, "serial", **given) for given in settings.values()]
    for one in found:
        wire.attach(one)
    port = SerialPort({"path": wire.path}, spec.defaults.baud, "8N1", local_echo=False, modem={})
    try:
        async with rigged(clock, port, spec, settings, settle=3.0) as rig:
            yield rig, found
    finally:
        await wire.close()


async def test_a_lift_gets_two_copies_200_ms_apart_at_2400_baud() -> None:
    async with on_a_pty("lift_ff5", "01 EF 02") as (rig, (lift,)):
        lift.frames.clear()
        outcome = await rig.do("a.up")
        await rig.advance(0.5)
        frames = [(f.at, f.data) for f in lift.frames if f.direction == "rx"]
        stream = b"".join(data for _, data in frames)
        assert stream == bytes.fromhex("ff 01 ef 02 dd") * 2
        assert outcome.kind is OutcomeKind.SENT
        assert outcome.tx == 2
        sent = [t.at for t in rig.ears.traces if t.direction == "tx"][-2:]
        wire_time = 5 * 10 / 2400
        assert sent[1] - sent[0] == pytest.approx(0.2 + wire_time, abs=0.03)
        assert rig.value("a.moving") == ("up", "assumed")


async def test_a_lift_moves_while_driven_and_its_ends_stop_it() -> None:
    async with on_a_pty("lift_ff5", "01 EF 02", travel_up=10.0, travel_down=8.0) as (rig, (lift,)):
        await rig.do("a.up")
        await rig.advance(4.0)
        assert lift.state.moving == "up"
        assert 35 < lift.state.position < 55
        await rig.do("a.stop")
        await rig.advance(0.2)
        assert (lift.state.moving, lift.state.end) == ("none", "mid")
        await rig.advance(2.0)
        await rig.do("a.up")
        await rig.advance(12.0)
        assert (lift.state.moving, lift.state.end, lift.state.position) == ("none", "top", 100.0)
        assert lift.abuse == []
        assert lift.snapshot()["state"]["end"] == "top"


async def test_an_opposite_frame_without_a_pause_is_abuse() -> None:
    async with on_a_pty("lift_ff5", "01 EF 02") as (rig, (lift,)):
        await rig.do("a.up")
        await rig.do("a.down")
        assert lift.abuse == ["opposite frame without a pause"]


async def test_two_lifts_on_one_line_hear_their_own_address_only() -> None:
    async with on_a_pty("lift_ff5", "01 EF 02", "01 EF 03") as (rig, (one, other)):
        await rig.do("b.up")
        assert (one.state.moving, other.state.moving) == ("none", "up")


async def test_a_unit_that_wants_two_copies_gets_them_and_a_blocked_one_stands() -> None:
    async with on_a_pty("lift_ff5", "01 EF 02") as (rig, (lift,)):
        set_fault(lift, "needs_two", True, None)
        await rig.do("a.up")
        await rig.advance(0.2)
        assert lift.state.moving == "up"
        lift.set_by_hand({"moving": "none", "position": 30, "blocked": True})
        await rig.do("a.down")
        assert (lift.state.moving, lift.state.position) == ("none", 30.0)


async def test_a_learn_code_is_abuse_and_no_definition_can_send_one() -> None:
    spec = spec_of("lift_ff5")
    lift = simulator(spec, VirtualClock(), "serial")
    lift.receive(bytes.fromhex("ff 10 11 00 aa"), None, "")
    assert lift.abuse == ["learn code AA"]
    for path in FOLDER.glob("*ff5.yaml"):
        assert '"AA"' not in path.read_text("utf-8")


async def test_a_hand_remote_moves_what_roomd_cannot_see() -> None:
    async with on_a_pty("lift_ff5", "01 EF 02") as (rig, (lift,)):
        lift.set_by_hand({"moving": "up"})
        await rig.advance(2.0)
        assert lift.state.moving == "up"
        assert "moving" not in rig.devices["a"].values
        with pytest.raises(ValueError, match="no such value"):
            lift.set_by_hand({"colour": 1})


async def test_a_curtain_confirms_with_the_same_frame() -> None:
    async with on_a_pty("curtain_dooya", "12 34", "12 35") as (rig, (one, other)):
        outcome = await rig.do("a.open")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.CONFIRMED, 1)
        assert (one.state.moving, other.state.moving) == ("open", "none")
        stop = await rig.do("a.stop")
        assert (stop.kind, stop.tx) == (OutcomeKind.CONFIRMED, 3)
        assert one.state.moving == "none"


async def test_a_curtain_that_says_nothing_is_a_timeout_after_its_three_copies() -> None:
    async with on_a_pty("curtain_dooya", "12 34") as (rig, (one,)):
        set_fault(one, "mute", True, None)
        outcome = await rig.do("a.open")
        assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.TIMEOUT, "no_reply", 3)


@pytest.mark.parametrize("fault", ["split", "slow", "echo_twice"])
async def test_a_curtain_works_through_what_makes_no_difference(fault: str) -> None:
    async with on_a_pty("curtain_dooya", "12 34") as (rig, (one,)):
        set_fault(one, fault, True, None)
        assert (await rig.do("a.open")).kind is OutcomeKind.CONFIRMED
        assert one.state.moving == "open"


async def test_a_kimex_like_lift_answers_with_its_crc() -> None:
    async with on_a_pty("lift_kimex", "00 01") as (rig, (lift,)):
        assert (await rig.do("a.up")).kind is OutcomeKind.CONFIRMED
        assert lift.state.moving == "up"


async def test_three_contacts_of_a_relay_board() -> None:
    clock, spec = VirtualClock(), spec_of("relay_triplet")
    wire = PtyWire(clock, 9600)
    await wire.open()
    lift = simulator(spec, clock, "serial", unit=2)
    wire.attach(lift)
    port = SerialPort({"path": wire.path}, 9600, "8N1", local_echo=False, modem={})
    async with rigged(clock, port, spec, {"a": {"unit": 2}}, settle=3.0) as rig:
        assert (await rig.do("a.up")).kind is OutcomeKind.CONFIRMED
        assert lift.state.moving == "up"
        assert (await rig.do("a.stop")).kind is OutcomeKind.CONFIRMED
        assert lift.state.moving == "none"
    await wire.close()


@asynccontextmanager
async def over_tcp(
    driver_id: str, **options: Any
) -> AsyncIterator[tuple[Rig, DeclarativeSimulator]]:
    clock, spec = VirtualClock(), spec_of(driver_id)
    wire = TcpWire(clock)
    await wire.open()
    one = simulator(spec, clock, "tcp", **options)
    wire.attach(one)
    host, _, port = wire.address.partition(":")
    try:
        async with rigged(clock, Tcp(host, int(port)), spec, {"a": options}, settle=3.0) as rig:
            yield rig, one
    finally:
        await wire.close()


def tie(source: int, out: int) -> dict[str, Any]:
    return {"in": source, "out": out}


async def test_a_matrix_routes_refuses_and_tells_what_its_front_panel_did() -> None:
    async with over_tcp("matrix_sis") as (rig, matrix):
        assert (await rig.do("a.route", **tie(1, 3))).kind is OutcomeKind.CONFIRMED
        assert matrix.state.values["out.3.input"] == 1
        assert rig.value("a.out.3.input") == (1, "confirmed")
        matrix.set_by_hand({"out.5.input": 2})
        await rig.advance(0.2)
        assert rig.value("a.out.5.input") == (2, "observed")
        set_fault(matrix, "refuse", True, None)
        outcome = await rig.do("a.route", **tie(2, 3))
        assert (outcome.kind, outcome.code) == (OutcomeKind.FAILED, "refused_by_device")
        assert matrix.state.values["out.3.input"] == 1
        refused = await rig.do("a.route", **tie(9, 3))
        assert (refused.kind, refused.tx) == (OutcomeKind.REFUSED, 0)


async def test_a_text_lift_says_error_while_it_moves_and_its_end_when_it_stands() -> None:
    async with over_tcp("lift_element_one", travel_up=5.0) as (rig, lift):
        await rig.advance(1.0)
        assert rig.value("a.end") == ("bottom", "confirmed")
        assert (await rig.do("a.up")).kind is OutcomeKind.CONFIRMED
        assert (await rig.do("a.down")).kind is OutcomeKind.FAILED
        assert lift.state.moving == "up"
        await rig.advance(14.0)
        assert rig.value("a.end") == ("top", "confirmed")
        assert (await rig.do("a.stop")).kind is OutcomeKind.CONFIRMED


async def test_lines_of_text_switch_a_relay() -> None:
    async with over_tcp("generic_text", on="R1", off="R0") as (rig, relay):
        assert (await rig.do("a.on")).kind is OutcomeKind.CONFIRMED
        assert relay.state.values == {"ch.1.state": True}
        assert rig.value("a.ch.1.state") == (True, "confirmed")
        set_fault(relay, "wrong_state", True, None)
        await rig.do("a.off")
        assert relay.state.values == {"ch.1.state": True}


async def test_http_switches_and_is_polled() -> None:
    clock, spec = VirtualClock(), spec_of("generic_http")
    wire = HttpWire(clock)
    await wire.open()
    relay = simulator(spec, clock, "http")
    wire.attach(relay)
    async with rigged(clock, Http(f"http://{wire.address}"), spec, {"a": {}}, settle=0.5) as rig:
        assert rig.value("a.ch.1.state") == (False, "confirmed")
        assert (await rig.do("a.on")).kind is OutcomeKind.CONFIRMED
        assert relay.state.values == {"ch.1.state": True}
        relay.set_by_hand({"ch.1.state": False})
        await rig.advance(20.0)
        assert rig.value("a.ch.1.state")[0] is False
        set_fault(relay, "refuse", True, None)
        assert (await rig.do("a.on")).kind is OutcomeKind.FAILED
    await wire.close()


class Bridge:
    """A broker of one gateway: what the device publishes reaches the simulator, and back."""

    address = "memory"

    def __init__(self, memory: Memory, one: DeclarativeSimulator) -> None:
        self._memory = memory
        self._one = one
        memory.on_send = self._sent
        one.wire = self

    def _sent(self, frame: Frame) -> None:
        assert isinstance(frame, Publish)
        assert frame.topic in self._one.topics()
        deliver(self._one, frame.payload, None, frame.topic)

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self._memory.feed(Published(topic, data, retain))

    def unplug(self) -> None:
        self._memory.lose()

    async def plug(self) -> None:
        return None

    def drop_connections(self) -> None:
        self._memory.lose()


FULL: dict[str, Any] = {"power": True, "mode": "fan", "target": 26, "fan": "auto"}


@asynccontextmanager
async def air() -> AsyncIterator[tuple[Rig, DeclarativeSimulator]]:
    clock, spec = VirtualClock(), spec_of("ac_tasmota_irhvac")
    memory = Memory(clock)
    one = simulator(spec, clock, "mqtt", topic="ac301")
    Bridge(memory, one)
    async with rigged(clock, memory, spec, {"a": {"topic": "ac301"}}) as rig:
        yield rig, one


async def test_a_gateway_answers_and_nobody_knows_what_the_machine_did() -> None:
    async with air() as (rig, machine):
        assert (await rig.do("a.set", **FULL)).kind is OutcomeKind.SENT
        assert machine.state.values == FULL
        assert rig.value("a.target") == (26, "assumed")
        set_fault(machine, "wrong_state", True, None)
        assert (await rig.do("a.set", target=20)).kind is OutcomeKind.SENT
        assert machine.state.values["target"] == 26, "it disagrees, and roomd cannot know"
        assert rig.value("a.target") == (20, "assumed")


async def test_the_hand_remote_is_observed_and_completes_the_state() -> None:
    async with air() as (rig, machine):
        refused = await rig.do("a.set", target=20)
        assert (refused.kind, refused.code) == (OutcomeKind.REFUSED, "need_full_state")
        machine.set_by_hand({"power": True, "mode": "cool", "target": 19, "fan": "high"})
        await rig.advance(0.1)
        assert rig.value("a.mode") == ("cool", "observed")
        assert rig.value("a.target") == (19, "observed")
        assert (await rig.do("a.set", target=20)).kind is OutcomeKind.SENT
        assert machine.state.values == {"power": True, "mode": "cool", "target": 20, "fan": "high"}


async def test_taps_become_one_burst() -> None:
    async with air() as (rig, machine):
        await rig.do("a.set", **FULL)
        before = len(rig.sent())
        tasks = [rig.begin("a.set", target=target) for target in (22, 23, 24)]
        outcomes = [await rig.until_done(task) for task in tasks]
        assert [o.kind for o in outcomes] == [
            OutcomeKind.SUPERSEDED,
            OutcomeKind.SUPERSEDED,
            OutcomeKind.SENT,
        ]
        assert len(rig.sent()) == before + 1
        assert machine.state.values["target"] == 24


async def test_the_last_will_says_that_nothing_can_be_sent() -> None:
    async with air() as (rig, machine):
        machine.emit(b"Offline", topic="tele/ac301/LWT", retain=True)
        await rig.advance(0.1)
        assert rig.value("a.online")[0] is False
        assert (await rig.do("a.set", **FULL)).kind is OutcomeKind.OFFLINE
        machine.connected(None)
        await rig.advance(0.1)
        assert (await rig.do("a.set", **FULL)).kind is OutcomeKind.SENT


async def test_a_retained_state_is_stale() -> None:
    async with air() as (rig, machine):
        body = b'{"IrReceived":{"IRHVAC":{"Vendor":"GREE","Power":"On","Temp":21}}}'
        machine.emit(body, topic="tele/ac301/RESULT", retain=True)
        await rig.advance(0.1)
        assert rig.value("a.target") == (21, "stale")


def test_the_simulator_never_reads_frames_as_the_driver_does() -> None:
    graph = import_graph()
    reached, rest = set[str](), ["drivers.declarative.simulator"]
    while rest:
        module = rest.pop()
        # The package itself joins both ends; what counts is what the simulator's own modules import.
        if module in reached or module == "drivers.declarative":
            continue
        reached.add(module)
        rest += graph.get(module, ())
    assert not {"drivers.declarative.frames", "drivers.declarative.device"} & reached
