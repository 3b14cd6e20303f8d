"""The connection, against a display in memory that is as talkative as each test wants."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.errors import DriverError, Garbled, NoReply, Refused, Unreachable
from drivers.samsung_mdc.certificate import server_context
from drivers.samsung_mdc.connection import Connection
from drivers.samsung_mdc.tunnel import Tunnel
from drivers.transport.frames import Chunk, Frame, Published
from drivers.transport.memory import Memory
from drivers.transport.tcp import HungUp

BANNER = b"MDCSTART<<TLS>>"
PASS, WRONG, BLOCKED = b"MDCAUTH<<PASS>>", b"MDCAUTH<<FAIL:0x01>>", b"MDCAUTH<<FAIL:0x02>>"
CERTIFICATE = "memory: certificate"
PIN = "memory: pin"


class Far:
    """The display's end: greets, encrypts, and judges PINs by `verdict`; None says nothing."""

    def __init__(self, line: Memory, *, number: int = 1, piece: int = 0) -> None:
        self.line = line
        self.number = number
        self.piece = piece
        self.greeting = BANNER
        self.verdict: bytes | None = PASS
        self.hangs_up = False
        self.says_goodbye = False
        self.pins: list[bytes] = []
        self.heard = b""
        self.tunnel: Tunnel | None = None
        line.on_send = self.take

    def greet(self) -> None:
        self.tunnel = Tunnel(server_context(self.number), server=True)
        self.say(self.greeting, plain=True)

    def say(self, data: bytes, *, plain: bool = False) -> None:
        if not plain:
            assert self.tunnel is not None
            data = self.tunnel.seal(data)
        size = self.piece or max(1, len(data))
        for place in range(0, len(data), size):
            self.line.feed(data[place : place + size])

    def take(self, frame: Frame) -> None:
        assert isinstance(frame, bytes)
        assert self.tunnel is not None
        said, answer = self.tunnel.feed(frame)
        if answer:
            self.say(answer, plain=True)
        if said and not self.pins:
            self.pins.append(said)
            self.judge()
        else:
            self.heard += said

    def judge(self) -> None:
        if self.verdict is not None:
            self.say(self.verdict)
        if self.says_goodbye and self.tunnel is not None:
            self.say(self.tunnel.close(), plain=True)
        if self.hangs_up:
            self.line.lose()


class Near:
    """The connection under test, and what it told its link."""

    def __init__(
        self,
        memory: MutableMapping[str, str] | None = None,
        *,
        pin: str | None = "4711",
        certificate: str | None = None,
        piece: int = 0,
    ) -> None:
        self.clock = VirtualClock()
        self.line = Memory(self.clock)
        self.far = Far(self.line, piece=piece)
        self.memory = {} if memory is None else memory
        self.connection = Connection(
            self.line, self.clock, self.memory, pin=pin, certificate=certificate
        )
        self.said: list[Chunk] = []
        self.lost: list[DriverError] = []

    async def open(self) -> DriverError | None:
        """Open, while the clock runs; return what was raised."""
        self.far.pins.clear()
        task = asyncio.create_task(self.connection.open(self.said.append, self.lost.append))
        await self.clock.advance(0.1)
        if self.line.is_open:
            self.far.greet()
        await self.clock.advance(10)
        assert task.done()
        error = task.exception()
        assert error is None or isinstance(error, DriverError)
        return error

    async def code(self) -> str:
        """Open; return the device code of the lasting refusal."""
        error = await self.open()
        assert isinstance(error, Refused)
        assert error.permanent
        assert not self.line.is_open
        return error.device_code


@pytest.mark.parametrize("piece", [0, 1, 7])
async def test_it_logs_in_and_then_all_is_encrypted(piece: int) -> None:
    near = Near(piece=piece)
    assert await near.open() is None
    assert near.far.pins == [b"4711"]
    await near.connection.send(b"\xaa\x11\x01\x00\x12")
    assert near.far.heard == b"\xaa\x11\x01\x00\x12"
    assert near.line.sent[-1][1] != near.far.heard
    near.far.say(b"\xaa\xff\x01")
    assert near.said == [b"\xaa\xff\x01"]
    assert near.lost == []
    assert PIN not in near.memory
    assert len(near.memory[CERTIFICATE]) == 64


