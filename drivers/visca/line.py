"""How a command and an inquiry travel: bare packets on serial, TCP and UDP, or Sony's numbered messages.

A camera takes one command at a time and executes two; the acknowledgement names the socket in which a command runs, and
the completion comes later from that socket, in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from drivers.errors import DriverError, Garbled, NoReply, Refused
from drivers.port import Port
from drivers.visca import codec, codec_ip
from drivers.visca.tables import WORDS, Fault

T = TypeVar("T")

ACK_RAW = 0.25
"""Seconds for an acknowledgement on serial and raw links, wire time not counted (protocols.md 2.2)."""
ACK_SONY = 0.2
"""Seconds between copies of a numbered message; four copies fit into one second."""
RESENDS = 3
INQUIRY = 0.5
BUSY_WAIT = 5.0
"""Seconds to wait for a completion when both sockets are busy, before the one further attempt."""
RESET_AFTER = 3
"""Unanswered messages in a row after which the numbers are begun anew; VISCA-4."""


class BufferFull(DriverError):
    """Both sockets are busy."""

    code = "refused_by_device"
    retryable = True


class Line(Protocol):
    """One camera's line."""

    async def begin(self) -> None:
        """Do what a new connection needs."""
        ...

    async def command(self, packet: bytes, *, complete: float | None, ack: float | None) -> None:
        """Send a command; end at its acknowledgement, or with `complete` seconds at its completion."""
        ...

    async def inquire(self, packet: bytes) -> bytes:
        """Send an inquiry, return the bytes of its answer."""
        ...


class _Running:
    """What one command has been told so far."""

    def __init__(self) -> None:
        self.socket: int | None = None
        self.completed = False

    def acknowledge(self, message: codec.Message) -> bool:
        """Take the first answer; a completion without acknowledgement counts as both.

        Raises:
            Refused: the camera said no.
            BufferFull: both sockets are busy.
        """
        match message:
            case codec.Ack(socket=socket):
                self.socket = socket
                return True
            case codec.Completion(socket=socket):
                self.socket, self.completed = socket, True
                return True
            case codec.Error(fault=fault):
                raise refusal(fault)
            case _:
                return False

    def complete(self, message: codec.Message) -> bool:
        """Take the completion of this command's socket."""
        match message:
            case codec.Completion(socket=socket) if socket in (self.socket, 0):
                return self.socket is not None
            case codec.Error(socket=socket, fault=fault) if socket and socket == self.socket:
                raise refusal(fault)
            case _:
                return False


def refusal(fault: int) -> DriverError:
    """Return the error for an error answer."""
    if fault == Fault.BUFFER_FULL:
        return BufferFull("both sockets are busy")
    known = {int(f): word for f, word in WORDS.items()}
    return Refused(known.get(fault, f"{fault:02X}"))


