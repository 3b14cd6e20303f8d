"""A small web server on loopback in front of a simulator that has a web interface."""

from __future__ import annotations

import asyncio
from typing import ClassVar, cast

from aiohttp import web

from drivers.clock import Clock
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator

ANSWER = 5.0
"""Seconds after which an unanswered request is let go with 504."""


class HttpWire:
    """See the module. A simulator gets the body as data, `PUT /path` as topic, and a future as `peer`.

    Its answer is `emit(body, peer=peer, topic="200")`.

    Args:
        clock: kept for symmetry with serial lines.
        host: loopback address to listen on.
        port: TCP port; 0 picks a free one.
    """

    stream: ClassVar[bool] = False
    """An answer is a message."""

    def __init__(self, clock: Clock, host: str = "127.0.0.1", port: int = 0) -> None:
        self._clock = clock
        self._host = host
        self._port = port
        self._simulators: list[Simulator] = []
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """Return `host:port`."""
        return f"{self._host}:{self._port}"

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator behind the server."""
        simulator.wire = self
        self._simulators.append(simulator)

    def detach(self, simulator: Simulator) -> None:
        """Take a simulator away."""
        self._simulators.remove(simulator)
        simulator.close()

    async def open(self) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._ask)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def _ask(self, request: web.Request) -> web.Response:
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        body = await request.read()
        if all({"unplug", "reboot"} & s.faults.keys() for s in self._simulators):
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        for simulator in list(self._simulators):
            deliver(simulator, body, answer, f"{request.method} {request.path_qs}")
        try:
            async with asyncio.timeout(ANSWER):
                status, data = await answer
        except TimeoutError:
            return web.Response(status=504)
        return web.Response(status=status, body=data)

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Answer the request that `peer` stands for; `topic` is the status."""
        if isinstance(peer, asyncio.Future):
            answer = cast("asyncio.Future[tuple[int, bytes]]", peer)
            if not answer.done():
                answer.set_result((int(topic or "200"), data))

    def drop_connections(self) -> None:
        """Each request has its own."""

    def unplug(self) -> None:
        """Nothing: while the fault is set, requests are cut off."""

    async def plug(self) -> None:
        """Nothing, for the same reason."""

    async def close(self) -> None:
        """Take the server away for good."""
        if self._runner is not None:
            await self._runner.cleanup()
        for simulator in self._simulators:
            simulator.close()
