"""A serial port: exclusive, found by its identity at every open, paced by its baud rate."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping

import serial
import serial_asyncio_fast
import structlog

from drivers.errors import DriverError, Misconfigured, Unreachable
from drivers.transport.echo import EchoSuspicion, OwnEcho
from drivers.transport.frames import Chunk, Collided, Frame
from drivers.transport.identity import is_present, resolve

now = time.monotonic
log = structlog.stdlib.get_logger(__name__)

CLOSE = 1.0
"""Seconds for closing."""
PARITY = {"N": serial.PARITY_NONE, "E": serial.PARITY_EVEN, "O": serial.PARITY_ODD}


class _Port(serial.Serial):
    """A port that leaves the modem lines as they are unless it is told; pyserial would raise both at every open."""

    wanted: Mapping[str, bool] = {}

    def _update_dtr_state(self) -> None:
        if "dtr" in self.wanted:
            super()._update_dtr_state()  # type: ignore[misc]  # pyserial's own hook, not in its stubs

    def _update_rts_state(self) -> None:
        if "rts" in self.wanted:
            super()._update_rts_state()  # type: ignore[misc]  # as above


class _Protocol(asyncio.Protocol):
    def __init__(
        self, on_data: Callable[[bytes], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        self._on_data = on_data
        self._on_lost = on_lost
        self.asked = False
        self.gone = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self._on_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        if not self.asked:
            self._on_lost(Unreachable(f"serial port lost: {exc or 'closed'}"))


class SerialPort:
    """One serial port.

    Args:
        identity: one of `by_id`, `usb_serial`, `vid_pid`, `by_path`, `path`.
        baud: bits per second.
        line_format: data bits, parity, stop bits, for example `8N1`.
        local_echo: the adapter returns what we send.
        modem: `dtr`, `rts` to set; left out, they stay as they are.
    """

    def __init__(
        self,
        identity: Mapping[str, str],
        baud: int,
        line_format: str,
        *,
        local_echo: bool,
        modem: Mapping[str, bool],
    ) -> None:
        self._identity = dict(identity)
        self._baud = baud
        self._format = line_format
        self._modem = modem
        self._echo = OwnEcho() if local_echo else None
        self._suspicion = EchoSuspicion()
        self._transport: serial_asyncio_fast.SerialTransport | None = None
        self._protocol: _Protocol | None = None
        self._path = ""

    @property
    def endpoint(self) -> str:
        """Return `serial:` with the device file last opened, or with its name where it never was."""
        return f"serial:{self._path or '='.join(next(iter(self._identity.items())))}"

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Open the port exclusively and discard what came before.

        Raises:
            Unreachable: it is missing, or another process holds it.
            Misconfigured: several ports fit, or it is no serial port.
        """
        path = resolve(self._identity)
        loop = asyncio.get_running_loop()
        protocol = _Protocol(lambda data: self._received(data, on_chunk), on_lost)
        try:
            port = self._port(path)
        except (serial.SerialException, OSError, ValueError) as error:
            if not _is_tty(path):
                raise Misconfigured(f"{path} is no serial port") from error
            raise Unreachable(f"{path}: {error}") from error
        self._transport = serial_asyncio_fast.SerialTransport(loop, protocol, port)
        self._protocol = protocol
        self._path = path
        if self._echo is not None:
            self._echo.reset()

    def _port(self, path: str) -> serial.Serial:
        port = _Port()
        port.wanted = self._modem
        port.port = path
        port.baudrate = self._baud
        port.bytesize = int(self._format[0])
        port.parity = PARITY[self._format[1]]
        port.stopbits = int(self._format[2])
        port.timeout = 0
        port.exclusive = True
        port.dtr = self._modem.get("dtr", False)
        port.rts = self._modem.get("rts", False)
        port.open()  # discards what came before
        return port

    def _received(self, data: bytes, on_chunk: Callable[[Chunk], None]) -> None:
        if self._echo is not None:
            before = self._echo.collisions
            data = self._echo.strip(data)
            if self._echo.collisions > before:
                on_chunk(Collided(data))
        elif self._suspicion.heard(data, now()):
            log.warning("serial.hears_itself", endpoint=self.endpoint, setting="local_echo")
        if data:
            on_chunk(data)

    async def send(self, frame: Frame) -> None:
        """Hand bytes to the tty at once."""
        if not isinstance(frame, bytes):
            raise TypeError("a serial port takes bytes")
        if self._transport is None or self._transport.is_closing():
            raise Unreachable(f"{self.endpoint}: closed")
        if self._echo is not None:
            self._echo.sent(frame)
        self._suspicion.sent(frame, now())
        self._transport.write(frame)

    async def close(self) -> None:
        """Close; harmless when closed. The port is free for others afterwards."""
        transport, protocol = self._transport, self._protocol
        self._transport = self._protocol = None
        if transport is None or protocol is None:
            return
        protocol.asked = True
        if not protocol.gone.is_set():
            transport.abort()
            # The library closes the descriptor in a thread; whoever opens the port next would find it held.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE):
                    await protocol.gone.wait()

    def wire_time(self, size: int) -> float:
        """Return bytes x bits / baud, start and stop bits and parity counted."""
        parity = 0 if self._format[1] == "N" else 1
        bits = 1 + int(self._format[0]) + parity + int(self._format[2])
        return size * bits / self._baud

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ignore topics."""

    def present(self) -> bool | None:
        """Return whether the port is there now."""
        return is_present(self._identity)

    def descriptor(self) -> int | None:
        """Return the tty's descriptor while it is open."""
        if self._transport is None or self._transport.is_closing():
            return None
        port = self._transport.serial
        return None if port is None else int(port.fileno())


def _is_tty(path: str) -> bool:
    """Return whether a port that could not be opened is a terminal at all; one that is gone or held may be."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return True
    try:
        return os.isatty(descriptor)
    finally:
        os.close(descriptor)
