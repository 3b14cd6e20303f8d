"""MQTT: one connection to one broker, shared by all devices of the room; `aiomqtt` does the protocol.

A half-open connection is noticed within 6 s: keep-alive 5 s, and every 2 s a message to ourselves with a 3 s deadline
(stock detection takes twice the keep-alive, measured). Nothing is ever published retained to a command topic.

Under MQTT 3.1.1 a broker does not say why it closes a connection. Two connections in a row that it closes within 10 s
are taken for another client with our id; quick attempts would only throw each other out, so the schedule begins at its
last step, with an alarm.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import aiomqtt
import structlog

from drivers.errors import DriverError, Refused, Unreachable
from drivers.transport.frames import Chunk, Frame, Publish, Published

log = structlog.stdlib.get_logger(__name__)

PAYLOAD = 64 * 1024
"""Bytes of a payload; larger ones are dropped and counted."""
KEEP_ALIVE = 5
PING_EVERY = 2.0
PING_ANSWER = 3.0
CONNECT = 3.0
IN_FLIGHT = 1000
"""Unacknowledged publishes, at most: a scene of the whole room leaves at once."""
AT_ONCE = 100
"""Topic filters in one subscription packet."""
REFUSED = 128
"""Codes from here on in a SUBACK: the broker does not let us subscribe."""
SHORT = 10.0
"""Seconds; a connection that the broker closes earlier, twice in a row, is one that somebody takes over."""
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
        self._short = 0
        """Connections in a row that the broker closed soon."""
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
        self._task.add_done_callback(lambda task: self._crashed(task, on_lost))
        try:
            await ready
        except BaseException:
            ready.cancel()
            await self.close()
            raise

    async def _run(
        self,
        ready: asyncio.Future[None],
        on_chunk: Callable[[Chunk], None],
        on_lost: Callable[[DriverError], None],
    ) -> None:
        began = asyncio.get_running_loop().time()
        try:
            async with self._make_client() as client:
                self._client = client
                await self._ask_for(client, {f"{self._own}/ping", *self._topics})
                if not ready.done():  # else it was given up meanwhile
                    ready.set_result(None)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._ping(client))
                    group.create_task(self._listen(client, on_chunk))
        except* (aiomqtt.MqttError, DriverError, OSError, TimeoutError) as group_error:
            first = _first(group_error)
            error = _translated(self.endpoint, first)
            if not ready.done():
                ready.set_exception(error)
            else:
                lasted = asyncio.get_running_loop().time() - began
                on_lost(
                    self._judged(error, closed=not isinstance(first, TimeoutError), lasted=lasted)
                )
        finally:
            self._client = None
            if not ready.done():
                ready.set_exception(Unreachable(f"{self.endpoint}: given up"))

    def _crashed(self, task: asyncio.Task[None], on_lost: Callable[[DriverError], None]) -> None:
        """Give the link its end where our own code failed: without it nobody would ever connect again."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("broker.reader_failed", endpoint=self.endpoint, exc_info=error)
            on_lost(Unreachable(f"{self.endpoint}: {type(error).__name__}"))

    def _judged(self, error: DriverError, *, closed: bool, lasted: float) -> DriverError:
        """Return the loss, made patient where somebody else seems to use our id."""
        self._short = self._short + 1 if closed and lasted < SHORT else 0
        if self._short >= 2:
            log.error("broker.taken_over", endpoint=self.endpoint, client=self._broker.client_id)
            error.patient = True
        return error

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
        # Not `await client.publish`: waiting for its PUBACK would put off the first ping by another 3 s.
        self._hand_over(client, Publish(f"{self._own}/status", b"online"), retain=True)
        while True:
            self._pong.clear()
            self._hand_over(client, Publish(f"{self._own}/ping", b""))
            try:
                async with asyncio.timeout(PING_ANSWER):
                    await self._pong.wait()
            except TimeoutError:
                raise TimeoutError(
                    "our own ping did not come back: half-open, or forbidden by the ACL"
                ) from None
            await asyncio.sleep(PING_EVERY)

    async def send(self, frame: Frame) -> None:
        """Hand one message to the socket at once; the broker's acknowledgement is not waited for."""
        if not isinstance(frame, Publish):
            raise TypeError("MQTT takes messages to publish")
        if self._client is None:
            raise Unreachable(f"{self.endpoint}: not connected")
        self._hand_over(self._client, frame)

    def _hand_over(self, client: aiomqtt.Client, frame: Publish, *, retain: bool = False) -> None:
        # aiomqtt's own `publish` waits for the PUBACK; fifty lamps in a row would take fifty round trips. Its paho
        # client writes to the socket before it returns, and handles the PUBACK by itself.
        paho = client._client  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # as above
        info = paho.publish(frame.topic, frame.payload, frame.qos, retain)
        if info.rc != 0:
            raise Unreachable(f"{self.endpoint}: publish failed ({info.rc})")

    async def close(self) -> None:
        """Close; harmless when closed."""
        task, self._task = self._task, None
        self._client = None
        if task is not None:
            self._tasks.add(
                task
            )  # it may outlive us by a second, and must not be collected meanwhile
            task.add_done_callback(self._tasks.discard)
            task.cancel()
            await asyncio.wait({task}, timeout=1.0)

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
        # The connection's own loss is told by its reader.
        with contextlib.suppress(aiomqtt.MqttError):
            await self._ask_for(client, topics)

    async def _ask_for(self, client: aiomqtt.Client, topics: set[str]) -> None:
        """Subscribe to all topics, many in one packet: a room has hundreds."""
        wanted = sorted(topics)
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            granted: Any = await client.subscribe([(topic, 1) for topic in part])
            for topic, code in zip(part, granted, strict=False):
                if int(getattr(code, "value", code)) >= REFUSED:
                    log.warning("broker.subscription_refused", endpoint=self.endpoint, topic=topic)

    def present(self) -> bool | None:
        """Return None: only trying tells."""
        return None

    def descriptor(self) -> int | None:
        """Return None: a stop frame cannot be written past the broker's protocol."""
        return None


def _first(error: BaseException) -> BaseException:
    """Return the first error of a group of groups."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    return _first(cast("BaseExceptionGroup[BaseException]", error).exceptions[0])


def _translated(endpoint: str, error: BaseException) -> DriverError:
    code = getattr(error, "rc", None)
    number = getattr(code, "value", code)
    if number in BAD_CREDENTIALS:
        return Refused("auth", f"{endpoint}: user or password refused", permanent=True)
    return Unreachable(f"{endpoint}: {error or type(error).__name__}")
