"""Step 8, tested: the conversations of `conversation.yaml`, and the lantern on real wires."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers._template import DRIVER
from drivers._template.settings import LanternSettings
from drivers._template.simulator import LanternSimulator
from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind
from drivers.session import PortState
from drivers.simulation.faults import clear_faults, set_fault
from drivers.simulation.wires import PtyWire, TcpWire
from drivers.transport.base import Transport
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from tests.drivers.conversation import conversations, play
from tests.drivers.rig import Rig, rigged

HERE = Path(__file__).parent
WIRES = pytest.mark.parametrize("kind", ["serial", "tcp"])
TWO = {"a": {"address": 1}, "b": {"address": 2}}


@pytest.mark.parametrize("talk", conversations(HERE / "conversation.yaml"), ids=lambda t: t["name"])
async def test_conversation(talk: dict[str, Any]) -> None:
    await play(DRIVER, {"address": 1}, talk["steps"])


@asynccontextmanager
async def wired(kind: str) -> AsyncIterator[tuple[Rig, dict[str, LanternSimulator]]]:
    clock = VirtualClock()
    wire: PtyWire | TcpWire = PtyWire(clock, 9600) if kind == "serial" else TcpWire(clock)
    await wire.open()
    lanterns = {
        name: LanternSimulator(LanternSettings(**options), kind, clock)
        for name, options in TWO.items()
    }
    for lantern in lanterns.values():
        wire.attach(lantern)
    transport: Transport
    if isinstance(wire, PtyWire):
        identity = {"path": wire.path}
        transport = SerialPort(identity, 9600, "8N1", local_echo=False, modem={})
    else:
        transport = Tcp("127.0.0.1", wire.port)
    try:
        async with rigged(clock, transport, DRIVER, TWO) as rig:
            yield rig, lanterns
    finally:
        await wire.close()


@WIRES
async def test_on_level_off(kind: str) -> None:
    async with wired(kind) as (rig, lanterns):
        assert (await rig.do("a.on")).kind is OutcomeKind.CONFIRMED
        assert lanterns["a"].state.level == 100
        assert (await rig.do("a.set", level=30)).kind is OutcomeKind.CONFIRMED
        assert lanterns["a"].state.level == 30
        assert (await rig.do("a.off")).kind is OutcomeKind.CONFIRMED
        assert (lanterns["a"].state.level, lanterns["b"].state.level) == (0, 0)
        assert rig.value("a.power") == (False, "confirmed")


@WIRES
async def test_the_knob_is_noticed_at_once(kind: str) -> None:
    async with wired(kind) as (rig, lanterns):
        lanterns["b"].set_by_hand({"level": 55})
        await rig.advance(0.5)
        assert rig.value("b.level") == (55, "observed")
        assert rig.value("a.level") == (0, "confirmed")


@WIRES
async def test_one_mute_lantern_leaves_its_neighbour_alone(kind: str) -> None:
    async with wired(kind) as (rig, lanterns):
        set_fault(lanterns["b"], "mute", value=True, seconds=None)
        await rig.advance(60)
        assert (rig.state("a"), rig.state("b")) == (PortState.ONLINE, PortState.SILENT)
        clear_faults(lanterns["b"])
        await rig.advance(6)
        assert rig.state("b") is PortState.ONLINE


@pytest.mark.parametrize(
    "fault, kind, code",
    [
        ("refuse", OutcomeKind.FAILED, "refused_by_device"),
        ("wrong_state", OutcomeKind.FAILED, "mismatch"),
        ("deaf", OutcomeKind.TIMEOUT, "no_reply"),
        ("intruder", OutcomeKind.CONFIRMED, None),
        ("echo_twice", OutcomeKind.CONFIRMED, None),
        ("split", OutcomeKind.CONFIRMED, None),
    ],
)
async def test_what_each_fault_comes_to(fault: str, kind: OutcomeKind, code: str | None) -> None:
    async with wired("serial") as (rig, lanterns):
        set_fault(lanterns["a"], fault, value=True, seconds=None)
        outcome = await rig.do("a.set", level=40)
        assert (outcome.kind, outcome.code) == (kind, code)


async def test_unplugged_and_back() -> None:
    async with wired("tcp") as (rig, lanterns):
        set_fault(lanterns["a"], "unplug", value=True, seconds=2)
        await rig.advance(1)
        assert rig.state("a") is PortState.OFFLINE
        await rig.advance(8)
        assert rig.state("a") is PortState.ONLINE
