"""The record as the daemon uses it: entries go in at any time, a thread commits them in groups.

Whoever must know that a row is durable awaits it; nobody waits on the event loop. When the disk refuses, rows wait in
memory, in order, and are written when it takes them again; what does not fit becomes one `gap` row.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from roomd.audit.entry import Entry
from roomd.audit.floods import Floods
from roomd.audit.ledger import EPOCH_SECONDS, Ledger, Stamp

log = structlog.stdlib.get_logger(__name__)

BATCH: Final = 256
"""Rows of one commit, at most."""
WAITING: Final = 10_000
"""Rows that wait in memory while the disk refuses."""
GATHER: Final = 0.02
"""Seconds in which further rows join one that nobody waits for: else the thread would take its turns of the interpreter
just while the command that the row tells of is on its way to the device. Fifty lamps at once take 10 ms."""
AGAIN: Final = 1.0
"""Seconds between attempts while the disk refuses."""


class Unwritable(Exception):
    """The row is not in the record yet: the disk refuses. It waits in memory."""


@dataclass(eq=False)
class _Item:
    entry: Entry
    stamp: Stamp
    done: Callable[[Exception | None], None] | None = None


@dataclass(eq=False)
class _Ask:
    """Work for the thread that is no row: sealing, anchors, closing."""

    work: Callable[[Ledger], Any]
    done: Callable[[Any, Exception | None], None]


_END: Final = object()


class Clockwork:
    """Tells the time of rows. `ok` is what `roomd.clock` knows of the wall clock."""

    def __init__(self, timezone: dt.tzinfo, ok: Callable[[], bool] = lambda: True) -> None:
        self._timezone = timezone
        self._ok = ok
        self._second = -1
        self._words = ("", "")
        """That second as people write it, up to the seconds, and its offset."""

    def stamp(self) -> Stamp:
        """Return the time now. Two of these come with every command: only a new second is put into words anew."""
        milliseconds = time.time_ns() // 1_000_000
        second = milliseconds // 1000
        if second != self._second:
            whole = dt.datetime.fromtimestamp(second, self._timezone).isoformat()
            self._second, self._words = second, (whole[:19], whole[19:])
        date, offset = self._words
        wall = f"{date}.{milliseconds % 1000:03d}{offset}"
        return Stamp(wall, time.monotonic_ns(), self._ok())


@dataclass
class Record:
    """See the module. `open_ledger` runs in the thread, so a slow disk delays no start."""

    open_ledger: Callable[[], Ledger]
    clockwork: Clockwork
    writable: bool = True
    """False while the disk refuses."""
    committed: int = 0
    """Rows since the start."""
    lost: int = 0
    """Rows that did not fit into memory while the disk refused; each gap is a row."""
    told: list[Callable[[], None]] = field(default_factory=list["Callable[[], None]"])
    """Told, from the thread, when writing becomes impossible or possible again."""

    def __post_init__(self) -> None:
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._urgent = threading.Event()
        """Somebody waits for what is in the queue."""
        self._waiting: deque[_Item] = deque()
        self._dropped: tuple[int, str] = (0, "")
        self._floods = Floods()
        self._ledger: Ledger | None = None
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._turned = time.monotonic()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    # -- from the event loop --------------------------------------------------------------------------------------

    def post(self, entry: Entry) -> None:
        """Record it; do not wait."""
        self._queue.put(_Item(entry, self.clockwork.stamp()))

    async def write(self, entry: Entry) -> None:
        """Record it, and wait until it is durable.

        Raises:
            Unwritable: the disk refuses; the row waits in memory.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def done(error: Exception | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
                loop.call_soon_threadsafe(_resolve, future, None, error)

        self._put_urgently(_Item(entry, self.clockwork.stamp(), done))
        await future

    async def ask(self, work: Callable[[Ledger], Any]) -> Any:
        """Run `work` between two commits, in the thread that owns the table.

        Raises:
            Unwritable: the record cannot be opened.
            Exception: what `work` raises.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def done(result: Any, error: Exception | None) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_resolve, future, result, error)

        self._put_urgently(_Ask(work, done))
        return await future

    def close(self, timeout: float = 2.0) -> None:
        """Write what is there and end; waits at most `timeout` seconds."""
        self._put_urgently(_END)
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _put_urgently(self, item: Any) -> None:
        self._queue.put(item)
        self._urgent.set()

    # -- in the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        ended = False
        while not ended:
            items, asks, ended = self._next()
            self._take(items)
            if ended:
                self._take_floods(self._floods.rest())
            self._flush()
            for ask in asks:
                self._answer(ask)

    def _next(self) -> tuple[list[_Item], list[_Ask], bool]:
        """Return what has come. An idle writer commits at once where somebody waits, else after `GATHER`."""
        items: list[_Item] = []
        asks: list[_Ask] = []
        wait: float | None = AGAIN if self._waiting else 5.0
        while len(items) < BATCH and not asks:
            try:
                found = (
                    self._queue.get(timeout=wait) if wait is not None else self._queue.get_nowait()
                )
            except queue.Empty:
                break
            if wait is not None:
                self._urgent.wait(GATHER)
                self._urgent.clear()  # whoever comes from here on finds an idle writer
            wait = None
            if found is _END:
                return items, asks, True
            if isinstance(found, _Ask):
                asks.append(found)
            else:
                items.append(found)
        return items, asks, False

    def _take(self, items: list[_Item]) -> None:
        now = time.monotonic()
        for item in items:
            kept = self._floods.take(item.entry, now)
            for entry in kept:
                self._waiting.append(item if entry is item.entry else _Item(entry, item.stamp))
            if item.entry not in kept and item.done is not None:
                item.done(None)  # it is part of a count: the first of its kind is in the record
        self._take_floods(self._floods.due(now))

    def _take_floods(self, entries: list[Entry]) -> None:
        self._waiting.extend(_Item(entry, self.clockwork.stamp()) for entry in entries)

    def _flush(self) -> None:
        while self._waiting:
            batch = [self._waiting[n] for n in range(min(BATCH, len(self._waiting)))]
            try:
                self._commit(batch)
            except Exception as error:  # noqa: BLE001  # whatever the disk says: the room goes on, the row waits
                self._refused(batch, error)
                return
            for item in batch:
                self._waiting.popleft()
                if item.done is not None:
                    item.done(None)
            self.committed += len(batch)
            self._well()

    def _commit(self, batch: list[_Item]) -> None:
        ledger = self._open()
        if time.monotonic() - self._turned >= EPOCH_SECONDS:
            ledger.turn()
            self._turned = time.monotonic()
        rows = [(item.entry, item.stamp) for item in batch]
        count, since = self._dropped
        if count:
            gap = Entry("record.gap", "gap", detail={"rows": count, "since": since})
            rows.append((gap, self.clockwork.stamp()))
        ledger.append(rows)
        self._dropped = (0, "")

    def _open(self) -> Ledger:
        if self._ledger is None:
            ledger = self.open_ledger()
            ledger.start()
            ledger.close_open()
            self._ledger = ledger
        return self._ledger

    def _refused(self, batch: list[_Item], error: Exception) -> None:
        for item in batch:
            if item.done is not None:
                item.done(Unwritable(str(error)))
                item.done = None
        for item in self._waiting:
            if item.done is not None:
                item.done(Unwritable(str(error)))
                item.done = None
        while len(self._waiting) > WAITING:
            # The oldest stay: they say how it began. What is newest is counted.
            dropped = self._waiting.pop()
            self.lost += 1
            count, since = self._dropped
            self._dropped = (count + 1, since or dropped.stamp.wall)
        if self.writable:
            self.writable = False
            log.error("record.unwritable", why=str(error))
            for told in self.told:
                told()

    def _well(self) -> None:
        if not self.writable:
            self.writable = True
            log.warning("record.writable_again")
            for told in self.told:
                told()

    def _answer(self, ask: _Ask) -> None:
        try:
            result = ask.work(self._open())
        except Exception as error:  # noqa: BLE001  # goes to whoever asked
            ask.done(None, error)
        else:
            ask.done(result, None)


def _resolve(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
