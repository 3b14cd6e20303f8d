"""Lights, from the command to the light that the fixture gives."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from drivers.artnet import ARTNET, SACN
from drivers.artnet.simulator import DmxSimulator
from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind
from drivers.job import Denial
from drivers.session import PortState
from drivers.simulation.faults import set_fault
from drivers.simulation.wires import UdpWire
from drivers.spec import DriverSpec
from drivers.transport.udp import Udp
from tests.drivers.rig import Rig, rigged

BOTH = pytest.mark.parametrize("spec", [ARTNET, SACN], ids=["artnet", "sacn"])
Options = dict[str, dict[str, Any]]
ONE: Options = {"a": {"channel": 1}}
TWO: Options = {"a": {"channel": 1}, "b": {"channel": 5, "fixture": "warm_cold"}}


@asynccontextmanager
async def lit(
    spec: DriverSpec, options: Options
) -> AsyncIterator[tuple[Rig, dict[str, DmxSimulator]]]:
    clock = VirtualClock()
    wire = UdpWire(clock)
    await wire.open()
    fixtures: dict[str, DmxSimulator] = {}
    for name, values in options.items():
        assert spec.simulator is not None
        made = spec.simulator(spec.settings(**values), "udp", clock)
        assert isinstance(made, DmxSimulator)
        wire.attach(made)
        fixtures[name] = made
    try:
        async with rigged(clock, Udp("127.0.0.1", wire.port), spec, options) as rig:
            yield rig, fixtures
    finally:
        await wire.close()


@BOTH
async def test_before_the_first_wish_nothing_is_sent(spec: DriverSpec) -> None:
    async with lit(spec, TWO) as (rig, _):
        await rig.advance(10)
        assert rig.sent() == []
        assert rig.state("a") is PortState.ONLINE
        assert "level" not in rig.devices["a"].values


@BOTH
async def test_a_change_leaves_at_once_and_is_assumed(spec: DriverSpec) -> None:
    async with lit(spec, ONE) as (rig, fixtures):
        outcome = await rig.do("a.set", level=40)
        assert (outcome.kind, outcome.tx) == (OutcomeKind.SENT, 1)
        assert fixtures["a"].state.level == pytest.approx(40, abs=0.5)
        assert rig.value("a.level") == (40, "assumed")
        assert rig.value("a.power") == (True, "assumed")


@BOTH
async def test_on_returns_to_the_level_before_off(spec: DriverSpec) -> None:
    async with lit(spec, ONE) as (rig, fixtures):
        await rig.do("a.set", level=60)
        await rig.do("a.off")
        assert (fixtures["a"].state.power, rig.value("a.level")) == (False, (0, "assumed"))
        await rig.do("a.set", level=0, fade=1.0)
        await rig.do("a.on")
        assert fixtures["a"].state.level == pytest.approx(60, abs=0.5)
        assert rig.value("a.level") == (60, "assumed")


async def test_on_without_a_past_is_full() -> None:
    async with lit(ARTNET, ONE) as (rig, fixtures):
        await rig.do("a.on")
        assert fixtures["a"].state.level == pytest.approx(100)


async def test_a_fade_goes_at_forty_frames_a_second() -> None:
    async with lit(ARTNET, ONE) as (rig, fixtures):
        fading = rig.begin("a.set", level=100, fade=2.0)
        await rig.advance(1.0)
        assert fixtures["a"].state.level == pytest.approx(50, abs=2)
        outcome = await rig.until_done(fading)
        assert 78 <= outcome.tx <= 82
        assert fixtures["a"].state.level == pytest.approx(100)
        assert fixtures["a"].state.ignored == 0


async def test_a_new_wish_starts_at_the_current_value() -> None:
    async with lit(ARTNET, ONE) as (rig, fixtures):
        first = rig.begin("a.set", level=100, fade=2.0)
        await rig.advance(1.0)
        second = rig.begin("a.set", level=0, fade=2.0)
        await rig.advance(0.1)
        assert first.result().kind is OutcomeKind.SUPERSEDED
        assert fixtures["a"].state.level == pytest.approx(47, abs=3)
        assert (await rig.until_done(second)).kind is OutcomeKind.SENT
        assert fixtures["a"].state.level == 0


@BOTH
async def test_the_last_frame_is_repeated_while_nothing_changes(spec: DriverSpec) -> None:
    async with lit(spec, TWO) as (rig, fixtures):
        await rig.do("a.set", level=40)
        before = len(rig.sent())
        await rig.advance(16)
        assert 15 <= len(rig.sent()) - before <= 28
        assert fixtures["a"].state.streaming
        assert fixtures["a"].state.level == pytest.approx(40, abs=0.5)
        assert rig.value("a.level") == (40, "assumed")


@BOTH
async def test_two_lights_share_a_universe(spec: DriverSpec) -> None:
    async with lit(spec, TWO) as (rig, fixtures):
        await asyncio.gather(
            rig.do("a.set", level=30), rig.do("b.set", level=80, cct=6500), rig.advance(1)
        )
        assert fixtures["a"].state.level == pytest.approx(30, abs=0.5)
        assert fixtures["b"].state.level == pytest.approx(80, abs=0.5)
        assert fixtures["b"].state.cct == 6500
        assert rig.value("b.cct") == (6500, "assumed")


async def test_two_fades_at_once_send_no_more_frames_than_one() -> None:
    async with lit(ARTNET, TWO) as (rig, fixtures):
        tasks = [rig.begin("a.set", level=100, fade=1.0), rig.begin("b.set", level=100, fade=1.0)]
        for task in tasks:
            await rig.until_done(task)
        assert len(rig.sent()) <= 45
        assert fixtures["a"].state.level == pytest.approx(100)
        assert fixtures["b"].state.level == pytest.approx(100)


async def test_a_refused_wish_never_becomes_bytes() -> None:
    async with lit(ARTNET, TWO) as (rig, fixtures):
        await rig.do("b.set", level=50)
        outcome = await rig.do("a.set", level=100, gate=lambda: Denial("interlocked"))
        assert outcome.kind is OutcomeKind.REFUSED
        await rig.do("b.set", level=60)
        await rig.advance(5)
        assert fixtures["a"].state.level == 0
        assert rig.value("a.level") == (0, "assumed")  # the neighbour's frame carried it dark


async def test_overlapping_lights_are_refused_before_any_byte() -> None:
    options: Options = {"a": {"channel": 1, "fixture": "warm_cold"}, "b": {"channel": 2}}
    async with lit(ARTNET, options) as (rig, _):
        for device in ("a", "b"):
            outcome = await rig.do(f"{device}.on")
            assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "misconfigured")
        assert rig.sent() == []


async def test_the_same_slots_of_another_universe_are_no_overlap() -> None:
    options: Options = {"a": {"channel": 1, "universe": 0}, "b": {"channel": 1, "universe": 1}}
    async with lit(ARTNET, options) as (rig, fixtures):
        await rig.do("b.set", level=70)
        assert fixtures["a"].state.packets == 0
        assert fixtures["b"].state.level == pytest.approx(70, abs=0.5)


async def test_a_changed_device_leaves_the_others_and_its_own_light_as_they_are() -> None:
    async with lit(ARTNET, TWO) as (rig, fixtures):
        await rig.do("a.set", level=40)
        await rig.link.detach("a")
        await rig.do("b.set", level=40)
        assert fixtures["a"].state.level == pytest.approx(40, abs=0.5)


async def test_colour_temperature_is_offered_only_where_the_fixture_has_it() -> None:
    async with lit(ARTNET, TWO) as (rig, _):
        plain, tunable = rig.devices["a"], rig.devices["b"]
        assert "cct" not in plain.command_specs()["set"].args
        assert tunable.command_specs()["set"].args["cct"].minimum == 2700
        assert plain.capabilities == ("Power", "Dimmer")
        assert tunable.capabilities == ("Power", "Dimmer", "ColourTemperature")


@BOTH
async def test_a_late_packet_does_not_undo_a_newer_one(spec: DriverSpec) -> None:
    async with lit(spec, ONE) as (rig, fixtures):
        await rig.do("a.set", level=10)
        set_fault(fixtures["a"], "reorder", value=True, seconds=None)
        await rig.do("a.set", level=20)
        await rig.do("a.set", level=90)
        assert fixtures["a"].state.level == pytest.approx(90, abs=0.5)
        assert fixtures["a"].state.ignored == 1


async def test_a_lost_packet_is_made_good_by_the_repeats() -> None:
    async with lit(ARTNET, ONE) as (rig, fixtures):
        fixtures["a"].random = random.Random(3)
        set_fault(fixtures["a"], "loss", value=0.5, seconds=None)
        await rig.do("a.set", level=25)
        await rig.advance(8)
        assert fixtures["a"].state.lost > 0
        assert fixtures["a"].state.level == pytest.approx(25, abs=0.5)


async def test_an_unplugged_node_is_lit_again_by_the_repeats() -> None:
    async with lit(ARTNET, ONE) as (rig, fixtures):
        await rig.do("a.set", level=25)
        set_fault(fixtures["a"], "unplug", value=True, seconds=5)
        await rig.advance(4.5)
        assert not fixtures["a"].state.streaming
        assert rig.value("a.level") == (25, "assumed")
        await rig.advance(3)
        assert fixtures["a"].state.streaming
