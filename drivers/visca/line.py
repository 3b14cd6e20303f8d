"""How commands and inquiries travel to one camera, whatever its wire.

A camera takes one command at a time and executes two; the acknowledgement names the socket in which a command runs,
and the completion comes later, in any order. `RawLine` speaks bare packets, `SonyLine` numbered messages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from drivers.clock import Clock
from drivers.errors import DriverError, Garbled, NoReply, Refused
from drivers.visca.codec import Inquiry
from drivers.visca.replies import Acknowledged, Answered, Completed, Denied
from drivers.visca.tables import WORDS, Fault

T = TypeVar("T")
R = TypeVar("R", Completed, Answered)

STOP_EVERY = 0.1
"""Seconds between copies of a stop until it is acknowledged ..."""
STOP_FOR = 1.0
"""... and for how long (protocols.md 2.2)."""
STOP_BUSY = 0.05
"""Seconds between copies of a stop while both sockets are busy."""
LOOK_EVERY = 1.0
"""Seconds between looks whether a completion is still needed."""


class BufferFull(Refused):
    """Both sockets are busy."""

    def __init__(self) -> None:
        super().__init__("buffer_full", "both sockets are busy")


@dataclass(frozen=True)
class Wait:
    """How long a completion is awaited."""

    seconds: float
    slow: bool = False
    """True for what takes a socket for a while: presets, absolute moves, power."""
    known: Callable[[], bool] = lambda: False
    """Asked every second; True ends the wait, because an inquiry has told meanwhile."""
    taken: Callable[[], object] = lambda: None
    """Called when the camera has taken the command."""


class Line(Protocol):
    """One camera's line."""

    async def begin(self) -> None:
        """Do what a new connection needs; raises `NoReply` where the camera does not answer."""
        ...

    async def command(
        self,
        packet: bytes,
        wait: Wait | None = None,
        leaving: Callable[[], object] | None = None,
    ) -> None:
        """Send a command; end at its acknowledgement, or with `wait` at its completion.

        Args:
            packet: a bare packet.
            wait: how long the completion may take.
            leaving: called right before each copy leaves.

        Raises:
            NoReply: no acknowledgement, or no completion.
            Refused: the camera said no; `BufferFull` where both sockets are busy.
        """
        ...

    async def inquire(self, inquiry: Inquiry[T]) -> T:
        """Send an inquiry, return its answer; raises `Garbled` where the answer makes no sense."""
        ...

    async def stop(self, packets: tuple[bytes, ...]) -> None:
        """Send stops at once, each again every 100 ms until it is acknowledged, for up to 1 s.

        Raises:
            NoReply: not all were acknowledged.
            Refused: the camera said no to one.
        """
        ...


def refusal(fault: int) -> Refused:
    """Return the error for an error answer."""
    if fault == Fault.BUFFER_FULL:
        return BufferFull()
    known = {int(f): word for f, word in WORDS.items()}
    return Refused(known.get(fault, f"{fault:02X}"))


@dataclass(eq=False)
class Question:
    """What is sent, in all its copies."""

    packet: bytes
    number: int = 0
    """By which its answers know it; 0 before it has left."""
    taken: bool = False
    """The camera has acknowledged it."""


def taken(question: Question) -> Callable[[object], Acknowledged | Completed | None]:
    """Return what finds the first answer to a command; a completion alone counts too."""

    def until(message: object) -> Acknowledged | Completed | None:
        if isinstance(message, Acknowledged) and message.number == question.number:
            question.taken = True
            return message
        return _find(question, message, Completed)

    return until


def completed(question: Question) -> Callable[[object], Completed | None]:
    """Return what finds the completion of a command that was acknowledged."""
    return lambda message: _find(question, message, Completed) if question.taken else None


def answered(question: Question) -> Callable[[object], Answered | None]:
    """Return what finds the answer to an inquiry."""
    return lambda message: _find(question, message, Answered)


def _find(question: Question, message: object, kind: type[R]) -> R | None:
    """Return `message` if it answers `question` in this way; raise what the camera says instead."""
    if isinstance(message, Denied) and message.number == question.number:
        raise refusal(message.fault)
    if isinstance(message, kind) and message.number == question.number:
        return message
    return None


def value_of(inquiry: Inquiry[T], answer: Answered) -> T:
    """Return what an answer says.

    Raises:
        Garbled: it makes no sense.
    """
    try:
        return inquiry.read(answer.value)
    except ValueError as error:
        raise Garbled(f"{answer.value.hex(' ')}: {error}") from error


async def await_completion(
    first: Acknowledged | Completed, within: Callable[[float], Awaitable[object]], wait: Wait
) -> None:
    """Wait until a command is carried out, or known to be; raises as `Line.command` does.

    `first` was its first answer; `within(seconds)` waits for the completion for so long.
    """
    wait.taken()
    if isinstance(first, Completed):
        return
    left = wait.seconds
    while True:
        step = min(LOOK_EVERY, left)
        try:
            await within(step)
        except NoReply:
            left -= step
            if wait.known():
                return
            if left <= 0:
                raise
        else:
            return


async def insist(
    clock: Clock, packets: tuple[bytes, ...], attempt: Callable[[bytes, float], Awaitable[bool]]
) -> None:
    """Send each packet again and again, in turns, until all are taken; raises as `Line.stop` does.

    `attempt(packet, seconds)` sends a copy and says within `seconds` whether the camera has taken it.
    """
    end = clock.monotonic() + STOP_FOR
    waiting = list(packets)
    refused: DriverError | None = None
    while waiting:
        share = STOP_EVERY / len(waiting)
        for packet in list(waiting):
            try:
                done = await attempt(packet, share)
            except BufferFull:
                await clock.sleep(STOP_BUSY)
                continue
            except Refused as error:
                refused, done = error, True
            if done:
                waiting.remove(packet)
        if waiting and clock.monotonic() >= end:
            raise NoReply("a stop was not acknowledged")
    if refused is not None:
        raise refused
