"""The shape of a transport: open, hand bytes over, hear what comes, notice that it is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.errors import DriverError
from drivers.transport.frames import Chunk, Frame


class Transport(Protocol):
    """One physical endpoint. Foreign exceptions (OS, pyserial, MQTT, HTTP) are translated here and nowhere else."""

    @property
    def endpoint(self) -> str:
        """Return the endpoint after resolution, for comparing: `serial:/dev/ttyUSB0`, `tcp:10.0.0.5:4352`, ..."""
        ...

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Connect within 3 s. From then on `on_chunk` gets what arrives, and `on_lost` is called once at the end.

        `on_lost` is not called for a `close` that was asked for. May be opened again after it was lost or closed.

        Raises:
            Unreachable: nobody there, port missing, port held by another process.
            Refused: the far end said no for good (`permanent`), for example a wrong password.
        """
        ...

    async def send(self, frame: Frame) -> None:
        """Hand `frame` to the operating system *before the first suspension* of this coroutine.

        The lane asks its gate and then awaits this at once, so nothing may be awaited in between. What comes after the
        hand-over (an MQTT acknowledgement) must not be waited for here.

        Raises:
            Unreachable: the link is gone; nothing left.
        """
        ...

    async def close(self) -> None:
        """Close; harmless when closed. Takes at most 1 s."""
        ...

    def wire_time(self, size: int) -> float:
        """Return the seconds that `size` bytes need on the wire: bytes x bits / baud on serial, 0.0 elsewhere."""
        ...

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ask for these MQTT topic filters at every connect; other transports ignore it."""
        ...

    def present(self) -> bool | None:
        """Return whether the port's path is there now (serial), or None where nobody can know without trying."""
        ...

    def descriptor(self) -> int | None:
        """Return the open file descriptor for a last-resort stop frame (serial, TCP, UDP), or None."""
        ...
