"""A simulated projector on a TCP port, and clients that read it line by line."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from drivers.clock import VirtualClock, settle
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import PjlinkSimulator
from drivers.simulation.wires import TcpWire


@dataclass
class Client(asyncio.Protocol):
    """One connection, read to where it stands."""

    received: bytes = b""
    open: bool = True
    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False

    async def ask(self, text: str) -> str:
        """Send one line; return what came back, line ends as they are."""
        assert self.transport is not None
        self.received = b""
        self.transport.write(text.encode())
        await settle()
        return self.received.decode("utf-8", "replace")


@dataclass
class Desk:
    """A projector on a TCP port of its own."""

    clock: VirtualClock
    simulator: PjlinkSimulator
    wire: TcpWire
    clients: list[Client] = field(default_factory=list[Client])

    async def connect(self) -> Client:
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(Client, "127.0.0.1", self.wire.port)
        self.clients.append(client)
        await settle()
        return client


@asynccontextmanager
async def desk(**options: Any) -> AsyncIterator[Desk]:
    clock = VirtualClock()
    wire = TcpWire(clock)
    simulator = PjlinkSimulator(PjlinkSettings.model_validate(options), "tcp", clock)
    wire.attach(simulator)
    await wire.open()
    table = Desk(clock, simulator, wire)
    try:
        yield table
    finally:
        for client in table.clients:
            if client.transport is not None:
                client.transport.abort()
        await wire.close()
        await settle()


def digest(client: Client, password: str) -> str:
    kind, _, challenge = client.received.decode().strip().rpartition(" ")
    assert kind == "PJLINK 1"
    assert len(challenge) == 8
    return hashlib.md5((challenge + password).encode()).hexdigest()  # noqa: S324  # PJLink
