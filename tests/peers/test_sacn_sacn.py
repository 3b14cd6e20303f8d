"""sacn 1.11.0 as sender to our receiver, and its packets against our encoder."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.artnet import codec
from drivers.artnet.settings import SacnSettings
from drivers.artnet.simulator import SacnSimulator
from drivers.clock import LoopClock
from drivers.simulation.wires import UdpWire
from tests.drivers.rig import eventually
from tests.support.programs import require_module

pytestmark = pytest.mark.peers
SOURCE = codec.Source(uuid.UUID(int=0x0102030405060708090A0B0C0D0E0F10), "roomd", 120)


@contextmanager
def sending(port: int) -> Iterator[Any]:
    require_module("sacn")
    import sacn  # noqa: PLC0415  # a peer may be missing
    from sacn.sending.sender_socket_udp import SenderSocketUDP  # noqa: PLC0415  # as above

    class ToPort(SenderSocketUDP):  # type: ignore[misc]  # the library has no types
        """Its own socket, to the port where our receiver is: sacn knows only 5568."""

        def send_unicast(self, data: Any, destination: str) -> None:
            self._socket.sendto(bytes(data.getBytes()), (destination, port))

    nobody: Any = None  # its listener, the peer, is made with it
    made = ToPort(nobody, "127.0.0.1", 0, 30)
    peer = sacn.sACNsender(bind_address="127.0.0.1", universeDiscovery=False, socket=made)
    made._listener = peer._sender_handler
    peer.start()
    try:
        yield peer
    finally:
        peer.stop()


@given(st.integers(1, 63999), st.integers(0, 255), st.binary(min_size=512, max_size=512))
def test_our_packet_is_its_packet(universe: int, sequence: int, slots: bytes) -> None:
    require_module("sacn")
    from sacn.messages.data_packet import DataPacket  # noqa: PLC0415  # as above

    theirs = DataPacket(
        cid=tuple(SOURCE.cid.bytes),
        sourceName="roomd",
        universe=universe,
        dmxData=tuple(slots),
        priority=120,
        sequence=sequence,
    )
    packet = bytes(theirs.getBytes())
    assert codec.sacn(SOURCE, universe, sequence, slots) == packet
    assert codec.Decoder().feed(packet) == [codec.Dmx("sacn", universe, sequence, slots)]
    back = DataPacket.make_data_packet(tuple(codec.sacn(SOURCE, universe, sequence, slots)))
    assert (back.universe, back.sequence, bytes(back.dmxData)) == (universe, sequence, slots)


def shines(simulator: SacnSimulator, goal: object) -> bool:
    return bool(simulator.state.level == goal)


async def test_our_receiver_shines_as_it_says() -> None:
    clock = LoopClock()
    wire = UdpWire(clock)
    await wire.open()
    simulator = SacnSimulator(SacnSettings(channel=2), "udp", clock)
    wire.attach(simulator)
    try:
        with sending(wire.port) as peer:
            peer.activate_output(1)
            peer[1].destination = "127.0.0.1"
            for level in (10, 128, 255):
                peer[1].dmx_data = (0, level)
                goal = pytest.approx(level / 2.55)
                await eventually(partial(shines, simulator, goal))
            assert simulator.state.ignored == 0
    finally:
        await wire.close()
