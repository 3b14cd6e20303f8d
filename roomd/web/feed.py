"""State to panels: framed once, sent to all; a slow panel gets each point's newest value, never a long queue."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from drivers.clock import Clock
from roomd.state.points import PointState
from roomd.state.store import Store
from roomd.web.framing import text_frame

QUEUE = 64
"""Messages that wait for one panel before it only gets the newest values (trust.md 6)."""
BEHIND = 5.0
"""Seconds that a panel may stay behind before it is dropped."""


class Socket(Protocol):
    """What the feed needs of a WebSocket."""

    async def send_str(self, data: str) -> None:
        """Send a text frame."""
        ...

    def send_now(self, frame: bytes) -> bool:
        """Hand a whole frame to the kernel; False, and nothing done, where it would have to wait."""
        ...


class Client:
    """One panel's queue."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queue: deque[str] = deque()
        self._owed: set[str] = set()
        """Points whose patches were left out while it was behind."""
        self._wake = asyncio.Event()
        self._behind_since: float | None = None
        self.live = False
        """It has had its snapshot, so patches make sense."""
        self.dropped = 0
        """Trace and meter messages left out."""
        self.too_slow = asyncio.Event()
        self.leaving = asyncio.Event()
        """The connection is to end; `bye` is in the queue."""
        self.parting = ""
        """Code of that `bye`."""
        self._sent = asyncio.Event()
        self._sent.set()
        self._socket: Socket | None = None
        """Where it writes, while it does."""

    def push(self, text: str) -> None:
        """Queue a message that may not be left out (outcome, snapshot)."""
        if len(self._queue) >= QUEUE * 4:
            self.too_slow.set()
            return
        self._put(text)

    def push_patch(self, text: str, paths: Mapping[str, Any], frame: bytes) -> None:
        """Send a patch at once where nothing waits, else queue it, or remember its points when too much waits already.

        Args:
            text: the message.
            paths: its points.
            frame: the message, framed.
        """
        if not self.live:
            return
        # A task of its own for each of many panels costs four times what the sending does.
        if self._socket is not None and self._sent.is_set() and self._socket.send_now(frame):
            return
        if self._owed or len(self._queue) >= QUEUE:
            self._owed.update(paths)
            self._note_behind()
            self._wake.set()
            return
        self._put(text)

    def push_optional(self, text: str) -> None:
        """Queue a message that may be left out (trace, meters); what is left out is counted."""
        if len(self._queue) >= QUEUE // 2:
            self.dropped += 1
            return
        self._put(text)

    def last_word(self, message: Mapping[str, Any]) -> None:
        """Drop all that waits and queue one last message: there is no time for more."""
        self.live = False
        self._queue.clear()
        self._owed.clear()
        self._put(orjson.dumps(message).decode())

    def farewell(self, code: str) -> None:
        """Say `bye` and have the connection closed."""
        if not self.leaving.is_set():
            self._put(orjson.dumps({"type": "bye", "code": code}).decode())
            self.parting = code
            self.leaving.set()

    def _put(self, text: str) -> None:
        self._queue.append(text)
        self._sent.clear()
        self._wake.set()

    async def flushed(self, seconds: float) -> None:
        """Wait until all that was queued is with the kernel, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._sent.wait()

    async def write(self, socket: Socket, store: Store) -> None:
        """Send what waits, until cancelled or the socket fails."""
        self._socket = socket
        try:
            await self._write(socket, store)
        finally:
            self._socket = None

    async def _write(self, socket: Socket, store: Store) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue or self._owed:
                if self._queue:
                    await socket.send_str(self._queue.popleft())
                    continue
                owed, self._owed = self._owed, set()
                self._behind_since = None
                await socket.send_str(_newest(store, owed))
            self._sent.set()

    def _note_behind(self) -> None:
        now = self._clock.monotonic()
        if self._behind_since is None:
            self._behind_since = now
        elif now - self._behind_since > BEHIND:
            self.too_slow.set()


class Feed:
    """All panels."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self.store = store
        self.clients: set[Client] = set()
        self._changed: dict[str, PointState] = {}
        self._scheduled = False
        store.subscribe(self._on_change)

    def join(self) -> Client:
        """Take in a panel."""
        client = Client(self._clock)
        self.clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """Let a panel go."""
        self.clients.discard(client)

    def broadcast(self, message: Mapping[str, Any]) -> None:
        """Send one message to all panels."""
        text = orjson.dumps(message, default=str).decode()
        for client in self.clients:
            client.push(text)

    def close(self) -> None:
        """Say `bye` to all panels and let them go: the daemon ends."""
        for client in self.clients:
            client.farewell("restart")

    def _on_change(self, path: str, state: PointState) -> None:
        self._changed[path] = state
        if not self._scheduled:
            # All changes of this turn of the loop go out as one patch.
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._give_way)

    def _give_way(self) -> None:
        """Let the command that made the change reach its device first: fifty panels take milliseconds."""
        asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._scheduled = False
        changed, self._changed = self._changed, {}
        if not self.clients:
            return
        # A point that was removed meanwhile is in nobody's snapshot any more.
        points = {p: s.as_json() for p, s in changed.items() if self.store.get(p) is s}
        patch = orjson.dumps({"type": "patch", "seq": self.store.seq, "points": points})
        text, frame = patch.decode(), text_frame(patch)
        for client in self.clients:
            client.push_patch(text, points, frame)


def _newest(store: Store, paths: set[str]) -> str:
    points = {p: s.as_json() for p in paths if (s := store.get(p)) is not None}
    return orjson.dumps({"type": "patch", "seq": store.seq, "points": points}).decode()
