"""What a link would hear of a transport."""

from __future__ import annotations

from drivers.errors import DriverError
from drivers.transport.base import Transport
from drivers.transport.frames import Chunk
from tests.support.waiting import until


class Heard:
    """Keeps everything that a transport says."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.lost: list[DriverError] = []

    async def listen(self, transport: Transport) -> None:
        """Open a transport and listen."""
        await transport.open(self.chunks.append, self.lost.append)

    @property
    def data(self) -> bytes:
        """Return all bytes that came, in their order."""
        return b"".join(chunk for chunk in self.chunks if isinstance(chunk, bytes))

    async def until(self, data: bytes) -> None:
        """Wait until exactly these bytes have come."""
        await until(lambda: len(self.data) >= len(data))
        assert self.data == data
