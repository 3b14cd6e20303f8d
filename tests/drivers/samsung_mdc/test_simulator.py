"""A simulated display, told by bytes from the vectors and by hand."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.simulator import TRIES, MdcSimulator
from drivers.samsung_mdc.tunnel import Tunnel, client_context
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.wires import TcpWire

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
BYTES = {v["name"]: v["bytes"] for v in VECTORS}


class Ear:
    """A wire that keeps what is sent."""

    address = "memory"

    def __init__(self) -> None:
        self.heard: list[tuple[object, bytes]] = []
        self.cable: list[str] = []
        """What was done to it: `out`, `in`."""

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        self.heard.append((peer, data))

    def unplug(self) -> None:
        self.cable.append("out")

    async def plug(self) -> None:
        self.cable.append("in")

    def drop_connections(self) -> None:
        return None


class Desk:
    """A display with an ear."""

    def __init__(self, wired: str = "serial", *, power: str = "on", **options: Any) -> None:
        self.clock = VirtualClock()
        self.display = MdcSimulator(MdcSettings(**options), wired, self.clock)
        self.display.state.power = power
        self.ear = Ear()
        self.display.wire = self.ear

    async def ask(self, text: str, peer: object = None) -> list[str]:
        self.ear.heard.clear()
        self.display.receive(bytes.fromhex(text), peer, "")
        await self.clock.advance(0.1)
        return [data.hex(" ") for to, data in self.ear.heard if to is peer]


@pytest.mark.parametrize(
    "asked, answered, point, value",
    [
        ("power on", "it is on", "power", "on"),
        ("power off", "it is off", "power", "off"),
        ("volume to 20", "volume is 20", "volume", 20),
        ("mute", "it is mute", "mute", True),
        ("HDMI 1", "it shows HDMI 1", "input", 0x21),
    ],
)
async def test_it_follows_and_says_so(asked: str, answered: str, point: str, value: Any) -> None:
    desk = Desk()
    desk.display.state.input = 0x14
    assert await desk.ask(BYTES[asked]) == [BYTES[answered]]
    assert getattr(desk.display.state, point) == value
    assert len(desk.display.state.orders) == 1


async def test_it_tells_what_it_is_asked() -> None:
    desk = Desk()
    desk.display.set_by_hand({"volume": 20, "input": 0x23})
    assert await desk.ask(BYTES["status?"]) == [BYTES["status: on, volume 20, not mute, HDMI 2"]]
    assert await desk.ask(BYTES["is it on?"]) == [BYTES["it is on"]]
    assert await desk.ask(BYTES["how loud?"]) == [BYTES["volume is 20"]]
    assert await desk.ask("aa 13 01 00 14") == ["aa ff 01 03 41 13 00 57"]
    desk.display.set_by_hand({"input": 0x22})
    shows = BYTES["it shows a computer on HDMI 1, which is only reported"]
    assert await desk.ask(BYTES["which input?"]) == [shows]
    desk.display.set_by_hand({"broken": ["lamp", "fan"], "temperature": 41})
    assert await desk.ask(BYTES["errors?"]) == ["aa ff 01 08 41 0d 01 00 02 00 29 01 83"]
    assert desk.display.state.orders == []


@pytest.mark.parametrize(
    "frame",
    [
        "aa 12 01 01 65 79",  # volume 101
        "aa 11 01 01 02 15",  # power 2
        "aa 14 01 01 22 38",  # an input that is only reported
        "aa 14 01 01 99 af",  # an input that it does not have
        "aa 12 01 02 14 14 3d",  # two values
        "aa 55 01 01 01 58",  # an unknown command
        "aa 55 01 00 56",  # an unknown question
    ],
)
async def test_what_it_refuses(frame: str) -> None:
    desk = Desk()
    before = (desk.display.state.volume, desk.display.state.power, desk.display.state.input)
    (answer,) = await desk.ask(frame)
    assert answer.split()[4] == "4e"
    assert answer.split()[6] == "01"
    after = (desk.display.state.volume, desk.display.state.power, desk.display.state.input)
    assert after == before


async def test_off_it_can_only_be_switched_on() -> None:
    desk = Desk(power="off")
    (answer,) = await desk.ask(BYTES["volume to 20"])
    assert answer.split()[4] == "4e"
    assert await desk.ask(BYTES["power on"]) == [BYTES["it is on"]]


async def test_another_displays_frame_and_one_for_all_are_not_answered() -> None:
    desk = Desk(power="off")
    assert await desk.ask("aa 11 02 01 01 15") == []
    assert desk.display.state.power == "off"
    assert await desk.ask(BYTES["all displays on, which are never told so"]) == []
    assert desk.display.state.power == "on"


async def test_it_finds_its_frames_in_any_pieces_and_between_rubbish() -> None:
    desk = Desk()
    frame = bytes.fromhex(BYTES["is it on?"])
    heard: list[str] = []
    for byte in b"\x00\xaa" + frame + b"\x13\x37" + frame:
        heard += await desk.ask(f"{byte:02x}")
    assert heard == [BYTES["it is on"]] * 2
    assert await desk.ask("aa 11 01 00 13 " + BYTES["is it on?"]) == [BYTES["it is on"]]


@pytest.mark.parametrize("fault, value, number", [("refuse", True, 1), ("nak", 3, 3)])
async def test_it_says_no_when_told_to(fault: str, value: Any, number: int) -> None:
    desk = Desk()
    set_fault(desk.display, fault, value, None)
    (answer,) = await desk.ask(BYTES["power off"])
    assert answer.split()[4:7] == ["4e", "11", f"{number:02x}"]
    assert desk.display.state.power == "on"
    assert await desk.ask(BYTES["is it on?"]) == [BYTES["it is on"]]


async def test_it_lies_when_told_to() -> None:
    desk = Desk()
    set_fault(desk.display, "wrong_state", value=True, seconds=None)
    assert await desk.ask(BYTES["power off"]) == [BYTES["it is off"]]
    assert desk.display.state.power == "on"
    assert desk.display.state.orders == ["POWER 0"]


async def test_it_says_what_nobody_asked_for() -> None:
    desk = Desk()
    set_fault(desk.display, "intruder", value=True, seconds=None)
    await desk.clock.advance(0.1)
    displays = [data[2] for _, data in desk.ear.heard]
    assert displays == [2, 1, 1]


async def test_a_terse_model_tells_only_its_power_in_standby() -> None:
    desk = Desk(power="off")
    set_fault(desk.display, "terse_standby", value=True, seconds=None)
    assert await desk.ask(BYTES["status?"]) == []
    assert await desk.ask(BYTES["is it on?"]) == [BYTES["it is off"]]
    assert await desk.ask(BYTES["power on"]) == [BYTES["it is on"]]
    assert len(await desk.ask(BYTES["status?"])) == 1


@pytest.mark.parametrize("wired", ["serial", "tcp"])
async def test_its_network_sleeps_some_seconds_after_off(wired: str) -> None:
    desk = Desk(wired)
    peer = object()
    desk.display.connected(peer)
    set_fault(desk.display, "standby_deaf", 2, None)
    assert await desk.ask(BYTES["power off"], peer) == [BYTES["it is off"]]
    assert await desk.ask(BYTES["is it on?"], peer) == [BYTES["it is off"]]
    await desk.clock.advance(2)
    assert await desk.ask(BYTES["power on"], peer) == []
    assert desk.ear.cable == ([] if wired == "serial" else ["out"])
    clear_fault(desk.display, "standby_deaf")
    assert await desk.ask(BYTES["power on"], peer) == [BYTES["it is on"]]


async def test_only_its_own_packet_wakes_it_and_only_when_it_is_off() -> None:
    desk = Desk("tcp", mac="02:00:5e:10:00:07", power="off")
    set_fault(desk.display, "standby_deaf", value=True, seconds=None)
    desk.display.sleep()
    assert desk.ear.cable == ["out"]
    desk.display.wake(b"\xff" * 6 + bytes.fromhex("02005e100008") * 16)
    assert desk.display.state.power == "off"
    for _ in range(2):
        desk.display.wake(b"junk" + b"\xff" * 6 + bytes.fromhex("02005e100007") * 16)
        await desk.clock.advance(0)
    assert (desk.display.state.power, desk.display.state.woken) == ("on", 1)
    assert desk.ear.cable == ["out", "in"]


async def test_its_remote_control() -> None:
    desk = Desk("tcp")
    set_fault(desk.display, "standby_deaf", 0, None)
    desk.display.set_by_hand({"power": "off"})
    await desk.clock.advance(0.1)
    assert desk.ear.cable == ["out"]
    desk.display.set_by_hand({"power": "on", "volume": 7})
    await desk.clock.advance(0.1)
    assert desk.ear.cable == ["out", "in"]
    for wrong in ({"power": "warming"}, {"volume": 101}, {"colour": 1}):
        with pytest.raises(ValueError, match=r"power|volume|colour"):
            desk.display.set_by_hand(wrong)
    assert desk.display.snapshot()["state"]["volume"] == 7


# -- on a real port ---------------------------------------------------------------------------------------------------


class Visitor:
    """A client with its own TLS."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tunnel = Tunnel(client_context(), server=False)
        desk.display.connected(self)

    async def say(self, data: bytes) -> bytes:
        """Send bytes as they are; return what comes."""
        self.desk.ear.heard.clear()
        self.desk.display.receive(data, self, "")
        await self.desk.clock.advance(0.1)
        return b"".join(data for to, data in self.desk.ear.heard if to is self)

    async def shake_hands(self) -> None:
        answer = await self.say(self.tunnel.feed(b"")[1])
        tickets = await self.say(self.tunnel.feed(answer)[1])
        assert self.tunnel.feed(tickets) == (b"", b"")
        assert self.tunnel.ready

    async def whisper(self, data: bytes) -> bytes:
        """Send bytes encrypted; return what comes."""
        return self.tunnel.feed(await self.say(self.tunnel.seal(data)))[0]


