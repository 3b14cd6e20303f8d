"""What the lines share: waiting, insisting, and what errors mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from drivers.clock import VirtualClock
from drivers.errors import Garbled, NoReply, Refused
from drivers.visca import codec
from drivers.visca.line import (
    STOP_BUSY,
    STOP_EVERY,
    STOP_FOR,
    BufferFull,
    Question,
    Wait,
    answered,
    await_completion,
    completed,
    insist,
    refusal,
    taken,
    value_of,
)
from drivers.visca.replies import Acknowledged, Answered, Completed, Denied


@pytest.mark.parametrize(
    "fault, word",
    [
        (0x01, "length"),
        (0x02, "syntax"),
        (0x03, "buffer_full"),
        (0x04, "cancelled"),
        (0x05, "no_socket"),
        (0x41, "not_now"),
        (0x00, "00"),
        (0x7F, "7F"),
    ],
)
def test_every_error_has_a_word(fault: int, word: str) -> None:
    error = refusal(fault)
    assert error.device_code == word
    assert isinstance(error, BufferFull) is (fault == 3)


def test_only_the_own_number_counts() -> None:
    question = Question(b"", 7)
    for until in (taken(question), completed(question), answered(question)):
        assert until(Acknowledged(8, 1)) is until(Completed(8)) is until(Denied(8, 2)) is None
        assert until(Answered(8, b"")) is None
    assert answered(question)(Answered(7, b"\x02")) == Answered(7, b"\x02")
    with pytest.raises(Refused):
        answered(question)(Denied(7, 2))


def test_a_completion_counts_as_the_end_only_after_the_acknowledgement() -> None:
    question = Question(b"", 7)
    end = completed(question)
    assert end(Completed(7)) is None
    assert end(Denied(7, 0x41)) is None
    assert taken(question)(Completed(7)) == Completed(7)
    assert taken(question)(Acknowledged(7, 1)) == Acknowledged(7, 1)
    assert end(Completed(7)) == Completed(7)
    with pytest.raises(Refused):
        end(Denied(7, 0x41))


def test_what_has_not_left_has_no_answer() -> None:
    assert taken(Question(b""))(Acknowledged(1, 1)) is None


def test_an_answer_is_read_or_garbled() -> None:
    inquiry = codec.ask_power(1)
    assert value_of(inquiry, Answered(1, b"\x02")) is True
    with pytest.raises(Garbled, match="neither"):
        value_of(inquiry, Answered(1, b"\x07"))


# -- completions ---------------------------------------------------------------------------------------------------


class Completion:
    """Comes after some seconds."""

    def __init__(self, after: float) -> None:
        self.left = after
        self.waited = 0.0

    async def within(self, seconds: float) -> None:
        step = min(seconds, self.left)
        self.waited += step
        self.left -= step
        if self.left > 0:
            raise NoReply("not yet")


async def test_a_completion_is_waited_for_in_looks() -> None:
    looks: list[int] = []

    def known() -> bool:
        looks.append(1)
        return False

    wait = Wait(20.0, known=known, taken=lambda: looks.append(0))
    completion = Completion(3.5)
    await await_completion(Acknowledged(1, 1), completion.within, wait)
    assert completion.waited == 3.5
    assert looks == [0, 1, 1, 1]


async def test_it_ends_when_an_inquiry_has_told() -> None:
    completion = Completion(100)
    await await_completion(Acknowledged(1, 1), completion.within, Wait(20.0, known=lambda: True))
    assert completion.waited == 1


async def test_it_ends_when_its_time_is_over() -> None:
    completion = Completion(100)
    with pytest.raises(NoReply):
        await await_completion(Acknowledged(1, 1), completion.within, Wait(2.5))
    assert completion.waited == 2.5


async def test_nothing_is_waited_for_after_a_completion() -> None:
    completion = Completion(100)
    await await_completion(Completed(1), completion.within, Wait(2.5))
    assert completion.waited == 0


# -- insisting -----------------------------------------------------------------------------------------------------


class Camera:
    """Takes a stop at the n-th copy, and answers `no` to others."""

    def __init__(self, at: dict[bytes, int], no: Callable[[], Exception] | None = None) -> None:
        self.clock = VirtualClock(start=0.0, pause=0)
        self.at = at
        self.no = no
        self.copies: list[tuple[float, bytes]] = []

    async def attempt(self, packet: bytes, seconds: float) -> bool:
        self.copies.append((round(self.clock.monotonic(), 3), packet))
        self.at[packet] -= 1
        if self.at[packet] > 0:
            if self.no is not None:
                raise self.no()
            await self.clock.sleep(seconds)
            return False
        return True

    async def insist(self) -> list[tuple[float, bytes]]:
        """Insist on both packets; the clock runs beside."""
        task = asyncio.create_task(insist(self.clock, (b"p", b"z"), self.attempt))
        while not task.done():
            await self.clock.advance(0.05)
        task.result()
        return self.copies


async def test_both_leave_at_once_when_all_is_well() -> None:
    assert await Camera({b"p": 1, b"z": 1}).insist() == [(0, b"p"), (0, b"z")]


async def test_one_that_is_not_taken_does_not_hold_up_the_other() -> None:
    copies = await Camera({b"p": 3, b"z": 1}).insist()
    assert copies == [(0, b"p"), (STOP_EVERY / 2, b"z"), (0.05, b"p"), (0.15, b"p")]


async def test_busy_sockets_are_tried_every_50_ms() -> None:
    copies = await Camera({b"p": 3, b"z": 1}, BufferFull).insist()
    assert [at for at, packet in copies if packet == b"p"] == [0, STOP_BUSY, 2 * STOP_BUSY]


async def test_it_ends_after_a_second() -> None:
    camera = Camera({b"p": 1000, b"z": 1000})
    with pytest.raises(NoReply):
        await camera.insist()
    assert camera.copies[-1][0] <= STOP_FOR
    assert len(camera.copies) == 20


async def test_a_no_to_one_is_told_after_the_other_was_taken() -> None:
    camera = Camera({b"p": 2, b"z": 1}, lambda: Refused("not_now"))
    with pytest.raises(Refused, match="not_now"):
        await camera.insist()
    assert [packet for _, packet in camera.copies] == [b"p", b"z"]
