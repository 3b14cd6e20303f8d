"""A bare MQTT 3.1.1 client: connect, subscribe and publish with QoS 0. For sinks and for the floor.

Nothing of the product is used, nor the library that the product uses. Source of the packets: MQTT Version 3.1.1, OASIS
Standard of 29 October 2014, sections 2.2, 3.1 to 3.3, 3.8 and 3.9.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Iterable
from typing import cast

CONNACK, PUBLISH, SUBACK = 2, 3, 9
"""Packet types: the upper half of the first byte."""

OnMessage = Callable[[str, bytes, float], None]
"""Topic, payload, `time.perf_counter()` of its arrival."""


class Client(asyncio.Protocol):
    """One connection to a broker of this machine."""

    def __init__(self, on_message: OnMessage) -> None:
        self._on_message = on_message
        self._transport: asyncio.Transport | None = None
        self._input = bytearray()
        self._granted: asyncio.Queue[int] = asyncio.Queue()

    @classmethod
    async def connect(
        cls, port: int, name: str, topics: Iterable[str], on_message: OnMessage
    ) -> Client:
        """Connect as `name` and subscribe to `topics`; returns when the broker has granted both."""
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: cls(on_message), "127.0.0.1", port)
        await client.begin(name, topics)
        return client

    async def begin(self, name: str, topics: Iterable[str]) -> None:
        """Say who it is and what it wants to hear."""
        self._write(0x10, _text("MQTT") + b"\x04\x02\x00\x00" + _text(name))
        await self._answer()
        for number, topic in enumerate(topics, start=1):
            self._write(0x82, struct.pack(">H", number) + _text(topic) + b"\x00")
            await self._answer()

    def publish(self, topic: str, payload: bytes) -> None:
        """Hand one message to the kernel, without acknowledgement."""
        self._write(0x30, _text(topic) + payload)

    def close(self) -> None:
        """Close; harmless when closed."""
        if self._transport is not None:
            self._transport.abort()

    # -- asyncio --------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; small packets leave at once."""
        self._transport = cast("asyncio.Transport", transport)
        sock: socket.socket = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """Cut the stream into packets."""
        now = time.perf_counter()
        self._input += data
        while (packet := _take(self._input)) is not None:
            head, body = packet
            if head >> 4 == PUBLISH:
                size = int.from_bytes(body[:2], "big")
                self._on_message(body[2 : 2 + size].decode(), body[2 + size :], now)
            elif head >> 4 in (CONNACK, SUBACK):
                self._granted.put_nowait(body[-1])

    async def _answer(self) -> None:
        async with asyncio.timeout(5):
            code = await self._granted.get()
        if code:
            raise ConnectionRefusedError(f"the broker said {code}")

    def _write(self, head: int, body: bytes) -> None:
        if self._transport is None:
            raise ConnectionError("not connected")
        self._transport.write(bytes([head]) + _length(len(body)) + body)


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def _length(size: int) -> bytes:
    found = bytearray()
    while True:
        size, digit = size >> 7, size & 0x7F
        found.append(digit | (0x80 if size else 0))
        if not size:
            return bytes(found)


def _take(stream: bytearray) -> tuple[int, bytes] | None:
    """Take the first whole packet off `stream`: its first byte and its body."""
    size = shift = 0
    for place in range(1, min(len(stream), 5)):
        size |= (stream[place] & 0x7F) << shift
        shift += 7
        if not stream[place] & 0x80:
            end = place + 1 + size
            if len(stream) < end:
                return None
            head, body = stream[0], bytes(stream[place + 1 : end])
            del stream[:end]
            return head, body
    return None
