"""stupidArtnet 1.6.0 as sender to our receiver, and its packets against our encoder."""

from __future__ import annotations

import socket
from functools import partial
from typing import Any

import pytest

from drivers.artnet import codec
from drivers.artnet.settings import ArtnetSettings
from drivers.artnet.simulator import ArtnetSimulator
from drivers.clock import LoopClock
from drivers.simulation.wires import UdpWire
from tests.drivers.rig import eventually
from tests.support.programs import require_module

pytestmark = pytest.mark.peers


def sender(port: int, universe: int, slots: int) -> Any:
    require_module("stupidArtnet")
    from stupidArtnet import StupidArtnet  # noqa: PLC0415  # a peer may be missing

    return StupidArtnet(
        "127.0.0.1", universe, slots, 30, even_packet_size=True, broadcast=False, port=port
    )


@pytest.mark.parametrize("universe", [0, 1, 15])
@pytest.mark.parametrize("slots", [8, 512])
def test_our_packet_is_its_packet(universe: int, slots: int) -> None:
    values = bytes(n % 256 for n in range(slots))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(2)
        peer = sender(ear.getsockname()[1], universe, slots)
        try:
            peer.set(bytearray(values))
            peer.show()
            packet = ear.recv(1024)
        finally:
            peer.close()
    assert codec.artnet(universe, packet[12], values) == packet
    assert codec.Decoder().feed(packet) == [codec.Dmx("artnet", universe, packet[12], values)]


def shines(simulator: ArtnetSimulator, goal: object) -> bool:
    return bool(simulator.state.level == goal)


async def test_our_receiver_shines_as_it_says() -> None:
    clock = LoopClock()
    wire = UdpWire(clock)
    await wire.open()
    simulator = ArtnetSimulator(ArtnetSettings(channel=3, fixture="warm_cold"), "udp", clock)
    wire.attach(simulator)
    peer = sender(wire.port, 0, 8)
    try:
        for level in (10, 128, 255):
            peer.set(bytearray([0, 0, level, 0, 0, 0, 0, 0]))
            peer.show()
            goal = pytest.approx(level / 2.55)
            await eventually(partial(shines, simulator, goal))
        assert simulator.state.cct == 2700
        assert simulator.state.ignored == 0
    finally:
        peer.close()
        await wire.close()
