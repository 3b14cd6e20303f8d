"""A wait for one answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drivers.clock import VirtualClock, settle
from drivers.errors import NoReply, Refused, Unreachable
from drivers.expectation import Expectation


def until(message: object) -> str | None:
    match message:
        case "no":
            raise Refused("no")
        case "bug":
            raise KeyError(message)
        case str() if message.startswith("yes"):
            return message
        case _:
            return None


def waiting() -> tuple[VirtualClock, list[Expectation[Any]], Expectation[str]]:
    clock, among = VirtualClock(pause=0), list[Expectation[Any]]()
    return clock, among, Expectation(clock, among, until)


async def test_the_first_that_fits_is_the_answer() -> None:
    _, _, wait = waiting()
    with wait:
        assert not wait.offer("other")
        assert not wait.done
        assert wait.offer("yes 1")
        assert not wait.offer("yes 2")
        assert await wait.within(1.0) == "yes 1"
    assert wait.answered


async def test_it_listens_inside_its_block_only() -> None:
    _, among, wait = waiting()
    assert among == []
    with wait:
        assert among == [wait]
    assert among == []


async def test_silence_is_no_reply_after_the_time() -> None:
    clock, _, wait = waiting()
    with wait:
        task = asyncio.create_task(wait.within(2.0))
        await clock.advance(1.9)
        assert not task.done()
        await clock.advance(0.2)
        with pytest.raises(NoReply, match="2 s"):
            task.result()
    assert not wait.answered


async def test_a_no_is_raised_and_is_an_answer() -> None:
    _, _, wait = waiting()
    with wait:
        assert wait.offer("no")
        with pytest.raises(Refused):
            await wait.within(1.0)
    assert wait.answered


async def test_a_drivers_mistake_ends_its_command_and_not_the_reader() -> None:
    _, _, wait = waiting()
    with wait:
        assert wait.offer("bug")
        with pytest.raises(KeyError):
            await wait.within(1.0)


async def test_a_lost_link_ends_it_and_is_no_answer() -> None:
    _, _, wait = waiting()
    with wait:
        wait.fail(Unreachable("gone"))
        wait.fail(Unreachable("again"))
        with pytest.raises(Unreachable, match="gone"):
            await wait.within(1.0)
    assert not wait.answered


async def test_an_error_that_nobody_fetches_is_no_complaint() -> None:
    _, _, wait = waiting()
    with wait:
        wait.fail(Unreachable("gone"))
    loop = asyncio.get_running_loop()
    heard: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: heard.append(context))
    del wait
    await settle(0)
    assert heard == []


async def test_an_answer_may_come_before_it_is_awaited_and_after_a_wait_was_given_up() -> None:
    clock, _, wait = waiting()
    with wait:
        task = asyncio.create_task(wait.within(5.0))
        await clock.advance(1.0)
        task.cancel()
        await asyncio.wait({task})
        assert wait.offer("yes")
        assert await wait.within(1.0) == "yes"
