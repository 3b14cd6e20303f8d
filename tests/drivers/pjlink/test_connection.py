"""What ends a connection, what goes first on it, and when its end is no loss."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.errors import DriverError, Garbled, NoReply, Unreachable
from drivers.pjlink import codec, notices
from drivers.pjlink.connection import IDLE, Asleep, Connection
from drivers.pjlink.tables import ANSWER, CLOSED, FRESH, LINE, NOTE, OPEN, SILENCE
from drivers.transport.frames import Chunk, HttpRequest, Publish, Published
from drivers.transport.memory import Memory
from drivers.transport.tcp import HungUp

POWER = codec.ask("POWR", 1)
DIGEST = codec.digest("498e4a67", "JBMIAProjectorLink")


class Quick(Memory):
    """A line on which something happens while it is opened."""

    happens: Callable[[Quick], None] = staticmethod(lambda _line: None)

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        await super().open(on_chunk, on_lost)
        self.happens(self)

    def hang_up(self, error: DriverError) -> None:
        self._on_chunk = None
        self._on_lost(error)


class Bench:
    """A connection over a line that is fed by hand."""

    def __init__(self, **options: Any) -> None:
        self.clock = VirtualClock()
        self.line = Quick(self.clock)
        options = {"keep_open": True, "password": None, "notices": None, **options}
        self.connection = Connection(self.line, self.clock, **options)
        self.heard: list[Chunk] = []
        self.lost: list[DriverError] = []

    async def open(self, greeting: bytes = b"PJLINK 0\r") -> Bench:
        """Connect and be greeted."""
        await self.connection.open(self.heard.append, self.lost.append)
        await self.feed(greeting)
        return self

    async def feed(self, data: bytes) -> None:
        self.line.feed(data)
        await self.clock.advance(0)

    async def ask(self, line: bytes = POWER, answer: bytes = b"%1POWR=0\r") -> None:
        await self.connection.send(line)
        await self.feed(answer)

    async def reopen(self, greeting: bytes = b"PJLINK 0\r") -> None:
        await self.connection.send(Publish(OPEN, b""))
        await self.clock.advance(0)
        await self.feed(greeting)

    async def hang_up(self, error: DriverError | None = None) -> None:
        """Let the far end close, or break."""
        self.line.hang_up(error or HungUp("closed by the device"))
        await self.clock.advance(0)

    def is_open(self) -> bool:
        return self.line.is_open

    def sent(self) -> list[bytes]:
        return [frame for _, frame in self.line.sent if isinstance(frame, bytes)]

    def words(self) -> list[str]:
        """Return what it told besides bytes."""
        return [chunk.topic for chunk in self.heard if isinstance(chunk, Published)]


# -- what goes first -------------------------------------------------------------------------------


async def test_a_connection_begins_with_a_word_and_then_its_greeting() -> None:
    bench = await Bench().open()
    assert bench.heard == [Published(FRESH, b"", retain=False), b"PJLINK 0\r"]


async def test_what_comes_while_it_opens_is_heard_after_the_word() -> None:
    bench = Bench()
    bench.line.happens = lambda line: line.feed(b"PJLINK 0\r")
    await bench.open(b"")
    assert bench.heard[:2] == [Published(FRESH, b"", retain=False), b"PJLINK 0\r"]
    await bench.connection.send(POWER)


async def test_turned_away_at_the_door_is_a_loss_and_no_beginning() -> None:
    """So does a unit that serves one client at a time."""
    bench = Bench()
    bench.line.happens = lambda line: line.hang_up(HungUp("closed by the device"))
    await bench.open(b"")
    await bench.clock.advance(60)
    assert [type(error) for error in bench.lost] == [HungUp]
    assert bench.words() == [CLOSED]


async def test_closed_before_it_began_is_a_loss_and_no_beginning() -> None:
    bench = Bench()
    await bench.connection.open(bench.heard.append, bench.lost.append)
    await bench.hang_up()
    assert [type(error) for error in bench.lost] == [HungUp]
    assert bench.words() == [CLOSED]


async def test_nothing_goes_before_the_greeting() -> None:
    bench = await Bench().open(b"Welcome to the network interface\r")
    with pytest.raises(Asleep):
        await bench.connection.send(POWER)
    await bench.feed(b"PJLINK 0\r")
    await bench.connection.send(POWER)
    assert bench.sent() == [POWER]


async def test_the_digest_is_in_front_of_the_first_line_whichever_it_is() -> None:
    bench = await Bench(password="JBMIAProjectorLink").open(b"PJLINK 1 498e4a67\r")
    await bench.ask(codec.put("AVMT", "11", 1), b"%1AVMT=OK\r")
    await bench.ask()
    assert bench.sent() == [DIGEST + b"%1AVMT 11\r", POWER]


async def test_each_connection_has_a_digest_of_its_own() -> None:
    bench = await Bench(password="JBMIAProjectorLink").open(b"PJLINK 1 498e4a67\r")
    await bench.ask()
    await bench.hang_up()
    await bench.reopen(b"PJLINK 1 00000000\r")
    await bench.ask()
    assert bench.sent()[1] == codec.digest("00000000", "JBMIAProjectorLink") + POWER


async def test_no_digest_where_none_is_wanted() -> None:
    bench = await Bench(password="x").open()
    await bench.ask()
    assert bench.sent() == [POWER]


async def test_nothing_goes_where_a_password_is_wanted_and_none_is_set() -> None:
    bench = await Bench().open(b"PJLINK 1 498e4a67\r")
    with pytest.raises(Asleep):
        await bench.connection.send(POWER)
    assert bench.sent() == []


async def test_a_second_greeting_changes_nothing() -> None:
    bench = await Bench(password="JBMIAProjectorLink").open(b"PJLINK 1 498e4a67\r")
    await bench.feed(b"PJLINK 1 00000000\r")
    await bench.ask()
    assert bench.sent() == [DIGEST + POWER]


# -- what ends it ----------------------------------------------------------------------------------


async def test_no_answer_for_five_seconds_closes_it() -> None:
    bench = await Bench().open()
    await bench.connection.send(POWER)
    await bench.clock.advance(ANSWER - 0.1)
    assert bench.is_open()
    await bench.clock.advance(0.2)
    assert not bench.is_open()
    assert [type(error) for error in bench.lost] == [NoReply]
    assert bench.words() == [FRESH, CLOSED]


@pytest.mark.parametrize("other", [b"%1INPT=31\r", b"%1POWR=OK\r", b"noise\r", b"%1POWR"])
async def test_something_else_is_no_answer(other: bytes) -> None:
    bench = await Bench().open()
    await bench.connection.send(POWER)
    await bench.clock.advance(ANSWER - 0.1)
    await bench.feed(other)
    await bench.clock.advance(0.2)
    assert [type(error) for error in bench.lost] == [NoReply]


@pytest.mark.parametrize("answer", [b"%1POWR=3\r", b"%1POWR=ERR3\r", b"PJLINK ERRA\r"])
async def test_a_no_is_an_answer(answer: bytes) -> None:
    bench = await Bench().open()
    await bench.ask(answer=answer)
    await bench.clock.advance(60)
    assert bench.lost == []
    assert bench.is_open()


async def test_no_greeting_for_five_seconds_closes_it() -> None:
    bench = await Bench().open(b"")
    await bench.clock.advance(ANSWER + 0.1)
    assert [type(error) for error in bench.lost] == [NoReply]
    assert not bench.is_open()


async def test_a_line_that_is_too_long_closes_it() -> None:
    bench = await Bench().open()
    await bench.feed(b"x" * LINE)
    assert bench.lost == []
    await bench.feed(b"x")
    assert [type(error) for error in bench.lost] == [Garbled]
    assert not bench.is_open()


async def test_what_arrives_after_the_end_is_not_heard() -> None:
    bench = await Bench().open()
    await bench.feed(b"x" * 200)
    count = len(bench.heard)
    bench.connection._received(b"%1POWR=1\r")
    assert len(bench.heard) == count


# -- when the end is no loss -----------------------------------------------------------------------


async def test_closed_between_commands_is_no_loss() -> None:
    bench = await Bench().open()
    await bench.ask()
    await bench.hang_up()
    assert bench.lost == []
    assert bench.words() == [FRESH, CLOSED]
    with pytest.raises(Asleep):
        await bench.connection.send(POWER)
    await bench.reopen()
    await bench.ask()
    assert bench.words() == [FRESH, CLOSED, FRESH]
    assert bench.sent() == [POWER, POWER]


async def test_closed_in_place_of_an_answer_is_a_loss() -> None:
    bench = await Bench().open()
    await bench.connection.send(POWER)
    await bench.hang_up()
    assert [type(error) for error in bench.lost] == [HungUp]


async def test_broken_between_commands_is_a_loss() -> None:
    bench = await Bench().open()
    await bench.hang_up(Unreachable("reset"))
    assert [type(error) for error in bench.lost] == [Unreachable]


async def test_for_a_minute_after_a_power_command_silence_is_no_loss() -> None:
    bench = await Bench().open()
    await bench.ask(codec.put("POWR", "1", 1), b"%1POWR=OK\r")
    await bench.connection.send(POWER)
    await bench.hang_up()
    assert bench.lost == []
    bench.line.refuse = Unreachable("nobody there")
    await bench.connection.send(Publish(OPEN, b""))
    await bench.clock.advance(SILENCE - 1)
    assert bench.lost == []
    assert bench.words() == [FRESH, CLOSED, CLOSED]
    await bench.clock.advance(1)
    await bench.connection.send(Publish(OPEN, b""))
    await bench.clock.advance(0)
    assert bench.lost == [bench.line.refuse]


async def test_a_broken_connection_is_a_loss_at_any_time() -> None:
    bench = await Bench().open()
    await bench.ask(codec.put("POWR", "0", 1), b"%1POWR=OK\r")
    await bench.hang_up(Unreachable("reset"))
    assert [type(error) for error in bench.lost] == [Unreachable]


async def test_an_answer_that_fails_to_come_after_a_power_command_closes_it_quietly() -> None:
    bench = await Bench().open()
    await bench.connection.send(codec.put("POWR", "0", 1))
    await bench.clock.advance(ANSWER)
    assert not bench.is_open()
    assert bench.lost == []


async def test_it_is_not_opened_twice_at_once() -> None:
    bench = await Bench().open()
    await bench.connection.send(Publish(OPEN, b""))
    await bench.clock.advance(0)
    assert bench.line.openings == 1
    await bench.hang_up()
    for _ in range(3):
        await bench.connection.send(Publish(OPEN, b""))
    await bench.clock.advance(0)
    assert bench.line.openings == 2


# -- connecting for each burst ---------------------------------------------------------------------


async def test_without_keep_open_it_closes_when_nothing_is_said() -> None:
    bench = await Bench(keep_open=False).open()
    for _ in range(3):
        await bench.clock.advance(IDLE - 0.1)
        await bench.ask()
    assert bench.is_open()
    await bench.clock.advance(IDLE + 0.1)
    assert not bench.is_open()
    assert bench.lost == []
    assert bench.words()[-1] == CLOSED


async def test_without_keep_open_it_waits_for_the_answer() -> None:
    bench = await Bench(keep_open=False).open()
    await bench.connection.send(POWER)
    await bench.clock.advance(ANSWER - 0.1)
    assert bench.is_open()
    await bench.feed(b"%1POWR=1\r")
    await bench.clock.advance(IDLE + 0.1)
    assert not bench.is_open()


# -- notices ---------------------------------------------------------------------------------------


async def test_notices_are_handed_on_and_end_with_the_connection() -> None:
    bench = await Bench(notices=("127.0.0.1", 0)).open()
    listening = bench.connection._listening
    assert listening is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as projector:
        projector.sendto(b"%2POWR=3\r", ("127.0.0.1", listening.port))
    await bench.clock.advance(0)
    assert bench.heard[-1] == Published(NOTE, b"%2POWR=3\r", retain=False)
    await bench.connection.close()
    assert notices._open_sockets() == {}


async def test_notices_survive_a_connection_that_is_closed_between_commands() -> None:
    bench = await Bench(notices=("127.0.0.1", 0)).open()
    listening = bench.connection._listening
    await bench.hang_up()
    await bench.reopen()
    assert bench.connection._listening is listening
    await bench.connection.close()


async def test_a_taken_port_costs_the_notices_and_not_the_projector() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        bench = await Bench(notices=("127.0.0.1", other.getsockname()[1])).open()
        await bench.ask()
    assert bench.lost == []
    assert bench.sent() == [POWER]


# -- the rest of a transport -----------------------------------------------------------------------


async def test_it_says_when_nobody_is_there() -> None:
    bench = Bench()
    bench.line.refuse = Unreachable("nobody there")
    with pytest.raises(Unreachable):
        await bench.open()


async def test_a_closed_connection_says_nothing_more() -> None:
    bench = await Bench(keep_open=False).open()
    await bench.connection.send(POWER)
    await bench.connection.close()
    await bench.connection.close()
    count = len(bench.heard)
    await bench.clock.advance(60)
    assert (len(bench.heard), bench.lost) == (count, [])


async def test_a_line_that_breaks_under_a_send_is_lost_once() -> None:
    bench = await Bench().open()
    await bench.line.close()
    with pytest.raises(Asleep):
        await bench.connection.send(POWER)
    assert [type(error) for error in bench.lost] == [Unreachable]
    assert bench.words() == [FRESH, CLOSED]


async def test_it_takes_lines_only() -> None:
    bench = await Bench().open()
    with pytest.raises(TypeError):
        await bench.connection.send(HttpRequest("GET", "/"))
    bench.connection._received(Published("x", b"", retain=False))
    await bench.connection.send(Publish("x", b""))
    assert bench.sent() == []


async def test_it_stands_for_the_line_below() -> None:
    bench = await Bench().open()
    assert bench.connection.endpoint == bench.line.endpoint
    assert bench.connection.wire_time(100) == 0
    assert bench.connection.present() is None
    assert bench.connection.descriptor() is None
    bench.connection.subscribe(("x",))
    assert bench.line.topics == set()
