"""All wires under one roof, each of the one shape that simulators know."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from drivers.clock import VirtualClock
from drivers.simulation import wires
from drivers.simulation.faults import is_stream
from drivers.simulation.simulator import Wire
from tests.drivers.simulation.bench import Thing

Five = wires.HttpWire | wires.MqttWire | wires.PtyWire | wires.TcpWire | wires.UdpWire


@pytest.fixture
async def made() -> AsyncIterator[list[Five]]:
    """One of each, never opened."""
    clock = VirtualClock(pause=0)
    five: list[Five] = [
        wires.HttpWire(clock),
        wires.MqttWire(clock, "127.0.0.1", 1, "", ""),
        wires.PtyWire(clock, 9600),
        wires.TcpWire(clock),
        wires.UdpWire(clock),
    ]
    yield five
    for wire in five:
        await wire.close()


async def test_there_are_five_and_the_peer_of_one(made: list[Five]) -> None:
    assert {type(w).__name__ for w in made} == set(wires.__all__) - {"TcpPeer"}


async def test_bytes_run_together_on_some(made: list[Five]) -> None:
    assert {type(w).__name__: is_stream(w) for w in made} == {
        "HttpWire": False,
        "MqttWire": False,
        "PtyWire": True,
        "TcpWire": True,
        "UdpWire": False,
    }


async def test_before_it_is_opened_a_simulator_speaks_to_nobody(made: list[Five]) -> None:
    for wire in made:
        thing = Thing(VirtualClock(pause=0))
        shape: Wire = wire  # that it fits passes the type check
        thing.wire = shape
        thing.emit(b"hello")
        wire.drop_connections()
        assert wire.address
