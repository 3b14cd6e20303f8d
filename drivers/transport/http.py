"""A device's own web interface: one request, one answer; no redirects, at most 64 KiB, 3 s."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp

from drivers.errors import DriverError, Unreachable
from drivers.transport.frames import Chunk, Frame, HttpRequest, HttpResponse

LIMIT = 64 * 1024
"""Bytes of a body; more is a device that went wrong."""
ANSWER = 3.0
"""Seconds for a whole answer."""


class Http:
    """Requests to one origin. The answer arrives through `on_chunk`, with the request that it answers."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._on_chunk: Callable[[Chunk], None] = lambda _chunk: None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def endpoint(self) -> str:
        """Return the origin."""
        return self._url

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Make the client; each request makes its own connection where none is kept."""
        self._on_chunk = on_chunk
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER), trust_env=False
        )

    async def send(self, frame: Frame) -> None:
        """Start a request; a failed one simply brings no answer."""
        if not isinstance(frame, HttpRequest):
            raise TypeError("HTTP takes requests")
        if self._session is None:
            raise Unreachable(f"{self._url}: closed")
        task = asyncio.create_task(self._ask(self._session, frame))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, session: aiohttp.ClientSession, request: HttpRequest) -> None:
        try:
            async with session.request(
                request.method,
                self._url + request.path,
                data=request.body or None,
                headers=dict(request.headers),
                allow_redirects=False,
            ) as answer:
                body = await _read(answer.content)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return  # the lane's deadline says that nothing came
        self._on_chunk(HttpResponse(request, answer.status, body))

    async def close(self) -> None:
        """Close; harmless when closed."""
        session, self._session = self._session, None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if session is not None:
            await session.close()

    def wire_time(self, size: int) -> float:
        """Return 0: the network's time is not reckoned."""
        return 0.0

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ignore topics."""

    def present(self) -> bool | None:
        """Return None: only asking tells."""
        return None

    def descriptor(self) -> int | None:
        """Return None: there is no one connection."""
        return None


async def _read(content: aiohttp.StreamReader) -> bytes:
    """Return a body up to the limit; it may come in many pieces."""
    body = b""
    while len(body) < LIMIT:
        piece = await content.read(LIMIT - len(body))
        if not piece:
            break
        body += piece
    return body
