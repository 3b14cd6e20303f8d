"""Simulated MQTT devices: one client of a real broker for all simulators on it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import ClassVar

import aiomqtt

from drivers.clock import Clock
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator

RETRY = 0.2
"""Seconds between attempts to reach the broker."""


class MqttWire:
    """See the module.

    Args:
        clock: kept for symmetry with serial lines; a network is not paced.
        host: the broker's address.
        port: its TCP port.
        user: user name; empty where the broker takes anybody.
        password: password.
    """

    stream: ClassVar[bool] = False
    """A payload is a message."""

    def __init__(self, clock: Clock, host: str, port: int, user: str, password: str) -> None:
        self._clock = clock
        self._host = host
        self._port = port
        self._user = user
        self._password = password
        self._simulators: list[Simulator] = []
        self._client: aiomqtt.Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._greeting: set[asyncio.Task[None]] = set()
        self.ready = asyncio.Event()
        """It is connected and has subscribed."""

    @property
    def address(self) -> str:
        """Return the broker's `host:port`."""
        return f"{self._host}:{self._port}"

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator on the broker."""
        simulator.wire = self
        self._simulators.append(simulator)
        if self._client is not None:
            task = asyncio.create_task(self._greet(self._client, simulator))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    async def settled(self) -> None:
        """Wait until what was attached to a running wire listens to its topics."""
        if self._greeting:
            await asyncio.wait(self._greeting)

    async def _greet(self, client: aiomqtt.Client, simulator: Simulator) -> None:
        """Subscribe for one that came later; a lost connection subscribes for all when it is back."""
        with contextlib.suppress(aiomqtt.MqttError):
            for topic in simulator.topics():
                await client.subscribe(topic, qos=1)
            if "unplug" not in simulator.faults:
                simulator.connected(None)

    def detach(self, simulator: Simulator) -> None:
        """Take a simulator away."""
        self._simulators.remove(simulator)
        simulator.close()

    async def open(self) -> None:
        """Connect, and stay connected."""
        self._task = asyncio.create_task(self._run(), name="mqtt simulators")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5.0):
                await self.ready.wait()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError, OSError):
                await self._serve()
            self.ready.clear()
            self._client = None
            for simulator in self._simulators:
                simulator.disconnected(None)
            await asyncio.sleep(RETRY)

    async def _serve(self) -> None:
        async with aiomqtt.Client(
            self._host,
            self._port,
            username=self._user or None,
            password=self._password or None,
            identifier=f"roomd-simulators-{id(self):x}"[:23],
            keepalive=5,
            timeout=3.0,
            max_inflight_messages=1000,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        ) as client:
            self._client = client
            for topic in sorted({t for s in self._simulators for t in s.topics()}):
                await client.subscribe(topic, qos=1)
            for simulator in self._simulators:
                if "unplug" not in simulator.faults:
                    simulator.connected(None)
            self.ready.set()
            async for message in client.messages:
                payload = bytes(message.payload)
                for simulator in list(self._simulators):
                    if any(message.topic.matches(t) for t in simulator.topics()):
                        deliver(simulator, payload, None, message.topic.value)

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Publish."""
        if self._client is not None:
            # As in `drivers.transport.mqtt`: paho writes at once; waiting for each PUBACK would serialise the room.
            self._client._client.publish(topic, data, 1, retain)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # as above

    def drop_connections(self) -> None:
        """Publish the wills of those that reboot; the others on this connection must not notice."""
        self._publish_wills("reboot")

    def unplug(self) -> None:
        """Publish the wills of those that were unplugged."""
        self._publish_wills("unplug")

    def _publish_wills(self, fault: str) -> None:
        for simulator in self._simulators:
            will = simulator.will()
            if fault in simulator.faults and will is not None:
                self.transmit(will[1], peer=None, topic=will[0], retain=True)

    async def plug(self) -> None:
        """Let the simulators that were unplugged say that they are back."""
        for simulator in self._simulators:
            if "unplug" not in simulator.faults:
                simulator.connected(None)

    async def close(self) -> None:
        """Disconnect for good."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        for simulator in self._simulators:
            simulator.close()
