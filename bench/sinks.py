"""Where commands end: a UDP camera, a pty, MQTT lamps. They note when bytes arrive, and know nothing of our codecs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import time
import tty
from collections.abc import Callable
from typing import cast

from bench.mqtt import Client

ANSWER_AFTER = 0.01
"""Seconds until lamps say what they did: an answer at once would stand in the way of the next message."""
FRAME = 3
"""Bytes of a frame of the bench's own line device (`bench/rooms.py`)."""


class Arrivals:
    """Waits for the n-th of what arrives from now on."""

    def __init__(self) -> None:
        self._left = 0
        self._last: asyncio.Future[float] | None = None

    def expect(self, count: int = 1) -> asyncio.Future[float]:
        """Return what becomes the `perf_counter` of the `count`-th arrival."""
        self._left = count
        self._last = asyncio.get_running_loop().create_future()
        return self._last

    def note(self, at: float) -> None:
        """Count one arrival."""
        self._left -= 1
        if self._left == 0 and self._last is not None and not self._last.done():
            self._last.set_result(at)


# -- UDP -----------------------------------------------------------------------------------------------------------

COMMAND, INQUIRY, REPLY, CONTROL, CONTROL_REPLY = 0x0100, 0x0110, 0x0111, 0x0200, 0x0201
"""Message types of VISCA over IP. Source: SRG-300H, p. 31 (docs/sources.md)."""
_HEADER = struct.Struct(">HHI")
_ACK, _DONE = b"\x90\x41\xff", b"\x90\x51\xff"


class Camera(asyncio.DatagramProtocol):
    """A camera that does everything at once; it notes commands, and neither inquiries nor resets."""

    def __init__(self) -> None:
        self.arrivals = Arrivals()
        self._transport: asyncio.DatagramTransport | None = None
        self._focus = 2
        self.port = 0

    @classmethod
    async def open(cls) -> Camera:
        """Listen on a free port of loopback."""
        loop = asyncio.get_running_loop()
        transport, camera = await loop.create_datagram_endpoint(cls, local_addr=("127.0.0.1", 0))
        camera.port = transport.get_extra_info("sockname")[1]
        return camera

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Note a command, then answer."""
        now = time.perf_counter()
        kind, _, number = _HEADER.unpack_from(data)
        packet = data[_HEADER.size :]
        if kind == COMMAND:
            self.arrivals.note(now)
            if packet[1:4] == b"\x01\x04\x38":
                self._focus = packet[4]
            self._answer(REPLY, number, _ACK, addr)
            self._answer(REPLY, number, _DONE, addr)
        elif kind == INQUIRY:
            self._answer(REPLY, number, b"\x90\x50" + self._value(packet) + b"\xff", addr)
        elif kind == CONTROL:
            self._answer(CONTROL_REPLY, number, b"\x01", addr)

    def _value(self, question: bytes) -> bytes:
        match question[2:4]:
            case b"\x04\x00":
                return b"\x02"  # on
            case b"\x04\x38":
                return bytes([self._focus])
            case b"\x06\x12":
                return bytes(8)  # pan and tilt in the middle
            case b"\x04\x47":
                return bytes(4)  # wide
            case _:
                return bytes(7)  # a version of zeros

    def _answer(self, kind: int, number: int, packet: bytes, to: tuple[str, int]) -> None:
        if self._transport is not None:
            self._transport.sendto(_HEADER.pack(kind, len(packet), number) + packet, to)

    def close(self) -> None:
        """Close."""
        if self._transport is not None:
            self._transport.abort()


# -- pty -----------------------------------------------------------------------------------------------------------


class PtyLine:
    """The far end of a serial line, with every frame and its time. A pty paces nothing."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self.arrivals = Arrivals()
        self.frames: list[tuple[float, bytes]] = []
        self.on_frame: Callable[[float, bytes], None] = lambda _at, _frame: None
        self._input = b""
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        now = time.perf_counter()
        with contextlib.suppress(BlockingIOError, OSError):
            self._input += os.read(self._master, 65536)
        while len(self._input) >= FRAME:
            frame, self._input = self._input[:FRAME], self._input[FRAME:]
            self.frames.append((now, frame))
            self.arrivals.note(now)
            self.on_frame(now, frame)

    def close(self) -> None:
        """Close both ends."""
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)


# -- MQTT ----------------------------------------------------------------------------------------------------------


class Lamps:
    """A subscriber to the wishes of all lamps of both sides, which then says what each lamp did.

    roomd's lamps are those of Zigbee2MQTT (`zigbee2mqtt/<name>/set`), the floor's wishes go to `bare/<name>/set`.
    """

    def __init__(self) -> None:
        self.arrivals = {"zigbee2mqtt": Arrivals(), "bare": Arrivals()}
        self._client: Client | None = None
        self._state: dict[str, bytes] = {}
        self._due: set[str] = set()

    @classmethod
    async def open(cls, port: int) -> Lamps:
        """Subscribe at the broker on `port`."""
        lamps = cls()
        topics = ("zigbee2mqtt/+/set", "zigbee2mqtt/+/get", "bare/+/set")
        lamps._client = await Client.connect(port, "bench-lamps", topics, lamps._heard)
        return lamps

    def _heard(self, topic: str, payload: bytes, now: float) -> None:
        base, name, verb = topic.split("/")
        if verb == "set":
            self.arrivals[base].note(now)
        if base == "bare":
            return
        lamp = f"{base}/{name}"
        if verb == "set":
            self._state[lamp] = payload
        if not self._due:
            asyncio.get_running_loop().call_later(ANSWER_AFTER, self._answer)
        self._due.add(lamp)

    def _answer(self) -> None:
        due, self._due = self._due, set()
        for lamp in due:
            self.publish(lamp, self._state.get(lamp, b'{"state":"OFF","brightness":0}'))

    def publish(self, topic: str, payload: bytes) -> None:
        """Say something as a device."""
        if self._client is None:
            raise ConnectionError("not connected")
        self._client.publish(topic, payload)

    def close(self) -> None:
        """Close."""
        if self._client is not None:
            self._client.close()


def free_port() -> int:
    """Return a TCP port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
