"""Which message a numbered answer belongs to. Pure: datagrams in, answers with the number of their question out."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.messages import Junk
from drivers.visca import codec, codec_ip
from drivers.visca.replies import (
    Acknowledged,
    Answered,
    Completed,
    Denied,
    Message,
    OutOfStep,
)
from drivers.visca.tables import Fault

KEPT = 256
"""Messages that are remembered: a preset may take 20 s while its position is asked for again and again."""


@dataclass(slots=True)
class _Asked:
    """A numbered message."""

    number: int
    executed: bool = False
    """A command that was acknowledged, or is known to have been taken."""


@dataclass
class SonyReplies:
    """The answers of a camera that numbers its messages.

    The number on the wire is begun anew at each RESET, while an earlier command may still run under the same number;
    so messages are known here by a number of their own.
    """

    _decoder: codec_ip.Decoder = field(default_factory=codec_ip.Decoder)
    _asked: dict[int, _Asked] = field(default_factory=dict[int, _Asked])
    """Number on the wire -> message, since the last RESET."""
    _before: dict[int, _Asked] = field(default_factory=dict[int, _Asked])
    """The same, before it."""
    _last: int = 0

    def ask(self, sequence: int) -> int:
        """Note that a message with this number on the wire is about to leave; return its own number."""
        self._last += 1
        self._asked[sequence] = _Asked(self._last)
        while len(self._asked) > KEPT:
            del self._asked[next(iter(self._asked))]
        return self._last

    def executed(self, number: int) -> None:
        """Note that a command was taken though nobody acknowledged it."""
        for asked in (*self._asked.values(), *self._before.values()):
            if asked.number == number:
                asked.executed = True

    def begin(self) -> None:
        """Note that the numbers begin anew."""
        self._before = {**self._before, **self._asked}
        while len(self._before) > KEPT:
            del self._before[next(iter(self._before))]
        self._asked.clear()

    def reset(self) -> None:
        """Forget everything: the connection is new."""
        self._asked.clear()
        self._before.clear()

    def feed(self, chunk: bytes) -> list[Message]:
        """Read one datagram; unknown numbers and other addresses become `Junk`."""
        return [self._take(message) for message in self._decoder.feed(chunk)]

    def _take(self, message: codec_ip.Message) -> Message:
        if isinstance(message, Junk):
            return message
        if isinstance(message, codec_ip.ControlReply):
            return self._control(message)
        asked = self._of(message.sequence, message.message)
        if asked is None:
            return Junk("unknown")
        match message.message:
            case codec.Ack(camera=1, socket=socket):
                asked.executed = True
                return Acknowledged(asked.number, socket)
            case codec.Completion(camera=1):
                return Completed(asked.number)
            case codec.Error(camera=1, fault=fault):
                return Denied(asked.number, fault)
            case codec.Answer(camera=1, value=value):
                return Answered(asked.number, value)
            case _:
                return Junk("wrong_address")

    def _control(self, message: codec_ip.ControlReply) -> Message:
        if message.value == codec_ip.RESET_DONE:
            return message
        asked = self._asked.get(message.sequence)
        if asked is None:
            return Junk("unknown")
        if message.value == codec_ip.SEQUENCE_ERROR:
            return OutOfStep(asked.number)
        return Denied(asked.number, Fault.SYNTAX)

    def _of(self, sequence: int, message: codec.Message) -> _Asked | None:
        now, before = self._asked.get(sequence), self._before.get(sequence)
        earlier = before is not None and before.executed
        if isinstance(message, codec.Completion) and earlier and not (now and now.executed):
            del self._before[sequence]
            return before
        return now or before