async def test_with_a_pin_it_greets_encrypts_and_obeys_nobody_else() -> None:
    desk = Desk("tcp", pin="4711")
    visitor = Visitor(desk)
    assert desk.ear.heard == [(visitor, bytes.fromhex(BYTES["banner of the encrypted variant"]))]
    await visitor.shake_hands()
    assert await visitor.whisper(b"4711") == bytes.fromhex(BYTES["the PIN is right"])
    answer = await visitor.whisper(bytes.fromhex(BYTES["volume to 20"]))
    assert answer == bytes.fromhex(BYTES["volume is 20"])
    assert desk.display.abuse == []


async def test_without_tls_nothing_is_heard_where_there_is_a_pin() -> None:
    desk = Desk("tcp", pin="4711")
    visitor = Visitor(desk)
    assert await visitor.say(bytes.fromhex(BYTES["power off"])) == b""
    assert desk.display.state.power == "on"
    desk.display.disconnected(visitor)
    assert await Visitor(desk).say(b"GET / HTTP/1.1\r\n\r\n") == b""
    assert desk.display.abuse == ["no TLS where TLS is demanded"]


async def test_wrong_pins_are_counted_until_it_locks() -> None:
    desk = Desk("tcp", pin="4711")
    wrong, blocked = (
        bytes.fromhex(BYTES[n]) for n in ("the PIN is wrong", "the display is locked")
    )
    for attempt in range(TRIES + 1):
        visitor = Visitor(desk)
        await visitor.shake_hands()
        assert await visitor.whisper(b"1111") == (wrong if attempt < TRIES else blocked)
        desk.display.disconnected(visitor)
    visitor = Visitor(desk)
    await visitor.shake_hands()
    assert await visitor.whisper(b"4711") == blocked
    assert desk.display.abuse == ["wrong PIN"] * (TRIES + 2)


