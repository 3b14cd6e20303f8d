"""A device's own place on a link: ask, tell, and wait for answers.

Inside a command method, `handshake` or `refresh`:

    answer = await self.link.exchange(codec.power(on=True), until=codec.answers_power)

`until` gets each message of this device and returns the answer, or None when the message is not it; it may raise
`Refused` for a "no" to exactly this question. It must name all that the protocol carries (address, opcode, argument,
sequence number), so that a late answer is never taken for the next command. What no `until` wants still goes to
`on_message`.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

import structlog

from drivers.clock import Clock
from drivers.commands import Priority, RetryClass
from drivers.errors import Collision, DriverError, Garbled, NoReply
from drivers.expectation import Expectation
from drivers.job import GateRefused, Job, Preempted, current_job
from drivers.lane import Lane, Slot
from drivers.messages import Decoder, Junk
from drivers.points import Report
from drivers.trace import words
from drivers.transport.frames import Chunk, Frame
from drivers.watch import PointWatch

if TYPE_CHECKING:
    from drivers.device import Device

log = structlog.stdlib.get_logger(__name__)
T = TypeVar("T")

REPLY_SIZE = 32
"""Bytes assumed for an answer whose length nobody knows, when its time on the wire is reckoned."""
SLOW_MESSAGE = 0.05
"""Seconds that `on_message` may take before it is called a fault."""
DRIVER_FAULT = "driver_error"
"""What the point `fault` says while the driver's own code fails."""
LATE = (0.05, 1.0)
"""Seconds, shortest and longest, for which a line is kept quiet after a bare answer failed to come."""
MAY_REPEAT = frozenset({RetryClass.ABSOLUTE, RetryClass.STOP, RetryClass.INQUIRY})


class Line(Protocol):
    """What a port needs of its link."""

    lane: Lane
    clock: Clock

    @property
    def kind(self) -> str:
        """Return `serial`, `tcp`, `udp`, `mqtt`, `http` or `memory`."""
        ...

    ports: dict[str, Port]

    @property
    def host(self) -> str:
        """Return the far end's host, or an empty text."""
        ...

    async def transmit(self, frame: Frame, job: Job) -> float:
        """Hand over to the transport, before the first suspension; return the seconds on the wire."""
        ...

    def wire_time(self, size: int) -> float:
        """Return the seconds that `size` bytes take."""
        ...

    def drop(self, error: DriverError) -> None:
        """Close the connection."""
        ...

    def available(self, device_id: str, *, online: bool) -> None:
        """Take somebody else's word on whether a device is there."""
        ...

    def look(self, device_id: str) -> None:
        """Poll a device at once."""
        ...


_shared: WeakKeyDictionary[Line, dict[str, Any]] = WeakKeyDictionary()
"""Link -> what the devices on it keep in common; gone with the link."""


@dataclass(frozen=True, slots=True)
class _Question(Generic[T]):
    """What `exchange` is asked to do."""

    frame: Frame | Callable[[], Frame]
    until: Callable[[object], T | None]
    timeout: float


