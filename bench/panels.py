"""Panels: one that taps, and a crowd that only looks. Both speak the WebSocket as any third party would."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import re
import socket
import time
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
import orjson

from bench.children import BenchError

PATIENCE = 20.0
"""Seconds to wait for anything."""
PATH = "/api/v1/ws"

# -- one that taps -------------------------------------------------------------------------------------------------


class Panel:
    """A panel that commands and reads what comes back."""

    def __init__(self, session: aiohttp.ClientSession, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self._ws = ws
        self._waits: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._ids = itertools.count()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str, token: str) -> Panel:
        """Connect to the server at `url` and say hello; returns with the snapshot."""
        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
        try:
            ws = await session.ws_connect(url + PATH, compress=0, max_msg_size=0)
            panel = cls(session, ws)
            greeted = panel._wait("snapshot")
            await ws.send_str('{"type":"hello"}')
            await within(greeted, "a snapshot")
        except BaseException:
            await session.close()
            raise
        return panel

    async def send(self, device: str, command: str, **args: Any) -> asyncio.Future[dict[str, Any]]:
        """Send a command; return what becomes its outcome."""
        name = f"c{next(self._ids)}"
        message = {
            "type": "command",
            "id": name,
            "device": device,
            "command": command,
            "args": args,
        }
        outcome = self._wait(name)
        await self._ws.send_str(orjson.dumps(message).decode())
        return outcome

    async def stop(self) -> asyncio.Future[dict[str, Any]]:
        """Press STOP; return what becomes its answer."""
        stopped = self._wait("stopped")
        await self._ws.send_str('{"type":"stop"}')
        return stopped

    async def close(self) -> None:
        """Hang up."""
        self._reading.cancel()
        await asyncio.wait({self._reading})
        await self._ws.close()
        await self._session.close()

    def _wait(self, name: str) -> asyncio.Future[dict[str, Any]]:
        self._waits[name] = asyncio.get_running_loop().create_future()
        return self._waits[name]

    async def _read(self) -> None:
        async for message in self._ws:
            text = str(message.data)
            if text.startswith('{"type":"patch"'):
                continue  # most of what comes; reading it would be measured too
            body: dict[str, Any] = orjson.loads(text)
            wait = self._waits.pop(str(body.get("id", body["type"])), None)
            if wait is not None and not wait.done():
                wait.set_result(body)


async def within(waited: asyncio.Future[Any], what: str) -> Any:
    """Return what `waited` becomes.

    Raises:
        BenchError: it does not come in time.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await waited
    except TimeoutError:
        raise BenchError(f"waited {PATIENCE:g} s for {what}") from None


# -- a crowd that looks --------------------------------------------------------------------------------------------

VALUE = re.compile(rb'"value":(\d+)')
STALL_SEGMENT, STALL_BUFFER = 536, 4096
"""Bytes of a segment and of the receive buffer of a panel that stalls: the server's side fills up soon."""


class Crowd:
    """Many panels at once, cheap enough not to be what is measured; events are told apart by their value."""

    def __init__(self) -> None:
        self.lookers: list[Looker] = []
        self._left: dict[int, int] = {}
        self._seen: dict[int, asyncio.Future[float]] = {}

    @classmethod
    async def gather(cls, url: str, token: str, count: int) -> Crowd:
        """Connect `count` panels, some at a time; returns when each has its snapshot."""
        crowd = cls()
        for start in range(0, count, 25):
            part = range(start, min(start + 25, count))
            crowd.lookers += await asyncio.gather(*(Looker.open(url, token, crowd) for _ in part))
        return crowd

    def expect(self, value: int) -> asyncio.Future[float]:
        """Return what becomes the `perf_counter` at which the last panel has seen event `value`, or a later one."""
        self._left[value] = len(self.lookers)
        self._seen[value] = asyncio.get_running_loop().create_future()
        return self._seen[value]

    def saw(self, before: int, value: int, at: float) -> None:
        """Take note that one panel has gone from event `before` to `value`."""
        for number in range(before + 1, value + 1):
            if number not in self._left:
                continue
            self._left[number] -= 1
            if self._left[number] == 0:
                del self._left[number]
                self._seen.pop(number).set_result(at)

    async def close(self) -> None:
        """Hang up, all at once."""
        for looker in self.lookers:
            looker.close()
        await asyncio.sleep(0)


