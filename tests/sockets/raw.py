"""A client that writes what it likes: bytes on a socket, with and without the WebSocket's own rules."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.web_room import TOKENS, WebRoom

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
UPGRADE = (
    "GET /api/v1/ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Authorization: Bearer {token}\r\n\r\n"
)


def frame(
    payload: bytes | str,
    opcode: int = TEXT,
    *,
    fin: bool = True,
    masked: bool = True,
    bits: int = 0,
) -> bytes:
    """Return one frame; `bits` are the reserved ones."""
    body = payload.encode() if isinstance(payload, str) else payload
    first = (0x80 if fin else 0) | (bits << 4) | opcode
    mask = 0x80 if masked else 0
    if len(body) < 126:
        head = struct.pack("!BB", first, mask | len(body))
    elif len(body) < 65536:
        head = struct.pack("!BBH", first, mask | 126, len(body))
    else:
        head = struct.pack("!BBQ", first, mask | 127, len(body))
    if not masked:
        return head + body
    key = b"\x11\x22\x33\x44"
    return head + key + bytes(b ^ key[n % 4] for n, b in enumerate(body))


class _Bytes(asyncio.Protocol):
    """Keeps all that came, also what came right before the connection was reset."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.over = False
        self.news = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.over = True
        self.news.set()


class HungUp(Exception):
    """The server has closed, and there is nothing more to read."""


@dataclass
class Raw:
    """One TCP connection to a room's server."""

    room: WebRoom
    transport: asyncio.Transport
    wire: _Bytes
    seen: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])
    """(opcode, payload) of each frame that came."""

    @property
    def host(self) -> str:
        return self.room.url.removeprefix("http://")

    async def write(self, data: bytes, pieces: int | None = None) -> None:
        """Write, in pieces of so many bytes, each of which has left before the next."""
        step = pieces or max(1, len(data))
        for at in range(0, len(data), step):
            if self.wire.over:
                return  # the server has hung up; the test looks at what it said
            self.transport.write(data[at : at + step])
            await asyncio.sleep(0)

    def end(self) -> None:
        """Say that nothing more will be written; the other direction stays open."""
        with contextlib.suppress(OSError):
            self.transport.write_eof()

    async def take(self, size: int) -> bytes:
        """Return the next bytes."""
        return await self.room.settled(self._take(lambda: size))

    async def _take(self, size: Callable[[], int]) -> bytes:
        while not 0 < size() <= len(self.wire.buffer) and size():
            if self.wire.over:
                raise HungUp
            self.wire.news.clear()
            await self.wire.news.wait()
        found = bytes(self.wire.buffer[: size()])
        del self.wire.buffer[: len(found)]
        return found

    async def head(self) -> tuple[int, dict[str, str]]:
        """Return status and headers of an answer; status 0 where the server has closed."""
        end = b"\r\n\r\n"

        def size() -> int:
            at = self.wire.buffer.find(end)
            return -1 if at < 0 else at + len(end)

        try:
            raw = await self.room.settled(self._take(size))
        except HungUp:
            return 0, {}
        line, *lines = raw.decode("latin-1").strip().split("\r\n")
        headers = dict(part.lower().split(": ", 1) for part in lines)
        return int(line.split()[1]), headers

    async def body(self, headers: dict[str, str]) -> Any:
        """Return the answer's body as JSON where it is some."""
        raw = await self.take(int(headers["content-length"]))
        return json.loads(raw) if "json" in headers["content-type"] else raw.decode()

    async def upgrade(self, role: str = "presenter", pieces: int | None = None) -> None:
        """Become a WebSocket."""
        text = UPGRADE.format(host=self.host, token=TOKENS[role])
        await self.write(text.encode(), pieces)
        status, _ = await self.head()
        assert status == 101

    async def say(self, pieces: int | None = None, **message: Any) -> None:
        """Send one message."""
        await self.write(frame(json.dumps(message)), pieces)

    async def receive(self) -> tuple[int, bytes]:
        """Return the next frame as (opcode, payload); the server's own pings are answered on the way."""
        first, second = await self.take(2)
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(await self.take(2 if size == 126 else 8), "big")
        payload = await self.take(size)
        if first & 0x0F == PING:
            await self.write(frame(payload, PONG))
            return await self.receive()
        self.seen.append((first & 0x0F, payload))
        return self.seen[-1]

    async def next(self, kind: str) -> dict[str, Any]:
        """Return the next message of a type."""
        while True:
            opcode, payload = await self.receive()
            assert opcode == TEXT, (opcode, payload)
            message: dict[str, Any] = json.loads(payload)
            if message["type"] == kind:
                return message

    async def closed(self) -> int | None:
        """Read to the end; return the close code, None where the server just hung up."""
        try:
            while True:
                opcode, payload = await self.receive()
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2], "big")
        except HungUp:
            return None

    async def hung_up(self) -> bool:
        """Wait until the server has closed, whatever it said before."""
        with contextlib.suppress(HungUp):
            while True:
                self.wire.buffer.clear()
                await self.take(1)
        return True


@asynccontextmanager
async def raw(room: WebRoom, *, receive_buffer: int | None = None) -> AsyncIterator[Raw]:
    """Open a connection; `receive_buffer` bytes are what the kernel takes while nobody reads."""
    port = int(room.url.rsplit(":", 1)[1])
    plain = socket.socket()
    if receive_buffer is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    plain.connect(("127.0.0.1", port))
    plain.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(_Bytes, sock=plain)
    try:
        yield Raw(room, transport, protocol)
    finally:
        transport.abort()
