"""Which question a bare answer belongs to. Pure: bytes in, answers with the number of their question out.

A bare answer does not name its question. Three things tell: commands are acknowledged, and inquiries answered, in the
order in which they were sent (believed); an acknowledgement names the socket in which its command runs (SRG-HD1,
p. 22); and an inquiry's answer has a length of its own. So each frame that left is remembered until its first answer
came, even when nobody waits for it any more: a late answer then finds its own question and never the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from drivers.messages import Junk
from drivers.visca import codec
from drivers.visca.replies import Acknowledged, Answered, Completed, Denied, Message, Reply
from drivers.visca.tables import Fault

LATE = 5.0
"""Seconds after which an answer that never came is not expected any more."""
LONG = 60.0
"""The same for the completion of something slow."""


@dataclass(slots=True, eq=False)
class _Sent:
    """A frame whose first answer has not come."""

    number: int
    at: float
    sizes: frozenset[int] | None = None
    """Of an inquiry."""
    slow: bool = False
    clears: bool = False
    given_up: bool = False
    """Nobody waits for it any more."""
    finished: bool = False
    """A completion came that can only be its own."""

    @property
    def is_command(self) -> bool:
        return self.sizes is None and not self.clears


@dataclass(slots=True, eq=False)
class _Running:
    """A command that the camera carries out."""

    number: int
    socket: int
    at: float
    slow: bool


@dataclass
class RawReplies:
    """The answers of one camera on a line of bare packets.

    Args:
        camera: its address, 1..7.
        now: monotonic seconds.
    """

    camera: int
    now: Callable[[], float]
    _decoder: codec.Decoder = field(default_factory=codec.Decoder)
    _sent: list[_Sent] = field(default_factory=list[_Sent])
    _running: list[_Running] = field(default_factory=list[_Running])
    _last: int = 0
    _ever_acknowledged: bool = False
    never_acknowledges: bool = False
    """It has carried out commands on this connection, and acknowledged none."""

    # -- what is asked --------------------------------------------------------------------------------------------

    def number(self) -> int:
        """Return the number of the next question."""
        self._last += 1
        return self._last

    def command(self, number: int, *, slow: bool = False) -> None:
        """Note that a copy of a command leaves now."""
        self._note(_Sent(number, self.now(), slow=slow))

    def inquiry(self, number: int, sizes: frozenset[int]) -> None:
        """Note that a copy of an inquiry leaves now; its answer has one of these sizes in bytes."""
        self._note(_Sent(number, self.now(), sizes))

    def clearing(self, number: int) -> None:
        """Note that the camera is told now to empty its buffers."""
        self._note(_Sent(number, self.now(), clears=True))

    def give_up(self, number: int) -> None:
        """Note that nobody waits for the first answer to `number` any more; it may still come."""
        for sent in self._sent:
            sent.given_up = sent.given_up or sent.number == number

    def take_finished(self, number: int) -> bool:
        """Return whether a command that was not acknowledged has been carried out, as its completion alone tells."""
        mine = [s for s in self._sent if s.number == number and s.finished]
        self._sent = [s for s in self._sent if s not in mine]
        if mine and not self._ever_acknowledged:
            self.never_acknowledges = True
        return bool(mine)

    @property
    def dirty(self) -> bool:
        """Return whether answers may come for which nobody waits any more."""
        self._forget_old()
        return any(sent.given_up for sent in self._sent)

    def _note(self, sent: _Sent) -> None:
        self._forget_old()
        self._sent.append(sent)

    def _forget_old(self) -> None:
        now = self.now()
        self._sent = [s for s in self._sent if s.at > now - LATE or not s.given_up]
        self._running = [
            r for r in self._running if r.socket or r.at > now - (LONG if r.slow else LATE)
        ]

    # -- what comes -----------------------------------------------------------------------------------------------

    def feed(self, chunk: bytes) -> list[Message]:
        """Take a piece of the stream, give whole messages; those of other cameras are left out."""
        return [m for message in self._decoder.feed(chunk) for m in self._take(message)]

    def reset(self) -> None:
        """Forget everything: the connection is new."""
        self._decoder.reset()
        self._empty()
        self._ever_acknowledged = self.never_acknowledges = False

    def _empty(self) -> None:
        self._sent.clear()
        self._running.clear()

    def _take(self, message: codec.Message) -> Iterable[Message]:
        match message:
            case codec.Cleared():
                self._empty()
            case codec.AddressSet() | codec.NetworkChange() | Junk():
                pass
            case _ if message.camera != self.camera:
                return ()
            case codec.Ack(socket=socket):
                return (self._acknowledged(socket) or message,)
            case codec.Completion(socket=socket):
                return (self._completed(socket) or message,)
            case codec.Error(socket=socket, fault=fault):
                return (self._denied(socket, fault) or message,)
            case codec.Answer(value=value):
                return (self._answered(value) or message,)
        return (message,)

    def _acknowledged(self, socket: int) -> Reply | None:
        self._ever_acknowledged, self.never_acknowledges = True, False
        sent = self._oldest_command()
        if sent is None:
            return None
        self._sent.remove(sent)
        if socket:  # whatever ran there has ended, though its completion was lost
            self._running = [r for r in self._running if r.socket != socket]
        self._running.append(_Running(sent.number, socket, self.now(), sent.slow))
        return Acknowledged(sent.number, socket)

    def _completed(self, socket: int) -> Reply | None:
        clearing = next((s for s in self._sent if s.clears), None)
        if socket == 0 and clearing is not None:
            self._empty()
            return Completed(clearing.number)
        running = self._in(socket)
        if running is not None:
            self._running.remove(running)
            return Completed(running.number)
        sent = next((s for s in self._sent if s.is_command and not s.finished), None)
        if sent is None:
            return None
        if self.never_acknowledges:
            self._sent.remove(sent)
            return Completed(sent.number)
        # Cameras also repeat themselves, so that it counts only when nothing else comes.
        sent.finished = True
        return None

    def _in(self, socket: int) -> _Running | None:
        """Return what runs in a socket; of several in socket 0 (cameras that do not tell) the quick ones end first."""
        there = [r for r in self._running if r.socket == socket]
        return min(there, key=lambda r: (r.slow, r.at), default=None)

    def _denied(self, socket: int, fault: int) -> Reply | None:
        running = self._in(socket) if socket else None
        if running is not None:
            self._running.remove(running)
            return Denied(running.number, fault)
        if fault in (Fault.CANCELLED, Fault.NO_SOCKET):
            return None
        of_command = socket or fault == Fault.BUFFER_FULL
        sent = self._oldest_command() if of_command else next(iter(self._sent), None)
        if sent is None:
            return None
        self._sent.remove(sent)
        return Denied(sent.number, fault)

    def _oldest_command(self) -> _Sent | None:
        return next((s for s in self._sent if s.is_command), None)

    def _answered(self, value: bytes) -> Reply | None:
        size = len(value)
        sent = next((s for s in self._sent if s.sizes is not None and size in s.sizes), None)
        if sent is None:
            return None
        # Answered in order: what was sent before and given up will not be answered any more.
        before = self._sent[: self._sent.index(sent)]
        self._sent.remove(sent)
        self._sent = [s for s in self._sent if not (s in before and s.given_up)]
        return Answered(sent.number, value)