class Looker(asyncio.Protocol):
    """One panel that looks. Frames: RFC 6455, section 5.2."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._input = bytearray()
        self._transport: asyncio.Transport | None = None
        self._upgraded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.snapshot = b""
        """The newest one."""
        self.value = 0
        """The newest event it has seen."""
        self.patches = 0
        self.lost = False

    @classmethod
    async def open(cls, url: str, token: str, crowd: Crowd, *, small: bool = False) -> Looker:
        """Connect and say hello; `small`: with buffers that fill up soon."""
        looker = cls(crowd)
        host = urlsplit(url).netloc
        sock = socket.socket()
        sock.setblocking(False)  # noqa: FBT003  # the standard library's way
        if small:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, STALL_SEGMENT)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALL_BUFFER)
        loop = asyncio.get_running_loop()
        address, _, port = host.rpartition(":")
        await loop.sock_connect(sock, (address, int(port)))
        await loop.create_connection(lambda: looker, sock=sock)
        looker.write(
            f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
            f"Sec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        await within(looker._upgraded, "the upgrade")
        looker.greet()
        await within(looker.greeted, "a snapshot")
        return looker

    def write(self, data: bytes) -> None:
        """Hand bytes to the kernel."""
        if self._transport is not None:
            self._transport.write(data)

    def greet(self) -> None:
        """Ask for a snapshot."""
        self.write(_frame(1, b'{"type":"hello"}'))

    def stall(self) -> None:
        """Read nothing more."""
        if self._transport is not None:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Read again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    # -- asyncio --------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note; who waits gives up by itself."""
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Cut the stream into messages."""
        now = time.perf_counter()
        self._input += data
        if not self._upgraded.done():
            end = self._input.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in self._input[:32]:
                self._upgraded.set_exception(BenchError(self._input[:end].decode(errors="replace")))
                return
            del self._input[: end + 4]
            self._upgraded.set_result(None)
        while (message := _message(self._input)) is not None:
            self._take(*message, now)

    def _take(self, opcode: int, body: bytes, now: float) -> None:
        if opcode == 9:
            self.write(_frame(10, body))
        elif opcode == 1 and body.startswith(b'{"type":"patch"'):
            self.patches += 1
            found = VALUE.search(body)
            if found is not None and (value := int(found[1])) > self.value:
                before, self.value = self.value, value
                self._crowd.saw(before, value, now)
        elif opcode == 1 and body.startswith(b'{"type":"snapshot"'):
            self.snapshot = body
            if not self.greeted.done():
                self.greeted.set_result(None)


def _frame(opcode: int, body: bytes) -> bytes:
    """Return a masked frame of at most 125 bytes, as clients must send."""
    mask = os.urandom(4)
    masked = bytes(b ^ mask[i % 4] for i, b in enumerate(body))
    return bytes((0x80 | opcode, 0x80 | len(body))) + mask + masked


def _message(stream: bytearray) -> tuple[int, bytes] | None:
    """Take the first whole frame off `stream`: opcode and body. The servers send whole messages, unmasked."""
    if len(stream) < 2:
        return None
    size, start = stream[1] & 0x7F, 2
    if size >= 126:
        start = 4 if size == 126 else 10
        if len(stream) < start:
            return None
        size = int.from_bytes(stream[2:start], "big")
    if len(stream) < start + size:
        return None
    opcode, body = stream[0] & 0x0F, bytes(stream[start : start + size])
    del stream[: start + size]
    return opcode, body
