"""A search: who answers, to which port, and who does not count."""

from __future__ import annotations

import asyncio
import socket
from typing import Self

import pytest

from drivers.clock import VirtualClock
from drivers.pjlink import notices
from drivers.pjlink.search import ANSWERS, own_addresses, search
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import MAC, PjlinkSimulator
from drivers.simulation.faults import set_fault
from drivers.simulation.wires import UdpWire

PROJECTOR = "127.0.0.2"


class Network:
    """A projector at an address of its own, with the port that we use, too."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.wire = UdpWire(clock, PROJECTOR)
        self.simulator = PjlinkSimulator(PjlinkSettings(), "udp", clock)
        self.wire.attach(self.simulator)

    async def __aenter__(self) -> Self:
        await self.wire.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.wire.close()

    async def search(self, seconds: float = ANSWERS) -> list[tuple[str, str]]:
        """Search to its end."""
        searching = search(seconds, PROJECTOR, self.wire.port, self.clock)
        task = asyncio.create_task(searching)
        await self.clock.advance(seconds + 1)
        return await task


async def test_a_projector_is_found_once() -> None:
    async with Network(VirtualClock()) as network:
        assert await network.search() == [(PROJECTOR, MAC)]
        assert network.simulator.state.orders == []
    assert notices._open_sockets() == {}


async def test_it_asks_twice_because_broadcasts_get_lost() -> None:
    async with Network(VirtualClock()) as network:
        set_fault(network.simulator, "deaf", value=True, seconds=0.5)
        assert await network.search() == [(PROJECTOR, MAC)]
        asked = [f.data for f in network.simulator.frames if f.direction == "rx"]
        assert asked == [b"%2SRCH\r"] * 2


async def test_an_answer_that_takes_ten_seconds_is_heard() -> None:
    async with Network(VirtualClock()) as network:
        set_fault(network.simulator, "slow", value=9900, seconds=None)
        assert await network.search() == [(PROJECTOR, MAC)]
        assert await network.search(5.0) == []


async def test_an_answer_to_the_port_of_the_protocol_is_heard() -> None:
    """The question leaves from there, so it does not matter which of the two a projector takes."""
    async with Network(VirtualClock()) as network:
        await network.search(1.0)
        wire_port = network.wire.port
        (peer,) = {network.wire._last}
        assert peer == ("127.0.0.1", wire_port)


async def test_where_another_program_has_the_port_the_question_leaves_all_the_same() -> None:
    async with Network(VirtualClock()) as network:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", network.wire.port))
            assert await network.search() == [(PROJECTOR, MAC)]


async def test_class_one_has_no_search() -> None:
    async with Network(VirtualClock()) as network:
        network.simulator.state.version = 1
        assert await network.search() == []


@pytest.mark.parametrize(
    "datagram", [b"%2ACKN=nonsense\r", b"%2LKUP=02:00:5e:10:00:01\r", b"%2SRCH\r", b"\xff\xfe", b""]
)
async def test_only_an_answer_with_an_address_counts(datagram: bytes) -> None:
    async with Network(VirtualClock()) as network:
        set_fault(network.simulator, "deaf", value=True, seconds=None)
        searching = search(2.0, PROJECTOR, network.wire.port, network.clock)
        task = asyncio.create_task(searching)
        await network.clock.advance(0.5)
        network.wire.transmit(datagram, peer=None, topic="", retain=False)
        await network.clock.advance(2)
        assert await task == []


async def test_a_network_that_does_not_let_us_ask_is_said() -> None:
    with pytest.raises(OSError, match=r"."):
        await search(0.0, "127.0.0.1", 0, VirtualClock())


def test_our_addresses_are_not_those_that_only_we_reach() -> None:
    for address in own_addresses():
        socket.inet_aton(address)
        assert not address.startswith("127.")
