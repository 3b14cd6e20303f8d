"""A line in memory."""

from __future__ import annotations

import pytest

from drivers.clock import VirtualClock
from drivers.errors import DriverError, Refused, Unreachable
from drivers.transport.frames import Chunk, Frame, Publish
from drivers.transport.memory import Memory


class Far:
    """What a link would hear."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.errors: list[DriverError] = []


async def opened(**options: float) -> tuple[VirtualClock, Memory, Far]:
    clock = VirtualClock(pause=0)
    line, far = Memory(clock, **options), Far()
    await line.open(far.chunks.append, far.errors.append)
    return clock, line, far


async def test_it_records_what_is_sent_with_its_time_and_gives_what_it_is_fed() -> None:
    clock, line, far = await opened(byte_time=0.01)
    told: list[Frame] = []
    line.on_send = told.append
    await clock.advance(2.0)
    await line.send(b"hello")
    line.feed(b"ok")
    assert line.sent == [(clock.monotonic(), b"hello")]
    assert told == [b"hello"]
    assert far.chunks == [b"ok"]
    assert line.wire_time(5) == pytest.approx(0.05)
    assert line.is_open


async def test_closed_it_takes_and_gives_nothing() -> None:
    _, line, far = await opened()
    await line.close()
    await line.close()
    line.feed(b"late")
    line.lose()
    with pytest.raises(Unreachable):
        await line.send(b"hello")
    assert (far.chunks, far.errors, line.is_open) == ([], [], False)


async def test_a_line_that_breaks_says_so_once() -> None:
    _, line, far = await opened()
    line.lose()
    line.lose()
    assert [e.code for e in far.errors] == ["unreachable"]
    assert not line.is_open


async def test_an_opening_may_be_refused() -> None:
    line, far = Memory(VirtualClock(pause=0)), Far()
    line.refuse = Refused("auth", permanent=True)
    with pytest.raises(Refused):
        await line.open(far.chunks.append, far.errors.append)
    line.refuse = None
    await line.open(far.chunks.append, far.errors.append)
    assert line.openings == 2


async def test_topics_are_noted_and_the_rest_is_unknown() -> None:
    _, line, _ = await opened()
    line.subscribe(("a/b", "c/#"))
    line.subscribe(("a/b",))
    await line.send(Publish("a/b", b"x"))
    assert line.topics == {"a/b", "c/#"}
    assert (line.endpoint, line.present(), line.descriptor()) == ("memory:", None, None)
