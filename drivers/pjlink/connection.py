"""PJLink's way of holding a TCP connection: most units close it when nothing is said, and that is no fault.

The link sees one connection that stays; underneath it is closed and, when the device asks for it, opened again. What it
tells the device besides bytes are `Published` topics of `tables`. Here, below the lane, is decided

- what goes first: nothing is sent before the projector has greeted, and the digest of the password stands in front of
  the first line, whichever that is; so it is never seen in a trace;
- what ends a connection: an answer that is missing for 5 s, because the late one would be taken for the next, and a
  line longer than the protocol allows;
- whether the end is a loss: not in good order between commands, and not by silence where that is to be expected, after
  a power command.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from drivers.clock import Clock, Timer
from drivers.errors import DriverError, Garbled, NoReply, Unreachable
from drivers.messages import Junk
from drivers.pjlink import codec
from drivers.pjlink.notices import Listening, listen
from drivers.pjlink.tables import ANSWER, CLOSED, FRESH, NOTE, OPEN, SILENCE
from drivers.transport.base import Transport
from drivers.transport.frames import Chunk, Frame, Publish, Published
from drivers.transport.tcp import HungUp

log = structlog.stdlib.get_logger(__name__)

IDLE = 5.0
"""Seconds without traffic after which it is closed where `keep_open` is false; between the questions of one burst less
passes, although polls leave most of the time to others."""


class Asleep(NoReply):
    """The connection was closed while the line waited for its turn; nothing has left."""


class Connection:
    """See the module.

    Args:
        inner: the TCP transport; opened anew for each connection.
        clock: for the time of an answer and the idle time.
        keep_open: False closes after `IDLE`.
        password: the projector's; None: it has none, or none is set.
        notices: the host whose UDP notices are listened for, with the port; None: they are not.
    """

    def __init__(
        self,
        inner: Transport,
        clock: Clock,
        *,
        keep_open: bool,
        password: str | None,
        notices: tuple[str, int] | None,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._keep_open = keep_open
        self._password = password
        self._notices = notices
        self._listening: Listening | None = None
        self._on_chunk: Callable[[Chunk], None] = lambda _chunk: None
        self._on_lost: Callable[[DriverError], None] = lambda _error: None
        self._decoder = codec.Decoder()
        self._early: list[bytes] | None = None
        self._open = self._opening = self._greeted = False
        self._digest = b""
        self._until: Callable[[object], object | None] | None = None
        """What accepts the answer that is awaited; None: nothing is."""
        self._overdue: Timer | None = None
        self._idle: Timer | None = None
        self._patient_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def endpoint(self) -> str:
        """Return the endpoint of the TCP connection."""
        return self._inner.endpoint

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Connect within 3 s; raises `Unreachable`."""
        self._on_chunk, self._on_lost = on_chunk, on_lost
        await self._connect()
        if self._notices is None or self._listening is not None:
            return
        try:
            self._listening = await listen(*self._notices, self._noticed)
        except Unreachable as error:
            # Notices only make us ask sooner: without them the projector is polled all the same.
            log.warning("pjlink.no_notices", endpoint=self.endpoint, why=str(error))

    async def _connect(self) -> None:
        self._decoder.reset()
        self._greeted, self._digest = False, b""
        # What arrives before the link has noted that it is up would be forgotten with the old connection's rest.
        self._early = []
        self._open = True
        self._expect(codec.greeted)
        try:
            await self._inner.open(self._received, self._gone)
        except DriverError:
            self._open = False
            self._answered()
            raise
        if self._open:
            self._expect(codec.greeted)
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        early, self._early = self._early or [], None
        if not self._open:
            return
        self._on_chunk(Published(FRESH, b"", retain=False))
        for data in early:
            self._take(data)

    async def _reopen(self) -> None:
        try:
            await self._inner.close()
            await self._connect()
        except DriverError as error:
            self._on_chunk(Published(CLOSED, b"", retain=False))
            if not self._patient:
                self._on_lost(error)
        finally:
            self._opening = False

    # -- lines ----------------------------------------------------------------------------------------------------

    async def send(self, frame: Frame) -> None:
        """Hand a line over, or follow `OPEN`.

        Raises:
            Asleep: closed meanwhile, or not welcome yet; nothing has left.
        """
        if isinstance(frame, Publish):
            if frame.topic == OPEN and not self._open and not self._opening:
                self._opening = True
                self._spawn(self._reopen())
            return
        if not isinstance(frame, bytes):
            raise TypeError("a PJLink line is bytes")
        if not self._greeted:
            raise Asleep(f"{self.endpoint}: no greeting yet")
        self._expect(codec.answers(frame))
        if codec.switches(frame):
            self._patient_until = self._clock.monotonic() + SILENCE
        digest, self._digest = self._digest, b""
        self._busy()
        try:
            await self._inner.send(digest + frame)
        except Unreachable as error:
            self._lose(error)
            raise Asleep(str(error)) from error

    def _received(self, chunk: Chunk) -> None:
        if not isinstance(chunk, bytes):
            return
        if self._early is not None:
            self._early.append(chunk)
        else:
            self._take(chunk)

    def _take(self, data: bytes) -> None:
        if not self._open:
            return
        messages = self._decoder.feed(data)
        for message in messages:
            self._heed(message)
        self._busy()
        self._on_chunk(data)
        if Junk("too_long") in messages:
            self._lose(Garbled("a line is longer than the protocol allows"))

    def _heed(self, message: object) -> None:
        if isinstance(message, codec.Greeting) and not self._greeted:
            self._welcomed(message)
        if self._until is None:
            return
        try:
            if self._until(message) is None:
                return
        except DriverError:
            pass  # a "no" is an answer, too
        self._answered()

    def _welcomed(self, greeting: codec.Greeting) -> None:
        if greeting.challenge is None:
            self._greeted = True
        elif self._password is not None:
            self._greeted = True
            self._digest = codec.digest(greeting.challenge, self._password)
        # Else a password is wanted and none is set: nothing must leave, and the device says so.

    def _noticed(self, datagram: bytes, _sender: str) -> None:
        self._on_chunk(Published(NOTE, datagram, retain=False))

    # -- waiting, and the end -------------------------------------------------------------------------------------

    def _expect(self, until: Callable[[object], object | None]) -> None:
        self._answered()
        self._until = until
        self._overdue = self._clock.call_later(ANSWER, self._too_late)

    def _answered(self) -> None:
        self._until = None
        if self._overdue is not None:
            self._overdue.cancel()

    def _too_late(self) -> None:
        self._lose(NoReply(f"no answer within {ANSWER:g} s"))

    @property
    def _patient(self) -> bool:
        return self._clock.monotonic() < self._patient_until

    def _gone(self, error: DriverError) -> None:
        """Take the end of the TCP connection: in good order it may be none of our business, broken it is a loss."""
        quiet = isinstance(error, HungUp) and (self._until is None or self._patient)
        self._sleep()
        if not quiet:
            self._on_lost(error)

    def _lose(self, error: DriverError) -> None:
        """End the connection because something went wrong; a loss unless that was to be expected."""
        self._sleep()
        if not self._patient:
            self._on_lost(error)

    def _busy(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if not self._keep_open:
            self._idle = self._clock.call_later(IDLE, self._tired)

    def _tired(self) -> None:
        if self._until is None:
            self._sleep()

    def _sleep(self) -> None:
        """Close quietly, until the device asks for a connection."""
        if self._open:
            self._open = self._greeted = False
            self._answered()
            self._spawn(self._inner.close())
            self._on_chunk(Published(CLOSED, b"", retain=False))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Close; harmless when closed."""
        for task in list(self._tasks):
            task.cancel()
        self._answered()
        if self._idle is not None:
            self._idle.cancel()
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self._open = self._greeted = False
        self._on_chunk = lambda _chunk: None
        self._on_lost = lambda _error: None
        await self._inner.close()

    def wire_time(self, size: int) -> float:
        """Return 0: the network's time is not reckoned."""
        return 0.0

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ignore topics: they are our own."""

    def present(self) -> bool | None:
        """Return None: only trying tells."""
        return None

    def descriptor(self) -> int | None:
        """Return None: a projector moves nothing that a last frame could stop."""
        return None