class Port:
    """One device's access to its link."""

    def __init__(self, line: Line, device_id: str) -> None:
        self._line = line
        self.device_id = device_id
        self.clock = line.clock
        self.reported = PointWatch(line.clock)
        self.expectations: list[Expectation[Any]] = []
        self.answering = False
        self.junk: Counter[str] = Counter()
        self.undeclared: Counter[str] = Counter()
        self.answer_ms: deque[float] = deque(maxlen=200)
        self.last_answer: float | None = None
        """Monotonic second of the last valid message."""
        self.failures = 0
        self._failing: set[str] = set()
        self._device: Device[Any] | None = None
        self._decoder: Decoder | None = None

    # -- for drivers ----------------------------------------------------------------------------------------------

    async def exchange(
        self,
        frame: Frame | Callable[[], Frame],
        *,
        until: Callable[[object], T | None],
        timeout: float | None = None,
        resends: int = 0,
    ) -> T:
        """Send `frame` and return its first answer.

        Args:
            frame: what to send. A function is called right before each copy is handed over, the gate passed: for
                protocols that number their messages, or where only the order in which they left tells whose answer
                comes.
            until: gives the answer for the message that is one, else None.
            timeout: seconds the device may take; the time on the wire is added. Left out: the command's.
            resends: copies that the *transport* may send whatever the command's class, because the protocol numbers
                its messages and the device executes each number once (VISCA over IP); each passes the gate.

        Raises:
            NoReply: nothing came, after the retries that the command's class allows.
            Unreachable: the link is down.
            Refused: the device said no (raised by `until`).
        """
        job = current_job.get()
        limit = job.timeout if timeout is None else timeout
        attempts = 1 + max(resends, job.retries if job.retry in MAY_REPEAT else 0)
        return await self._ask(job, _Question(frame, until, limit), attempts)

    async def send(self, frame: Frame, *, repeat: int = 1, repeat_gap: float = 0.0) -> None:
        """Send `frame` without waiting for an answer, `repeat` times with `repeat_gap` seconds between the ends.

        The gate is asked before each copy; a newer command with the same key, or STOP, kills the copies not yet sent.
        """
        job = current_job.get()
        for copy in range(repeat):
            if copy:
                await self.clock.sleep(repeat_gap + self.wire_time(_size(frame)))
            slot = await self._line.lane.acquire(job, expects=False)
            try:
                if copy and self._is_late(job):
                    return
                await self._write(slot, job, frame)
            finally:
                self._line.lane.release(slot)

    def listen(self, until: Callable[[object], T | None]) -> Expectation[T]:
        """Return a wait for an unasked or later message (a completion) that does not hold the lane."""
        return Expectation(self.clock, self.expectations, until)

    def quiet(self, seconds: float) -> None:
        """Keep the whole line silent for `seconds`; STOP passes."""
        self._line.lane.quiet(seconds)

    def drop(self, error: DriverError) -> None:
        """Close the connection; the link reconnects by its schedule, unless the error is permanent."""
        self._line.drop(error)

    def available(self, *, online: bool) -> None:
        """Pass on what a last will or a gateway says: the device is there, or it is not.

        It is offline at once, or asked at once; without it only silence tells.
        """
        self._line.available(self.device_id, online=online)

    def look(self) -> None:
        """Have all polled points asked for as soon as the lane allows: something was hinted at, not reported."""
        self._line.look(self.device_id)

    def wire_time(self, size: int) -> float:
        """Return the seconds that `size` bytes take on this wire."""
        return self._line.wire_time(size)

    def neighbours(self) -> list[Device[Any]]:
        """Return the devices on this link in the order of the room file, this one included."""
        return [port.device for port in self._line.ports.values()]

    def shared(self, key: str, make: Callable[[], T]) -> T:
        """Return what the devices on this link keep in common under `key`, made when it is first asked for.

        For a frame that carries several devices, such as a DMX universe. It outlives a device that is changed.
        """
        kept: T = _shared.setdefault(self._line, {}).setdefault(key, make())
        return kept

    @property
    def transport_kind(self) -> str:
        """Return `serial`, `tcp`, `udp`, `mqtt`, `http` or `memory`: some protocols differ by their wire."""
        return self._line.kind

    @property
    def host(self) -> str:
        """Return the far end's host name or address; empty where there is none."""
        return self._line.host

    # -- for the link and the device base -------------------------------------------------------------------------

    def bind(self, device: Device[Any]) -> None:
        """Give the port its device."""
        self._device = device
        self._decoder = device.decoder()

    @property
    def device(self) -> Device[Any]:
        """Return the device behind this port."""
        if self._device is None:
            raise RuntimeError(f"port of {self.device_id} has no device yet")
        return self._device

    def count_undeclared(self, point: str) -> None:
        """Count a report of a point that was never declared; the log says so once."""
        if not self.undeclared[point]:
            log.error("device.undeclared_point", device=self.device_id, point=point)
        self.undeclared[point] += 1

    def note_failing(self, part: str, *, failing: bool) -> None:
        """Note that a part of the driver's code fails, or works again; the point `fault` says whether any does."""
        if failing:
            self._failing.add(part)
            self.device.report("fault", DRIVER_FAULT)
        elif part in self._failing:
            self._failing.discard(part)
            if not self._failing and self.device.value("fault") == DRIVER_FAULT:
                self.device.report("fault", "")

    def reset(self) -> None:
        """Forget half-received messages: the connection is new."""
        if self._decoder is not None:
            self._decoder.reset()

    def fail_all(self, error: DriverError) -> None:
        """End all waits: the link is gone."""
        for expectation in list(self.expectations):
            expectation.fail(error)

    def receive(self, chunk: Chunk) -> list[str]:
        """Decode a piece of input and hand its messages on; return their words for the trace."""
        if self._decoder is None:
            return []
        found: list[str] = []
        for message in self._decode(self._decoder, chunk):
            if isinstance(message, Junk):
                self._count(message)
                continue
            self.last_answer = self.clock.monotonic()
            before = dict(self.device.values)
            self._take(message)
            found.append(" ".join((words(message), *self._told_since(before))))
        return found

    def _told_since(self, before: Mapping[str, Report]) -> list[str]:
        """Return what a message meant for the device's points, as `point=value`."""
        now = self.device.values
        return [f"{p}={r.value}" for p, r in now.items() if before.get(p) is not r]

    def _decode(self, decoder: Decoder, chunk: Chunk) -> list[Any]:
        try:
            return decoder.feed(chunk)
        except Exception:
            # A driver's mistake must not stop the reader of a shared line; the device says so, the room goes on.
            log.exception("device.decoder_failed", device=self.device_id)
            decoder.reset()
            self.note_failing("decoder", failing=True)
            return []

    def _count(self, junk: Junk) -> None:
        self.junk[junk.reason] += 1
        alone = len(self._line.ports) == 1
        if junk.reason == "too_long" and self._line.kind == "tcp" and alone:
            # Not on a shared line: what is too long for one driver may be another one's frame.
            self._line.drop(Garbled("a frame is longer than the protocol allows"))

    def _take(self, message: object) -> None:
        self.answering = any(e.offer(message) for e in list(self.expectations))
        started = time.perf_counter()
        well = False
        try:
            self.device.on_message(message)
            well = time.perf_counter() - started <= SLOW_MESSAGE
            if not well:
                log.warning("device.message_slow", device=self.device_id)
        except Exception:
            # As above.
            log.exception("device.message_failed", device=self.device_id)
        finally:
            self.answering = False
        self.note_failing("message", failing=not well)
        self.note_failing("decoder", failing=False)

    async def _ask(self, job: Job, question: _Question[T], attempts: int) -> T:
        first = True
        while True:
            attempts -= 1
            try:
                return await self._attempt(job, question, first=first)
            except Preempted:
                if job.retry not in MAY_REPEAT:
                    raise
                attempts += 1
            except (NoReply, Collision):
                self.failures += 1
                if attempts <= 0 or job.replaced or self._is_late(job):
                    raise
            first = False

    async def _attempt(self, job: Job, question: _Question[T], *, first: bool) -> T:
        lane = self._line.lane
        slot = await lane.acquire(job, expects=True)
        answer = Expectation(self.clock, self.expectations, question.until)
        try:
            with answer:
                if not first and self._is_late(job):
                    raise NoReply("no answer, and too late to ask once more")
                wire = await self._write(slot, job, question.frame)
                slot.give_up = answer.fail
                result = await answer.within(question.timeout + wire + self.wire_time(REPLY_SIZE))
                self.answer_ms.append((self.clock.monotonic() - (slot.sent_at or 0.0)) * 1000)
                return result
        finally:
            if slot.sent_at is not None and not answer.answered and self.device.bare_replies:
                # The answer may still come, and does not say whose it is.
                lane.soil(min(LATE[1], max(LATE[0], question.timeout)))
            lane.release(slot)

    def _is_late(self, job: Job) -> bool:
        """Return whether it is too late for one more copy; STOP is never late."""
        passed = self.clock.monotonic() - job.accepted
        return passed > job.ttl and job.priority is not Priority.SAFETY

    async def _write(self, slot: Slot, job: Job, frame: Frame | Callable[[], Frame]) -> float:
        job.check()
        # No await between the gate's answer and the hand-over: `transmit` writes before it first suspends.
        denial = job.gate()
        if denial is not None:
            raise GateRefused(denial)
        wire = await self._line.transmit(frame() if callable(frame) else frame, job)
        self._line.lane.sent(slot, wire)
        return wire


def _size(frame: Frame) -> int:
    return len(frame) if isinstance(frame, bytes) else 0