class RawLine:
    """Bare packets. One camera's acknowledgements cannot be told apart but by order, so they never overlap."""

    def __init__(self, port: Port, camera: int, *, serial: bool) -> None:
        self._port = port
        self._camera = camera
        self._serial = serial
        self._sockets: set[int] = set()
        """Sockets in which a command of ours runs."""

    async def begin(self) -> None:
        """Empty the camera's buffers, where it is alone on the line."""
        self._sockets.clear()
        if not self._serial:
            await self._port.exchange(codec.clear(self._camera), until=self._done, timeout=INQUIRY)

    async def command(self, packet: bytes, *, complete: float | None, ack: float | None) -> None:
        """See `Line`."""
        running = _Running()

        def acknowledged(message: object) -> _Running | None:
            mine = self._mine(message)
            if isinstance(mine, codec.Completion) and mine.socket in self._sockets:
                return None  # the end of an earlier command
            return running if mine is not None and running.acknowledge(mine) else None

        def completed(message: object) -> _Running | None:
            mine = self._mine(message)
            return running if mine is not None and running.complete(mine) else None

        with self._port.listen(completed) as completion:
            await self._port.exchange(packet, until=acknowledged, timeout=ack or ACK_RAW)
            if complete is None or running.completed:
                return
            socket = running.socket or 0
            self._sockets.add(socket)
            try:
                await completion.within(complete)
            finally:
                self._sockets.discard(socket)

    async def inquire(self, packet: bytes) -> bytes:
        """See `Line`."""

        def answered(message: object) -> codec.Answer | None:
            mine = self._mine(message)
            if isinstance(mine, codec.Error) and mine.socket == 0:
                raise refusal(mine.fault)
            return mine if isinstance(mine, codec.Answer) else None

        answer = await self._port.exchange(packet, until=answered, timeout=INQUIRY)
        return answer.value

    def _mine(self, message: object) -> codec.Message | None:
        if isinstance(message, codec.Ack | codec.Completion | codec.Answer | codec.Error):
            return message if message.camera == self._camera else None
        return None

    def _done(self, message: object) -> codec.Message | None:
        mine = self._mine(message)
        return mine if isinstance(mine, codec.Completion | codec.Error) else None


class SonyLine:
    """Numbered messages. A resend keeps its number, so the camera executes it once."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._sequence = 0
        self._unanswered = 0

    async def begin(self) -> None:
        """Begin the numbers anew."""

        def reset_done(message: object) -> bool | None:
            if isinstance(message, codec_ip.ControlReply) and message.value == codec_ip.RESET_DONE:
                return True
            return None

        self._sequence = 0
        await self._port.exchange(
            codec_ip.reset(0), until=reset_done, timeout=ACK_SONY, resends=RESENDS
        )
        self._unanswered = 0

    async def command(self, packet: bytes, *, complete: float | None, ack: float | None) -> None:
        """See `Line`."""
        running = _Running()
        number = await self._next()

        def acknowledged(message: object) -> _Running | None:
            mine = self._of(number, message)
            return running if mine is not None and running.acknowledge(mine) else None

        def completed(message: object) -> _Running | None:
            mine = self._of(number, message)
            return running if mine is not None and running.complete(mine) else None

        with self._port.listen(completed) as completion:
            await self._send(codec_ip.wrap(packet, number), acknowledged)
            if complete is not None and not running.completed:
                await completion.within(complete)

    async def inquire(self, packet: bytes) -> bytes:
        """See `Line`."""
        number = await self._next()

        def answered(message: object) -> codec.Answer | None:
            mine = self._of(number, message)
            if isinstance(mine, codec.Error):
                raise refusal(mine.fault)
            return mine if isinstance(mine, codec.Answer) else None

        answer = await self._send(codec_ip.wrap(packet, number), answered)
        return answer.value

    async def _next(self) -> int:
        if self._unanswered >= RESET_AFTER:
            await self.begin()
        self._sequence = (self._sequence + 1) % codec_ip.SEQUENCES
        return self._sequence

    async def _send(self, frame: bytes, until: Callable[[object], T | None]) -> T:
        try:
            answer = await self._port.exchange(
                frame, until=until, timeout=ACK_SONY, resends=RESENDS
            )
        except NoReply:
            self._unanswered += 1
            raise
        except Garbled:
            # The number was not the one expected: it was perhaps executed. Numbers anew; what is true is then asked.
            await self.begin()
            raise NoReply("sequence error; the effect is not known") from None
        self._unanswered = 0
        return answer

    def _of(self, number: int, message: object) -> codec.Message | None:
        if isinstance(message, codec_ip.ControlReply) and message.sequence == number:
            if message.value == codec_ip.SEQUENCE_ERROR:
                raise Garbled("sequence error")
            if message.value == codec_ip.NOT_UNDERSTOOD:
                raise Refused("not_understood")
        if isinstance(message, codec_ip.Numbered) and message.sequence == number:
            return message.message
        return None
