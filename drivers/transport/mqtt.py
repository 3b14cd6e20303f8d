"""MQTT: one connection to one broker, shared by all devices of the room; `aiomqtt` does the protocol.

A half-open connection is noticed within 6 s: keep-alive 5 s, and every 2 s a message to ourselves with a 3 s deadline
(stock detection takes twice the keep-alive, measured). Nothing is ever published retained to a command topic.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import aiomqtt

from drivers.errors import DriverError, Refused, Unreachable
from drivers.transport.frames import Chunk, Frame, Publish, Published

PAYLOAD = 64 * 1024
"""Bytes of a payload; larger ones are dropped and counted."""
KEEP_ALIVE = 5
PING_EVERY = 2.0
PING_ANSWER = 3.0
CONNECT = 3.0
IN_FLIGHT = 1000
"""Unacknowledged publishes, at most: a scene of the whole room leaves at once."""
BAD_CREDENTIALS = frozenset({4, 5, 134, 135})
"""CONNACK codes for a wrong user or password, MQTT 3.1.1 (4, 5) and 5 (134, 135)."""


@dataclass(frozen=True)
class Broker:
    """Where the broker is, and who we are."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    client_id: str
    room: str
    """Id of the room, for our own topics `roomd/<room>/...`."""


class Mqtt:
    """The room's connection to its broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._topics: set[str] = set()
        self._client: aiomqtt.Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._pong = asyncio.Event()
        self.dropped: Counter[str] = Counter()
        """Messages not handed on: `too_large`."""

    @property
    def endpoint(self) -> str:
        """Return `mqtt:host:port`."""
        return f"mqtt:{self._broker.host}:{self._broker.port}"

    @property
    def _own(self) -> str:
        return f"roomd/{self._broker.room}"

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Connect and subscribe; raises `Unreachable`, or a permanent `Refused` for a wrong password."""
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run(ready, on_chunk, on_lost), name=self.endpoint)
        try:
            await ready
        except BaseException:
            await self.close()
            raise

    async def _run(
        self,
        ready: asyncio.Future[None],
        on_chunk: Callable[[Chunk], None],
        on_lost: Callable[[DriverError], None],
    ) -> None:
        try:
            async with self._make_client() as client:
                self._client = client
                for topic in (f"{self._own}/ping", *sorted(self._topics)):
                    await client.subscribe(topic, qos=1)
                ready.set_result(None)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._ping(client))
                    group.create_task(self._listen(client, on_chunk))
        except* (aiomqtt.MqttError, OSError, TimeoutError) as group_error:
            error = _translated(self.endpoint, group_error.exceptions[0])
            if ready.done():
                on_lost(error)
            else:
                ready.set_exception(error)
        finally:
            self._client = None

    def _make_client(self) -> aiomqtt.Client:
        broker = self._broker
        return aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.user or None,
            password=broker.password or None,
            identifier=broker.client_id,
            will=aiomqtt.Will(f"{self._own}/status", b"offline", qos=1, retain=True),
            timeout=CONNECT,
            keepalive=KEEP_ALIVE,
            max_inflight_messages=IN_FLIGHT,
            # Without it Nagle and delayed acknowledgement cost 40 ms a scene (performance.md).
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )

    async def _listen(self, client: aiomqtt.Client, on_chunk: Callable[[Chunk], None]) -> None:
        async for message in client.messages:
            topic = message.topic.value
            if topic == f"{self._own}/ping":
                self._pong.set()
                continue
            payload = bytes(message.payload)
            if len(payload) > PAYLOAD:
                self.dropped["too_large"] += 1
                continue
            on_chunk(Published(topic, payload, bool(message.retain)))
        raise aiomqtt.MqttError("the broker closed the connection")

    async def _ping(self, client: aiomqtt.Client) -> None:
        await client.publish(f"{self._own}/status", b"online", qos=1, retain=True)
        while True:
            self._pong.clear()
            self._hand_over(client, Publish(f"{self._own}/ping", b""))
            async with asyncio.timeout(PING_ANSWER):
                await self._pong.wait()
            await asyncio.sleep(PING_EVERY)

    async def send(self, frame: Frame) -> None:
        """Hand one message to the socket at once; the broker's acknowledgement is not waited for."""
        if not isinstance(frame, Publish):
            raise TypeError("MQTT takes messages to publish")
        if self._client is None:
            raise Unreachable(f"{self.endpoint}: not connected")
        self._hand_over(self._client, frame)

    def _hand_over(self, client: aiomqtt.Client, frame: Publish) -> None:
        # aiomqtt's own `publish` waits for the PUBACK; fifty lamps in a row would take fifty round trips. Its paho client
        # writes to the socket before it returns, and handles the PUBACK by itself.
        info = client._client.publish(frame.topic, frame.payload, frame.qos, False)  # noqa: FBT003, SLF001
        if info.rc != 0:
            raise Unreachable(f"{self.endpoint}: publish failed ({info.rc})")

    async def close(self) -> None:
        """Close; harmless when closed."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                async with asyncio.timeout(1.0):
                    await asyncio.shield(asyncio.gather(task, return_exceptions=True))
        self._client = None

    def wire_time(self, size: int) -> float:
        """Return 0: the network's time is not reckoned."""
        return 0.0

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ask for these topics now and at every connect."""
        new = set(topics) - self._topics
        self._topics |= new
        if self._client is not None and new:
            task = asyncio.create_task(self._subscribe(self._client, new))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _subscribe(self, client: aiomqtt.Client, topics: set[str]) -> None:
        with contextlib.suppress(
            aiomqtt.MqttError
        ):  # the connection's own loss is told by its reader
            for topic in sorted(topics):
                await client.subscribe(topic, qos=1)

    def present(self) -> bool | None:
        """Return None: only trying tells."""
        return None

    def descriptor(self) -> int | None:
        """Return None: a stop frame cannot be written past the broker's protocol."""
        return None


def _translated(endpoint: str, error: BaseException) -> DriverError:
    if isinstance(error, BaseExceptionGroup):
        return _translated(endpoint, error.exceptions[0])
    code = getattr(error, "rc", None)
    number = getattr(code, "value", code)
    if number in BAD_CREDENTIALS:
        return Refused("auth", f"{endpoint}: user or password refused", permanent=True)
    return Unreachable(f"{endpoint}: {error or type(error).__name__}")