async def test_a_loss_right_after_the_verdict_is_told() -> None:
    near = Near()
    near.far.hangs_up = True
    assert await near.open() is None
    assert [type(error) for error in near.lost] == [Unreachable]


async def test_what_follows_the_verdict_at_once_is_not_lost() -> None:
    near = Near()
    near.far.verdict = PASS + b"\xaa\xff"
    assert await near.open() is None
    assert near.said == [b"\xaa\xff"]


@pytest.mark.parametrize(
    "verdict, code",
    [(WRONG, "wrong_pin"), (BLOCKED, "pin_blocked"), (b"MDCAUTH<<FAIL:0x7f>>", "pin_0x7f")],
)
async def test_a_pin_that_is_refused_is_sent_once_and_stops_the_attempts(
    verdict: bytes, code: str
) -> None:
    near = Near()
    near.far.verdict = verdict
    assert await near.code() == code
    assert near.far.pins == [b"4711"]
    assert "4711" not in str(near.memory)


async def test_a_refused_pin_is_held_back_after_a_restart_and_tried_when_a_person_asks() -> None:
    memory: dict[str, str] = {}
    first = Near(memory)
    first.far.verdict = WRONG
    assert await first.code() == "wrong_pin"
    restarted = Near(memory)
    assert await restarted.code() == "wrong_pin"
    assert restarted.line.openings == 0
    assert await restarted.open() is None
    assert restarted.far.pins == [b"4711"]
    assert PIN not in memory
    assert await Near(memory).open() is None


async def test_after_a_refusal_the_next_attempt_is_a_persons() -> None:
    near = Near()
    near.far.verdict = WRONG
    assert await near.code() == "wrong_pin"
    near.far.verdict = PASS
    assert await near.open() is None


async def test_another_pin_is_another_try() -> None:
    memory: dict[str, str] = {}
    first = Near(memory)
    first.far.verdict = WRONG
    await first.open()
    assert await Near(memory, pin="4712").open() is None
    assert PIN not in memory


@pytest.mark.parametrize("end", ["silence", "hang up", "goodbye", "nonsense"])
async def test_a_pin_without_a_verdict_is_not_sent_again(end: str) -> None:
    memory: dict[str, str] = {}
    near = Near(memory)
    near.far.verdict = b"hello>>" if end == "nonsense" else None
    near.far.hangs_up = end == "hang up"
    near.far.says_goodbye = end == "goodbye"
    assert await near.code() == "pin_unanswered"
    restarted = Near(memory)
    assert await restarted.code() == "wrong_pin"
    assert restarted.far.pins == []


async def test_a_pin_that_was_right_before_may_go_unanswered_once() -> None:
    near = Near()
    assert await near.open() is None
    await near.connection.close()
    near.far.verdict, near.far.hangs_up = None, True
    error = await near.open()
    assert isinstance(error, Unreachable)
    assert not error.permanent
    near.far.verdict, near.far.hangs_up = PASS, False
    assert await near.open() is None


async def test_a_pin_that_was_right_and_is_wrong_now_is_sent_once() -> None:
    memory: dict[str, str] = {}
    near = Near(memory)
    assert await near.open() is None
    near.far.verdict = WRONG
    assert await near.code() == "wrong_pin"
    restarted = Near(memory)
    assert await restarted.code() == "wrong_pin"
    assert restarted.far.pins == []


async def test_another_certificate_is_another_device_and_gets_no_pin() -> None:
    memory: dict[str, str] = {}
    assert await Near(memory).open() is None
    known = memory[CERTIFICATE]
    near = Near(memory)
    near.far.number = 2
    assert await near.code() == "wrong_device"
    assert near.far.pins == []
    assert memory[CERTIFICATE] == known
    near.far.number = 1
    assert await near.open() is None


async def test_the_room_file_may_name_the_certificate() -> None:
    memory: dict[str, str] = {}
    assert await Near(memory).open() is None
    known = memory[CERTIFICATE]
    near = Near({CERTIFICATE: "0" * 64}, certificate=known)
    assert await near.open() is None
    assert near.memory[CERTIFICATE] == known
    assert await Near({}, certificate="0" * 64).code() == "wrong_device"


async def test_the_refusal_names_the_certificate_that_was_shown() -> None:
    near = Near(certificate="0" * 64)
    error = await near.open()
    other = Near()
    await other.open()
    assert other.memory[CERTIFICATE] in str(error)


