"""Bare packets, on a serial chain, over TCP or over UDP."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

from drivers.commands import RetryClass
from drivers.errors import NoReply, Refused
from drivers.job import current_job
from drivers.port import REPLY_SIZE, Port
from drivers.visca import codec
from drivers.visca.codec import Inquiry
from drivers.visca.line import (
    Question,
    Wait,
    answered,
    await_completion,
    completed,
    insist,
    taken,
    value_of,
)
from drivers.visca.raw_replies import RawReplies
from drivers.visca.replies import Acknowledged, Completed

T = TypeVar("T")

ANSWER = 0.25
"""Seconds for an acknowledgement or an answer, time on the wire not counted (protocols.md 2.2)."""
LEAST = 0.02
"""Seconds that a camera has for its answer to a copy of a stop at least, however slow the wire is."""
ACKNOWLEDGEMENT = 6
"""Bytes until a stop is acknowledged: the end of the command before it may come first."""


class RawLine:
    """See the module. A command is never sent while an earlier one is not acknowledged, except a stop."""

    def __init__(self, port: Port, replies: RawReplies) -> None:
        self._port = port
        self._replies = replies
        self._kind = port.transport_kind

    async def begin(self) -> None:
        """Empty the camera's buffers; a serial chain is cleared as a whole before this."""
        if self._kind == "serial":
            return
        question = self._question(codec.clear(self._replies.camera))

        def leave() -> bytes:
            self._replies.clearing(question.number)
            return question.packet

        with contextlib.suppress(Refused):  # a camera that does not know this has nothing to empty
            await self._port.exchange(leave, until=taken(question), timeout=ANSWER)

    async def command(
        self, packet: bytes, wait: Wait | None = None, leaving: Callable[[], object] | None = None
    ) -> None:
        """See `Line`. One repeat for what is absolute; none over TCP, which loses nothing."""
        await self._fence(needed=False)
        question = self._question(packet)

        def leave() -> bytes:
            self._replies.command(question.number, slow=wait is not None and wait.slow)
            if leaving is not None:
                leaving()
            return packet

        with self._port.listen(completed(question)) as completion:
            try:
                first = await self._first_answer(leave, question, later=wait is not None)
                if wait is not None and not question.taken:
                    question.taken = True
                    await await_completion(first, completion.within, wait)
                    return
            finally:
                self._replies.give_up(question.number)
            if wait is not None:
                await await_completion(first, completion.within, wait)

    async def _first_answer(
        self, leave: Callable[[], bytes], question: Question, *, later: bool
    ) -> Acknowledged | Completed:
        """Return what came first.

        Args:
            later: a completion is awaited, so that a camera that never acknowledges may be taken at its silence.
        """
        absolute = current_job.get().retry is RetryClass.ABSOLUTE
        copies = 2 if absolute and self._kind != "tcp" else 1
        while True:
            copies -= 1
            try:
                return await self._port.exchange(leave, until=taken(question), timeout=ANSWER)
            except NoReply:
                if self._replies.take_finished(question.number):
                    return Completed(question.number)
                if later and self._replies.never_acknowledges:
                    return Acknowledged(question.number, 0)
                if copies == 0:
                    raise

    async def inquire(self, inquiry: Inquiry[T]) -> T:
        """See `Line`."""
        await self._fence(needed=True)
        return await self._ask(inquiry)

    async def _ask(self, inquiry: Inquiry[T]) -> T:
        question = self._question(inquiry.packet)

        def leave() -> bytes:
            self._replies.inquiry(question.number, inquiry.sizes)
            return question.packet

        try:
            answer = await self._port.exchange(leave, until=answered(question), timeout=ANSWER)
        finally:
            self._replies.give_up(question.number)
        return value_of(inquiry, answer)

    async def _fence(self, *, needed: bool) -> None:
        """After an answer that did not come, ask for the version: what comes before its answer is late, and is dropped.

        Args:
            needed: raise `NoReply` where this is not answered either. A command goes out all the same: some cameras do
                not know the question, and answers still find their own command by order.
        """
        if not self._replies.dirty:
            return
        try:
            await self._ask(codec.ask_version(self._replies.camera))
        except NoReply:
            if needed:
                raise
        except Refused:
            return

    async def stop(self, packets: tuple[bytes, ...]) -> None:
        """See `Line`. It waits for no fence; a late acknowledgement of another command does not count for it."""
        questions = {packet: self._question(packet) for packet in packets}
        heard: set[int] = set()

        def note(message: object) -> bool | None:
            if isinstance(message, Acknowledged | Completed):
                heard.add(message.number)
            return None

        async def attempt(packet: bytes, seconds: float) -> bool:
            return questions[packet].number in heard or await self._stop_once(
                questions[packet], seconds
            )

        with self._port.listen(note):
            try:
                await insist(self._port.clock, packets, attempt)
            finally:
                for question in questions.values():
                    self._replies.give_up(question.number)

    async def _stop_once(self, question: Question, seconds: float) -> bool:
        there = self._port.wire_time(len(question.packet))
        least = there + self._port.wire_time(ACKNOWLEDGEMENT) + LEAST
        reckoned = there + self._port.wire_time(
            REPLY_SIZE
        )  # by the port, for answers of any length

        def leave() -> bytes:
            self._replies.command(question.number)
            return question.packet

        try:
            await self._port.exchange(
                leave, until=taken(question), timeout=max(seconds, least) - reckoned
            )
        except NoReply:
            return self._replies.take_finished(question.number)
        return True

    def _question(self, packet: bytes) -> Question:
        return Question(packet, self._replies.number())
