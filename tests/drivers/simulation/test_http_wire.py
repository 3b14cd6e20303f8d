"""A web server for simulators."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.clock import VirtualClock
from drivers.simulation import http_wire
from drivers.simulation.faults import clear_fault, set_fault
from drivers.simulation.http_wire import HttpWire
from drivers.transport.frames import HttpRequest, HttpResponse
from drivers.transport.http import Http
from tests.drivers.simulation.bench import Thing
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


@asynccontextmanager
async def wired() -> AsyncIterator[tuple[HttpWire, Thing, Http, Heard]]:
    clock = VirtualClock()
    wire, thing = HttpWire(clock), Thing(clock)
    wire.attach(thing)
    await wire.open()
    line, heard = Http(f"http://{wire.address}"), Heard()
    await heard.listen(line)
    try:
        yield wire, thing, line, heard
    finally:
        await line.close()
        await wire.close()


async def ask(line: Http, heard: Heard) -> HttpResponse | None:
    """Return the answer, or None when there is none."""
    before = len(heard.chunks)
    await line.send(HttpRequest("PUT", "/api?x=1", b"body"))
    await until(lambda: not line._tasks)
    answer = heard.chunks[before:]
    if not answer:
        return None
    assert isinstance(answer[0], HttpResponse)
    return answer[0]


async def test_a_request_is_heard_and_answered() -> None:
    async with wired() as (_, thing, line, heard):
        thing.answer = b"answer"
        answer = await ask(line, heard)
        assert answer is not None
        assert (answer.status, answer.body) == (200, b"answer")
        ((body, peer, topic),) = thing.heard
        assert (body, topic) == (b"body", "PUT /api?x=1")
        thing.emit(b"twice", peer=peer, topic="500")
        thing.emit(b"to nobody")


async def test_the_topic_of_an_answer_is_its_status() -> None:
    async with wired() as (_, thing, line, heard):
        await line.send(HttpRequest("GET", "/"))
        await until(lambda: thing.heard)
        thing.emit(b"", peer=thing.heard[0][1], topic="404")
        await until(lambda: heard.chunks)
        (answer,) = heard.chunks
        assert isinstance(answer, HttpResponse)
        assert answer.status == 404


async def test_a_mute_one_lets_requests_go_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_wire, "ANSWER", 0.02)
    async with wired() as (_, thing, line, heard):
        set_fault(thing, "mute", value=True, seconds=None)
        answer = await ask(line, heard)
        assert answer is not None
        assert answer.status == 504


@pytest.mark.parametrize("fault", ["unplug", "reboot"])
async def test_one_that_is_not_there_cuts_requests_off(fault: str) -> None:
    async with wired() as (wire, thing, line, heard):
        thing.answer = b"answer"
        set_fault(thing, fault, value=True, seconds=None)
        assert await ask(line, heard) is None
        assert thing.heard == []
        clear_fault(thing, fault)
        await wire.plug()
        assert await ask(line, heard) is not None


async def test_one_that_leaves_hears_nothing_more() -> None:
    async with wired() as (wire, thing, line, heard):
        other = Thing(thing.clock)
        other.answer = b"other"
        wire.attach(other)
        wire.detach(thing)
        answer = await ask(line, heard)
        assert answer is not None
        assert (answer.body, thing.heard, thing.events) == (b"other", [], ["closed"])


async def test_a_wire_that_was_never_opened_can_be_closed() -> None:
    await HttpWire(VirtualClock()).close()
