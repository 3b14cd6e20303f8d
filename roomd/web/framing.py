"""A WebSocket that keeps to RFC 6455 5.1: a client's frames are masked, or the connection ends with 1002.

The library takes unmasked frames, which let a page write what an old proxy between takes for a request of its own. And
it frames a message anew for each of its readers, which costs more than to send it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import WebSocketError, WSCloseCode, web

MASK = 0x80
TEXT = 0x81
"""First byte of a whole text message."""


def text_frame(text: bytes) -> bytes:
    """Return UTF-8 text as one unmasked frame, as a server sends it. RFC 6455 5.2."""
    size = len(text)
    if size < 126:
        return bytes((TEXT, size)) + text
    if size < 1 << 16:
        return bytes((TEXT, 126)) + size.to_bytes(2, "big") + text
    return bytes((TEXT, 127)) + size.to_bytes(8, "big") + text


class MaskCheck:
    """Finds the first unmasked frame in a stream that is cut anywhere. No I/O."""

    def __init__(self) -> None:
        self._header = bytearray()
        self._payload = 0
        """Bytes of the present frame that are still to come."""

    def feed(self, data: bytes) -> bool:
        """Return whether all is well; after a False nothing more may be fed."""
        at = 0
        while at < len(data):
            if self._payload:
                step = min(self._payload, len(data) - at)
                self._payload -= step
                at += step
                continue
            self._header.append(data[at])
            at += 1
            if len(self._header) == 2 and not self._header[1] & MASK:
                return False
            if len(self._header) == self._size():
                self._payload = self._length()
                self._header.clear()
        return True

    def _size(self) -> int:
        """Return the bytes of the header, its mask included, as far as it is known."""
        if len(self._header) < 2:
            return 2
        return 6 + {126: 2, 127: 8}.get(self._header[1] & 0x7F, 0)

    def _length(self) -> int:
        short = self._header[1] & 0x7F
        return int.from_bytes(self._header[2:-4], "big") if short > 125 else short


class _Checked:
    """Stands before the library's reader."""

    def __init__(self, reader: Any, queue: Any) -> None:
        self._reader = reader
        self._queue = queue
        self._check = MaskCheck()
        self._over = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Pass on what is masked; a piece that is not ends the connection."""
        if self._over:
            return True, b""
        if not self._check.feed(data):
            self._over = True
            self._queue.set_exception(WebSocketError(WSCloseCode.PROTOCOL_ERROR, "unmasked"))
            return True, b""
        found: tuple[bool, bytes] = self._reader.feed_data(data)
        return found

    def feed_eof(self) -> None:
        """Pass on that nothing follows."""
        self._reader.feed_eof()


class MaskedSocket(web.WebSocketResponse):
    """See the module."""

    _transport: asyncio.Transport | None = None

    def send_now(self, frame: bytes) -> bool:
        """Hand a whole frame to the kernel; False, and nothing done, where it is closed or earlier bytes still wait."""
        transport = self._transport
        if transport is None or self.closed or transport.is_closing():
            return False
        if transport.get_write_buffer_size():
            return False
        transport.write(frame)
        return True

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: Any) -> None:
        if isinstance(request.transport, asyncio.Transport):
            self._transport = request.transport
        connection: Any = request.protocol
        early, connection._message_tail = connection._message_tail, b""  # noqa: SLF001  # the library has no other place
        super()._post_start(request, protocol, writer)
        checked = _Checked(connection._payload_parser, self._reader)  # noqa: SLF001  # as above
        connection._payload_parser = checked  # noqa: SLF001  # as above
        if early:
            checked.feed_data(early)
