"""The node that hears both protocols, told by bytes from the vectors only."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from drivers.artnet.settings import ArtnetSettings, SacnSettings
from drivers.artnet.simulator import ArtnetSimulator, SacnSimulator
from drivers.clock import VirtualClock

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
BYTES = {v["name"]: bytes.fromhex(v["bytes"]) for v in VECTORS}
ARTNET_8 = BYTES["Art-Net, universe 0, 8 slots"]
SACN_512 = BYTES["sACN, universe 1, sequence 7, 512 slots"]


def node(channel: int, fixture: str = "dimmer") -> ArtnetSimulator:
    settings = ArtnetSettings.model_validate({"channel": channel, "fixture": fixture})
    return ArtnetSimulator(settings, "udp", VirtualClock())


def test_it_shines_as_its_slot_says() -> None:
    simulator = node(8)
    simulator.receive(ARTNET_8, None, "")
    assert simulator.state.level == pytest.approx(7 / 2.55)
    assert simulator.state.power


def test_sacn() -> None:
    settings = SacnSettings(channel=1, fixture="dimmer_cct")
    simulator = SacnSimulator(settings, "udp", VirtualClock())
    simulator.receive(SACN_512, None, "")
    assert simulator.state.level == pytest.approx(100)
    assert simulator.state.cct == pytest.approx(4607, abs=1)


def test_slots_that_did_not_come_change_nothing() -> None:
    simulator = node(9)
    simulator.receive(ARTNET_8, None, "")
    assert (simulator.state.packets, simulator.state.level) == (1, 0)


def test_a_dark_warm_and_cold_light_has_no_colour() -> None:
    simulator = node(9, "warm_cold")
    simulator.receive(ARTNET_8[:16] + b"\x00\x0a" + bytes(10), None, "")
    assert simulator.state.cct is None


def test_a_fine_dimmer_takes_two_slots() -> None:
    simulator = node(1, "dimmer_16bit")
    simulator.receive(ARTNET_8[:18] + b"\x80\x00" + bytes(6), None, "")
    assert simulator.state.level == pytest.approx(50, abs=0.01)


@pytest.mark.parametrize("data", [b"", b"Art-Net\0", SACN_512, ARTNET_8[:10] + b"\0\x0d", b"xx"])
def test_what_is_not_for_it_is_left_alone(data: bytes) -> None:
    simulator = node(1)
    simulator.receive(data, None, "")
    assert simulator.state.packets == 0


async def test_a_source_that_falls_silent_is_given_up_and_may_begin_anew() -> None:
    clock = VirtualClock()
    simulator = ArtnetSimulator(ArtnetSettings(channel=1), "udp", clock)
    simulator.receive(ARTNET_8[:12] + b"\x09" + ARTNET_8[13:], None, "")
    await clock.advance(2.6)
    assert not simulator.state.streaming
    simulator.receive(ARTNET_8[:12] + b"\x01" + ARTNET_8[13:], None, "")
    assert simulator.state.packets == 2
    simulator.power_cycle()
    assert simulator.state.packets == 0
    simulator.close()


def test_it_acknowledges_nothing_and_can_be_stuck() -> None:
    simulator = node(8)
    simulator.faults["wrong_state"] = True
    simulator.receive(ARTNET_8, None, "")
    assert (simulator.state.packets, simulator.state.level) == (1, 0)
