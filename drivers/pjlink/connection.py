"""PJLink's way of holding a TCP connection: most units close it when nothing is said, and that is no fault.

The link sees one connection that stays; underneath it is closed and, when the device asks for it, opened again. Nothing
is sent before the projector has greeted, so that a command which waited through a loss never goes in front of the
password. What it tells the device besides bytes are `Published` topics of `tables`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from drivers.clock import Clock, Timer
from drivers.errors import DriverError, Garbled, Unreachable
from drivers.pjlink.notices import Listening, listen
from drivers.pjlink.tables import CLOSE, CLOSED, FRESH, LINE, NOTE, OPEN
from drivers.transport.base import Transport
from drivers.transport.frames import Chunk, Frame, Publish, Published
from drivers.transport.tcp import HungUp

IDLE = 2.0
"""Seconds without traffic after which it is closed where `keep_open` is false."""


class Connection:
    """See the module.

    Args:
        inner: the TCP transport; opened anew for each connection.
        clock: for the idle time.
        keep_open: False closes after `IDLE`.
        notices: the host whose UDP notices are listened for, with the port; None: they are not.
    """

    def __init__(
        self,
        inner: Transport,
        clock: Clock,
        *,
        keep_open: bool,
        notices: tuple[str, int] | None,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._keep_open = keep_open
        self._notices = notices
        self._listening: Listening | None = None
        self._on_chunk: Callable[[Chunk], None] = lambda _chunk: None
        self._on_lost: Callable[[DriverError], None] = lambda _error: None
        self._early: list[bytes] | None = None
        self._greeted = False
        self._awaiting = False
        """A question is out, so a close is a loss."""
        self._line = 0
        self._idle: Timer | None = None
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
        if self._notices is not None and self._listening is None:
            self._listening = await listen(*self._notices, self._noticed)

    async def _connect(self) -> None:
        self._greeted, self._awaiting, self._line = False, True, 0
        # What arrives before the link has noted that it is up would be forgotten with the old connection's rest.
        self._early = []
        await self._inner.open(self._received, self._gone)
        asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        early, self._early = self._early or [], None
        self._on_chunk(Published(FRESH, b"", retain=False))
        for data in early:
            self._take(data)

    async def send(self, frame: Frame) -> None:
        """Hand a line over, or follow `OPEN` and `CLOSE`.

        Raises:
            Unreachable: asleep, or not greeted yet.
        """
        if isinstance(frame, Publish):
            self._follow(frame)
            return
        if not self._greeted:
            raise Unreachable(f"{self.endpoint}: no greeting yet")
        self._awaiting = True
        self._busy()
        await self._inner.send(frame)

    def _follow(self, order: Publish) -> None:
        if order.topic == OPEN:
            self._spawn(self._reopen(patient=order.payload == b"patient"))
        elif order.topic == CLOSE:
            self._sleep()

    async def _reopen(self, *, patient: bool) -> None:
        try:
            await self._connect()
        except DriverError as error:
            if patient:
                self._on_chunk(Published(CLOSED, b"", retain=False))
            else:
                self._on_lost(error)

    def _received(self, chunk: Chunk) -> None:
        if not isinstance(chunk, bytes):
            return
        if self._early is not None:
            self._early.append(chunk)
        else:
            self._take(chunk)

    def _take(self, data: bytes) -> None:
        too_long = False
        *whole, rest = data.split(b"\r")
        for part in whole:
            too_long |= self._line + len(part) > LINE + 1
            self._line = 0
        self._line += len(rest)
        if whole:
            self._awaiting = False
            self._greeted = True
        self._busy()
        self._on_chunk(data)
        if too_long or self._line > LINE + 1:
            self._on_lost(Garbled("a line is longer than the protocol allows"))

    def _gone(self, error: DriverError) -> None:
        if self._awaiting or not isinstance(error, HungUp):
            self._on_lost(error)
        else:
            self._sleep()

    def _busy(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if not self._keep_open:
            self._idle = self._clock.call_later(IDLE, self._tired)

    def _tired(self) -> None:
        if not self._awaiting:
            self._sleep()

    def _sleep(self) -> None:
        if self._greeted or self._awaiting:
            self._greeted = self._awaiting = False
            self._spawn(self._inner.close())
            self._on_chunk(Published(CLOSED, b"", retain=False))

    def _noticed(self, datagram: bytes) -> None:
        self._on_chunk(Published(NOTE, datagram, retain=False))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Close; harmless when closed."""
        for task in list(self._tasks):
            task.cancel()
        if self._idle is not None:
            self._idle.cancel()
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self._greeted = self._awaiting = False
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
