"""Numbered messages over UDP. A copy keeps its number, so that the camera executes it once. SRG-300H, p. 31 and 32."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from drivers.errors import DriverError, NoReply, Refused
from drivers.port import Port
from drivers.visca import codec_ip
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
from drivers.visca.replies import Acknowledged, Completed, OutOfStep
from drivers.visca.sony_replies import SonyReplies

T = TypeVar("T")

ANSWER = 0.2
"""Seconds between copies of a message; with `COPIES` all within one second (protocols.md 2.3)."""
COPIES = 3
"""Copies after the first message."""
RESET_AFTER = 3
"""Unanswered messages in a row after which the numbers are begun anew."""


class SequenceError(DriverError):
    """The camera expected another number: it has not taken the message, or it has taken an earlier copy."""

    code = "garbled"
    retryable = True


@dataclass(eq=False)
class _Message(Question):
    """A packet that gets its number when it leaves, so that numbers leave in order whoever overtakes whom."""

    sequence: int | None = None
    """Its number on the wire."""
    epoch: int = 0
    """Which RESET that number counts from."""
    copies: int = 0

    @property
    def inquiry(self) -> bool:
        """Return whether it may be asked anew at any time."""
        return codec_ip.is_inquiry(self.packet)


class SonyLine:
    """See the module."""

    def __init__(self, port: Port, replies: SonyReplies) -> None:
        self._port = port
        self._replies = replies
        self._sequence = 0
        self._epoch = 0
        """How many RESETs have left."""
        self._unanswered = 0
        self._commands = 0
        """How many are between their first copy and its answer."""
        self._idle = asyncio.Event()
        self._idle.set()
        """No command is: a question between two copies would bring the numbers out of step."""

    async def begin(self) -> None:
        """Begin the numbers anew."""

        def done(message: object) -> bool | None:
            if isinstance(message, codec_ip.ControlReply) and message.sequence == 0:
                return True
            return None

        await self._port.exchange(self._reset, until=done, timeout=ANSWER, resends=COPIES)
        self._unanswered = 0

    async def command(
        self, packet: bytes, wait: Wait | None = None, leaving: Callable[[], object] | None = None
    ) -> None:
        """See `Line`. A wrong number at the first copy means that nothing was executed: it is sent once more."""
        try:
            await self._command(_Message(packet), wait, leaving)
        except SequenceError:
            try:
                await self._command(_Message(packet), wait, leaving)
            except SequenceError as error:
                raise NoReply("sequence error") from error

    async def _command(
        self, message: _Message, wait: Wait | None, leaving: Callable[[], object] | None
    ) -> None:
        await self._catch_up()
        first: Acknowledged | Completed
        with self._port.listen(completed(message)) as completion:
            try:
                with self._commanding():
                    first = await self._send(message, taken(message), leaving)
            except SequenceError:
                if message.copies > 1:
                    self._replies.executed(message.number)
                await self.begin()
                if message.copies <= 1:
                    raise
                if wait is None:
                    raise NoReply("perhaps executed: a copy had a wrong number") from None
                first = Acknowledged(message.number, 0)  # its completion still comes
                message.taken = True
            if wait is not None:
                await await_completion(first, completion.within, wait)

    async def inquire(self, inquiry: Inquiry[T]) -> T:
        """See `Line`. Asking again is harmless, whichever copy had the wrong number."""
        try:
            return await self._inquire(inquiry)
        except SequenceError:
            await self.begin()
        try:
            return await self._inquire(inquiry)
        except SequenceError as error:
            raise NoReply("sequence error") from error

    async def _inquire(self, inquiry: Inquiry[T]) -> T:
        await self._idle.wait()
        await self._catch_up()
        message = _Message(inquiry.packet)
        return value_of(inquiry, await self._send(message, answered(message)))

    async def stop(self, packets: tuple[bytes, ...]) -> None:
        """See `Line`. It waits for no RESET; after a wrong number RESET and the stop follow each other at once."""
        newest = {packet: _Message(packet) for packet in packets}
        mine: dict[int, bytes] = {}
        heard: set[bytes] = set()

        def note(message: object) -> bool | None:
            if isinstance(message, Acknowledged | Completed) and message.number in mine:
                heard.add(mine[message.number])
            return None

        async def attempt(packet: bytes, seconds: float) -> bool:
            if packet in heard:
                return True
            if newest[packet].sequence != self._sequence:
                newest[packet] = _Message(
                    packet
                )  # something has left since: an old number is wrong
            message = newest[packet]

            def leave() -> bytes:
                frame = self._leave(message)
                mine[message.number] = packet
                return frame

            try:
                await self._port.exchange(
                    leave, until=_in_step(message, taken(message)), timeout=seconds
                )
            except NoReply:
                return packet in heard
            except SequenceError:
                await self._port.send(self._reset())
                return False
            return True

        with self._port.listen(note):
            await insist(self._port.clock, packets, attempt)
        self._unanswered = 0

    # -- numbers --------------------------------------------------------------------------------------------------

    def _reset(self) -> bytes:
        self._replies.begin()
        self._sequence = 0
        self._epoch += 1
        return codec_ip.reset(0)

    @contextlib.contextmanager
    def _commanding(self) -> Generator[None]:
        self._commands += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._commands -= 1
            if self._commands == 0:
                self._idle.set()

    async def _catch_up(self) -> None:
        """Begin anew after three messages in a row that nobody answered."""
        if self._unanswered >= RESET_AFTER:
            await self.begin()

    def _leave(self, message: _Message) -> bytes:
        overtaken = message.sequence is not None and message.sequence != self._sequence
        if message.sequence is None or (overtaken and message.inquiry):
            message.sequence = self._sequence = (self._sequence + 1) % codec_ip.SEQUENCES
            message.epoch = self._epoch
            message.number = self._replies.ask(message.sequence)
        elif message.epoch != self._epoch:
            raise NoReply("the numbers began anew before its next copy")
        message.copies += 1
        return codec_ip.wrap(message.packet, message.sequence)

    async def _send(
        self,
        message: _Message,
        until: Callable[[object], T | None],
        leaving: Callable[[], object] | None = None,
    ) -> T:
        def leave() -> bytes:
            if leaving is not None:
                leaving()
            return self._leave(message)

        try:
            answer = await self._port.exchange(
                leave, until=_in_step(message, until), timeout=ANSWER, resends=COPIES
            )
        except NoReply:
            self._unanswered += 1
            raise
        except (Refused, SequenceError):
            self._unanswered = 0
            raise
        self._unanswered = 0
        return answer


def _in_step(
    message: _Message, until: Callable[[object], T | None]
) -> Callable[[object], T | None]:
    """Return `until`, which also raises where the camera expected another number."""

    def checked(reply: object) -> T | None:
        if isinstance(reply, OutOfStep) and reply.number == message.number:
            raise SequenceError("sequence error")
        return until(reply)

    return checked
