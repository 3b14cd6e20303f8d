"""Step 6, tested: the simulator is told and asked in bytes from the vectors, never through the codec."""

from __future__ import annotations

import pytest

from drivers._template.settings import LanternSettings
from drivers._template.simulator import LanternSimulator
from drivers.clock import VirtualClock


class Desk:
    """A lantern on a bench."""

    address = "memory"

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.lantern = LanternSimulator(LanternSettings(address=3), "tcp", self.clock)
        self.lantern.wire = self
        self.heard: list[bytes] = []

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self.heard.append(data)

    def unplug(self) -> None:
        return None

    async def plug(self) -> None:
        return None

    def drop_connections(self) -> None:
        return None

    async def ask(self, *pieces: bytes) -> bytes:
        self.heard.clear()
        for piece in pieces:
            self.lantern.receive(piece, None, "")
        await self.clock.advance(0.1)
        return b"".join(self.heard)


async def test_it_does_what_it_is_told() -> None:
    desk = Desk()
    assert await desk.ask(b"SET 3", b" 40\r\n") == b"OK 3 40\r\n"
    assert desk.lantern.state.level == 40
    assert await desk.ask(b"GET 3\r\nGET 4\r\n") == b"IS 3 40\r\n"
    desk.lantern.power_cycle()
    assert desk.lantern.state.level == 0


@pytest.mark.parametrize("line", [b"SET 3 101\r\n", b"SET 3 x\r\n"])
async def test_it_refuses_what_a_real_one_refuses(line: bytes) -> None:
    desk = Desk()
    assert await desk.ask(line) == b"ERR 3 RANGE\r\n"
    assert desk.lantern.state.level == 0


@pytest.mark.parametrize("line", [b"HELLO\r\n", b"SET 4 10\r\n", b"\xff\r\n", b"SET 3 10"])
async def test_the_rest_is_passed_over(line: bytes) -> None:
    desk = Desk()
    assert await desk.ask(line) == b""
    desk.lantern.disconnected(None)


async def test_the_knob_speaks() -> None:
    desk = Desk()
    desk.lantern.set_by_hand({"level": 7})
    await desk.clock.advance(0.1)
    assert desk.heard == [b"IS 3 7\r\n"]
    with pytest.raises(ValueError, match="no such value"):
        desk.lantern.set_by_hand({"colour": "red"})


async def test_an_intruder_speaks_for_another_and_for_none() -> None:
    desk = Desk()
    desk.lantern.intrude()
    await desk.clock.advance(0.1)
    assert desk.heard == [b"IS 4 77\r\n", b"HELLO\r\n"]


@pytest.mark.parametrize(
    "fault, answer", [("refuse", b"ERR 3 BROKEN\r\n"), ("wrong_state", b"OK 3 9\r\n")]
)
async def test_faults_of_the_protocol(fault: str, answer: bytes) -> None:
    desk = Desk()
    desk.lantern.faults[fault] = True
    assert await desk.ask(b"SET 3 9\r\n") == answer
    assert desk.lantern.state.level == 0