async def test_a_display_that_says_nothing_is_asked_again_later() -> None:
    near = Near()
    near.far.greeting = b""
    error = await near.open()
    assert isinstance(error, NoReply)
    assert not error.permanent
    assert not near.line.is_open
    assert near.line.sent == []


@pytest.mark.parametrize("greeting", [b"\xaa\xff\x01\x03\x41\x11\x01\x56" * 2, BANNER + b"\0" * 50])
async def test_what_is_not_the_protocol_gets_no_pin(greeting: bytes) -> None:
    near = Near()
    near.far.greeting = greeting
    error = await near.open()
    assert isinstance(error, Garbled)
    assert near.far.pins == []
    assert PIN not in near.memory


async def test_nobody_there() -> None:
    near = Near()
    near.line.refuse = Unreachable("no route")
    assert str(await near.open()) == "no route"
    assert near.lost == []


async def test_a_connection_that_breaks_while_logging_in_is_told_once() -> None:
    near = Near()
    task = asyncio.create_task(near.connection.open(near.said.append, near.lost.append))
    await near.clock.advance(0.1)
    near.line.lose()
    await near.clock.advance(0.1)
    assert isinstance(task.exception(), Unreachable)
    assert near.lost == []


async def test_a_connection_that_breaks_later_is_lost() -> None:
    near = Near()
    assert await near.open() is None
    near.line.lose()
    assert [type(error) for error in near.lost] == [Unreachable]


async def test_a_byte_changed_on_the_way_ends_it() -> None:
    near = Near()
    assert await near.open() is None
    assert near.far.tunnel is not None
    sealed = bytearray(near.far.tunnel.seal(b"\xaa\xff"))
    sealed[-1] ^= 1
    near.line.feed(bytes(sealed))
    assert [type(error) for error in near.lost] == [Garbled]
    assert near.said == []


async def test_a_proper_goodbye_is_a_hang_up() -> None:
    near = Near()
    assert await near.open() is None
    assert near.far.tunnel is not None
    near.line.feed(near.far.tunnel.close())
    assert [type(error) for error in near.lost] == [HungUp]


async def test_closed_it_is_silent_and_may_be_opened_again() -> None:
    near = Near()
    await near.connection.close()
    assert await near.open() is None
    await near.connection.close()
    assert not near.line.is_open
    near.line.feed(b"late")
    assert near.said == []
    assert near.lost == []
    with pytest.raises(Unreachable):
        await near.connection.send(b"x")
    assert await near.open() is None
    assert near.far.pins == [b"4711"]


# -- without a PIN ----------------------------------------------------------------------------------------------------


async def plain(**options: Any) -> Near:
    near = Near(pin=None, **options)
    near.line.on_send = lambda _frame: None
    await near.connection.open(near.said.append, near.lost.append)
    return near


async def test_without_a_pin_bytes_pass_as_they_are() -> None:
    near = await plain()
    await near.connection.send(b"\xaa\x11")
    assert near.line.sent[0][1] == b"\xaa\x11"
    for piece in (b"\xaa", b"\xff\x01", b"x" * 40):
        near.line.feed(piece)
    assert near.said == [b"\xaa", b"\xff\x01", b"x" * 40]
    near.line.lose()
    assert [type(error) for error in near.lost] == [Unreachable]


@pytest.mark.parametrize("piece", [1, 4, 15])
async def test_the_banner_without_a_pin_is_said_and_ends_the_attempts(piece: int) -> None:
    near = await plain()
    for place in range(0, len(BANNER), piece):
        near.line.feed(BANNER[place : place + piece])
    (error,) = near.lost
    assert isinstance(error, Refused)
    assert (error.device_code, error.permanent) == ("pin_missing", True)


async def test_the_banner_later_is_nothing_special() -> None:
    near = await plain()
    near.line.feed(b"\xaa" * 15)
    near.line.feed(BANNER)
    assert near.lost == []


async def test_what_it_passes_on_of_the_line() -> None:
    near = await plain()
    near.connection.subscribe(("a/b",))
    assert near.connection.endpoint == "memory:"
    assert near.connection.wire_time(10) == 0.0
    assert near.connection.present() is None
    assert near.connection.descriptor() is None
    near.line.feed(Published("a", b"", retain=False))
    assert near.said == []
