"""Cameras on their wires: chain, header, strict and lenient."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.simulation.faults import set_fault
from drivers.simulation.simulator import UnknownFault
from drivers.visca.settings import ViscaSettings
from drivers.visca.simulator import ViscaSimulator

PEER = ("127.0.0.1", 9)


class Ear:
    """A wire that keeps what is sent, and knows who is on it."""

    address = "memory"

    def __init__(self) -> None:
        self.heard: list[tuple[object, str]] = []
        self._simulators: list[ViscaSimulator] = []

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self.heard.append((peer, data.hex(" ")))

    def unplug(self) -> None:
        return None

    async def plug(self) -> None:
        return None

    def drop_connections(self) -> None:
        return None


class Desk:
    """One simulator, or a chain of them, with an ear."""

    def __init__(self, kind: str, protocol: str = "raw", addresses: tuple[int, ...] = (1,)) -> None:
        self.clock = VirtualClock(pause=0)
        self.ear = Ear()
        settings: dict[str, Any] = {"protocol": protocol}
        for address in addresses:
            made = ViscaSimulator(ViscaSettings(address=address, **settings), kind, self.clock)
            made.wire = self.ear
            self.ear._simulators.append(made)
        self.camera = self.ear._simulators[0]

    async def ask(self, text: str, peer: object = PEER) -> list[str]:
        """Send bytes; return what comes back within 20 ms."""
        self.ear.heard.clear()
        for camera in self.ear._simulators:
            camera.receive(bytes.fromhex(text), peer, "")
        await self.clock.advance(0.02)
        return [data for _, data in self.ear.heard]


async def test_the_last_of_the_chain_answers_for_all() -> None:
    desk = Desk("serial", addresses=(1, 2, 3))
    assert await desk.ask("88 30 01 ff") == ["88 30 04 ff"]
    assert await desk.ask("88 01 00 01 ff") == ["88 01 00 01 ff"]
    assert await desk.ask("88 09 04 00 ff") == []


async def test_each_answers_to_its_own_address() -> None:
    desk = Desk("serial", addresses=(1, 2, 3))
    assert await desk.ask("82 09 04 00 ff") == ["a0 50 02 ff"]
    assert await desk.ask("87 09 04 00 ff") == []


async def test_bytes_cut_anywhere_and_glued_together() -> None:
    desk = Desk("serial")
    assert await desk.ask("81 09") == []
    assert await desk.ask("04 00 ff 81 09 00 02 ff") == [
        "90 50 02 ff",
        "90 50 00 01 05 13 01 00 02 ff",
    ]
    assert await desk.ask("11" * 40 + " ff") == []
    assert await desk.ask("81 09 04 00 ff") == ["90 50 02 ff"]


async def test_a_datagram_is_whole_and_a_stream_is_not() -> None:
    assert await Desk("udp").ask("81 09") == []
    for kind, answers in (("udp", []), ("tcp", ["90 50 02 ff"])):
        desk = Desk(kind)
        await desk.ask("81 09 04")
        assert await desk.ask("00 ff") == answers


async def test_each_connection_has_its_own_rest_and_its_own_answers() -> None:
    desk = Desk("tcp")
    first, second = object(), object()
    await desk.ask("81 09", first)
    assert await desk.ask("81 09 04 00 ff", second) == ["90 50 02 ff"]
    assert desk.ear.heard[0][0] is second
    desk.camera.disconnected(first)
    assert await desk.ask("04 00 ff", first) == []


async def test_network_cameras_know_no_chain() -> None:
    assert await Desk("tcp").ask("88 30 01 ff") == []
    assert await Desk("tcp").ask("82 09 04 00 ff") == []


async def test_after_a_power_cut_it_asks_for_an_address_and_takes_nothing_before() -> None:
    desk = Desk("serial")
    desk.camera.power_cycle()
    assert desk.ear.heard == [(None, "90 38 ff")]
    assert await desk.ask("81 09 04 00 ff") == []
    assert await desk.ask("88 30 01 ff") == ["88 30 02 ff"]
    assert await desk.ask("81 09 04 00 ff") == ["90 50 02 ff"]
    network = Desk("tcp")
    network.camera.power_cycle()
    assert network.ear.heard == []


async def test_a_command_before_the_last_acknowledgement_is_abuse_but_a_stop_is_not() -> None:
    desk = Desk("tcp")
    desk.camera.receive(bytes.fromhex("81 01 04 3f 01 01 ff"), PEER, "")
    desk.camera.receive(bytes.fromhex("81 01 06 01 01 01 03 03 ff"), PEER, "")
    desk.camera.receive(bytes.fromhex("81 09 04 00 ff"), PEER, "")
    desk.camera.receive(bytes.fromhex("81 01 00 01 ff"), PEER, "")
    assert desk.camera.abuse == []
    desk.camera.receive(bytes.fromhex("81 01 04 3f 01 01 ff"), PEER, "")
    assert len(desk.camera.abuse) == 1
    await desk.clock.advance(0.02)
    desk.camera.receive(bytes.fromhex("81 01 04 38 02 ff"), PEER, "")
    assert len(desk.camera.abuse) == 1


# -- numbered messages ---------------------------------------------------------------------------------------------

RESET = "02 00 00 01 00 00 00 00 01"


def command(number: int, body: str = "81 01 04 38 02 ff", kind: str = "01 00") -> str:
    size = len(bytes.fromhex(body))
    return f"{kind} 00 {size:02x} {number.to_bytes(4, 'big').hex(' ')} {body}"


def control(number: int, value: str) -> str:
    return f"02 01 00 {len(bytes.fromhex(value)):02x} {number.to_bytes(4, 'big').hex(' ')} {value}"


async def test_the_frames_of_the_manual() -> None:
    desk = Desk("udp", "sony")
    assert await desk.ask(RESET) == ["02 01 00 01 00 00 00 00 01"]
    assert await desk.ask("01 00 00 06 00 00 00 01 81 01 04 00 02 ff") == [
        "01 11 00 03 00 00 00 01 90 41 ff"
    ]
    assert await desk.ask("01 10 00 05 00 00 00 02 81 09 04 00 ff") == [
        "01 11 00 04 00 00 00 02 90 50 02 ff"
    ]
    await desk.clock.advance(0.2)
    assert "01 11 00 03 00 00 00 01 90 51 ff" in [data for _, data in desk.ear.heard]


async def test_numbers_must_follow_each_other() -> None:
    desk = Desk("udp", "sony")
    await desk.ask(command(7))
    await desk.clock.advance(0.1)
    assert await desk.ask(command(9)) == [control(9, "0f 01")]
    assert await desk.ask(command(7)) == [control(7, "0f 01")]
    await desk.ask(RESET)
    assert (await desk.ask(command(0xFFFFFFFF)))[0].endswith("90 41 ff")
    await desk.clock.advance(0.1)
    assert (await desk.ask(command(0)))[0].endswith("90 41 ff")
    assert desk.camera.state.executed == 3


async def test_what_was_refused_may_come_again_with_its_number() -> None:
    desk = Desk("udp", "sony")
    set_fault(desk.camera, "refuse", 1, None)
    assert (await desk.ask(command(1)))[0].endswith("90 60 41 ff")
    assert (await desk.ask(command(1)))[0].endswith("90 41 ff")


@pytest.mark.parametrize("lenient", [False, True])
async def test_inquiries_of_another_type(*, lenient: bool) -> None:
    desk = Desk("udp", "sony")
    desk.camera.lenient = lenient
    (answer,) = await desk.ask(command(1, "81 09 04 00 ff"))
    assert answer == ("01 11 00 04 00 00 00 01 90 50 02 ff" if lenient else control(1, "0f 02"))
    (answer,) = await desk.ask(command(2, "81 01 04 38 02 ff", "01 10"))
    assert answer == control(2, "0f 02")


@pytest.mark.parametrize(
    "text, answers",
    [
        ("01 00 00 06 00 00", 0),
        ("01 00 00 06 00 00 00 01", 0),
        ("01 00 00 07 00 00 00 01 81 01 04 38 02 ff", 1),
        ("01 00 00 06 00 00 00 01 82 01 04 38 02 ff", 1),
        ("01 00 00 05 00 00 00 01 81 01 04 38 02", 1),
        ("02 00 00 01 00 00 00 01 02", 1),
    ],
)
async def test_what_it_does_not_understand(text: str, answers: int) -> None:
    desk = Desk("udp", "sony")
    assert await desk.ask(text) == [control(1, "0f 02")] * answers
    assert desk.camera.state.executed == 0


async def test_sequence_errors_and_losses_by_fault() -> None:
    desk = Desk("udp", "sony")
    set_fault(desk.camera, "seq_error", 1, None)
    assert await desk.ask(command(1)) == [control(1, "0f 01")]
    assert (await desk.ask(command(1)))[0].endswith("90 41 ff")
    set_fault(desk.camera, "lose_packets", 1.0, None)
    assert await desk.ask(command(2)) == []
    assert desk.camera.state.executed == 1


# -- the rest ------------------------------------------------------------------------------------------------------


def test_the_remote_control() -> None:
    desk = Desk("tcp")
    desk.camera.set_by_hand({"on": False, "pan": 10.0})
    assert (desk.camera.state.on, desk.camera.state.pan) == (False, 10.0)
    with pytest.raises(ValueError, match="presets"):
        desk.camera.set_by_hand({"presets": {}})
    with pytest.raises(ValueError, match="no such value"):
        desk.camera.set_by_hand({"colour": 1})
    with pytest.raises(UnknownFault):
        set_fault(desk.camera, "on_fire", True, None)


@pytest.mark.parametrize(
    "kind, name", [("serial", "visca-serial"), ("tcp", "visca-tcp"), ("udp", "visca-udp")]
)
def test_it_says_what_it_speaks(kind: str, name: str) -> None:
    assert Desk(kind).camera.snapshot()["protocol"] == name
    assert Desk("udp", "sony").camera.protocol == "visca-sony"


def test_what_it_shows_is_plain() -> None:
    desk = Desk("udp", "sony")
    shown = desk.camera.snapshot()
    assert shown["state"]["presets"] == {}
    assert "lose_packets" in shown["known_faults"]
    desk.camera.close()