async def test_blocked_no_pin_will_do() -> None:
    desk = Desk("tcp", pin="4711")
    set_fault(desk.display, "blocked_pin", value=True, seconds=None)
    visitor = Visitor(desk)
    await visitor.shake_hands()
    assert await visitor.whisper(b"4711") == bytes.fromhex(BYTES["the display is locked"])


async def test_one_client_at_a_time() -> None:
    clock = VirtualClock()
    wire = TcpWire(clock)
    display = MdcSimulator(MdcSettings(), "tcp", clock)
    wire.attach(display)
    await wire.open()
    try:
        first = await asyncio.open_connection("127.0.0.1", wire.port)
        second = await asyncio.open_connection("127.0.0.1", wire.port)
        assert await second[0].read() == b""
        first[1].write(bytes.fromhex(BYTES["is it on?"]))
        await clock.advance(0.1)
        assert (await first[0].read(20)).hex(" ") == BYTES["it is off"]
        for _, writer in (first, second):
            writer.close()
            await writer.wait_closed()
    finally:
        await wire.close()


async def test_a_reboot_ends_what_was_begun() -> None:
    desk = Desk("tcp", pin="4711")
    visitor = Visitor(desk)
    await visitor.shake_hands()
    desk.display.power_cycle()
    assert desk.display.state.power == "off"
    assert await visitor.say(b"x") == b""
