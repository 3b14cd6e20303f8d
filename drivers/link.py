"""One physical endpoint: its lane, its devices, and reconnecting for ever. Reconnecting is never the driver's work.

Schedule after a loss: 0.2, 0.5, 1, 2, 5 s, each ± 20 %, then every 5 s ± 20 %; at once when the port appears or a
person commands a device. Only permanent faults (wrong password, wrong device) stop the attempts, until `retry_now`.

After link-up: input discarded -> stop burst for what moves -> bus handshake -> handshake -> full query -> online.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from functools import partial
from typing import Any, Protocol

import structlog

from drivers.backlog import Backlog
from drivers.clock import Clock
from drivers.device import Device
from drivers.errors import Collision, DriverError, Unreachable
from drivers.job import Job
from drivers.lane import Lane
from drivers.points import Report
from drivers.port import Port
from drivers.session import PortState, Session
from drivers.topics import Topics
from drivers.trace import TraceEvent, payload
from drivers.transport.base import Transport
from drivers.transport.frames import Chunk, Collided, Frame, Published

log = structlog.stdlib.get_logger(__name__)

SCHEDULE = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each attempt after a loss; the last one repeats."""
JITTER = 0.2
LOOK = 1.0
"""Seconds between looks whether a serial port's path is back."""


class LinkListener(Protocol):
    """Who wants to know: the room's supervisor, a test, a demo."""

    def on_report(self, report: Report) -> None:
        """Take a device's report."""
        ...

    def on_state(self, device: str, state: PortState, error: DriverError | None) -> None:
        """Take note that a device can, or cannot, be reached."""
        ...

    def on_trace(self, event: TraceEvent) -> None:
        """Take a piece of traffic."""
        ...


class Link:
    """See the module."""

    def __init__(  # a link is what it is made of
        self,
        link_id: str,
        transport: Transport,
        clock: Clock,
        listener: LinkListener,
        *,
        window: int = 1,
        gap: float = 0.0,
        jitter: float = JITTER,
    ) -> None:
        self.id = link_id
        self.transport = transport
        self.clock = clock
        self.listener = listener
        self.lane = Lane(clock, window, gap)
        self.ports: dict[str, Port] = {}
        self.sessions: dict[str, Session] = {}
        self.backlog = Backlog()
        self._topics = Topics()
        self.buses: dict[type[Device[Any]], asyncio.Event] = {}
        """Kind of device -> set when the line has been opened for all of them on this connection."""
        self.up = asyncio.Event()
        self.error: DriverError | None = Unreachable("not connected yet")
        self.attempts = 0
        """Attempts to connect since the last loss."""
        self.reconnects = 0
        self.counters: Counter[str] = Counter()
        self._jitter = jitter
        self._kick = asyncio.Event()
        self._lost: asyncio.Future[DriverError] | None = None
        self._ever_up = False
        self._told: str | None = None

    @property
    def kind(self) -> str:
        """Return `serial`, `tcp`, `udp`, `mqtt`, `http` or `memory`."""
        return self.transport.endpoint.partition(":")[0].removesuffix("s")

    @property
    def host(self) -> str:
        """Return the far end's host name or address; empty where there is none."""
        kind, _, place = self.transport.endpoint.partition(":")
        return place.rpartition(":")[0] if kind in ("tcp", "udp") else ""

    # -- devices --------------------------------------------------------------------------------------------------

    def port(self, device_id: str) -> Port:
        """Make the port of a device; `attach` follows when the device stands."""
        return Port(self, device_id)

    def attach(self, port: Port) -> None:
        """Take in a port whose device is bound; it comes online with the link, or now if the link is up."""
        self.ports[port.device_id] = port
        port.device.attach(self.listener.on_report)
        topics = port.device.topics()
        self._topics.add(port.device_id, topics)
        self.transport.subscribe(topics)
        self.sessions[port.device_id] = Session(self, port)
        if self.up.is_set():
            self.sessions[port.device_id].start()

    async def detach(self, device_id: str) -> None:
        """Let a device go: its jobs are cancelled, its session ends."""
        self.backlog.forget(device_id)
        session = self.sessions.pop(device_id, None)
        if session is not None:
            await session.stop()
        self.ports.pop(device_id, None)
        self._topics.remove(device_id)

    # -- life -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, serve, reconnect, until cancelled."""
        try:
            while True:
                await self._connect()
                await self._serve()
        finally:
            for session in list(self.sessions.values()):
                await session.stop()
            self._go_down(Unreachable("closed"))
            await self.transport.close()

    def retry_now(self) -> None:
        """Try to connect at once: a person commanded a device, or an admin pressed reconnect."""
        self._kick.set()

    def reconnect(self) -> None:
        """Close the connection, if there is one, and connect again at once; also after a permanent fault."""
        self.retry_now()
        self.drop(Unreachable("reconnect was asked for"))

    def drop(self, error: DriverError) -> None:
        """Close the connection because of `error`; a permanent one stops the attempts."""
        if self._lost is not None:
            _end(self._lost, error)

    def available(self, device_id: str, *, online: bool) -> None:
        """Take a gateway's or a last will's word on whether a device is there."""
        session = self.sessions.get(device_id)
        if session is not None:
            session.available(online=online)

    def look(self, device_id: str) -> None:
        """Poll a device as soon as the lane allows."""
        session = self.sessions.get(device_id)
        if session is not None:
            session.ask_soon()

    async def _connect(self) -> None:
        while True:
            self._kick.clear()
            lost = self._lost = asyncio.get_running_loop().create_future()
            if self.error is None or not self.error.permanent:
                for port in self.ports.values():
                    port.reset()
                try:
                    await self.transport.open(self._receive, partial(_end, lost))
                except DriverError as error:
                    self._note_down(error)
                else:
                    return
            await self._pause()

    async def _pause(self) -> None:
        """Wait for the next attempt: the schedule, a kick, or the port's path appearing."""
        if self.error is not None and self.error.permanent:
            # A kick from before says nothing: whoever gave it did not know of the wrong password or PIN.
            self._kick.clear()
            await self._kick.wait()
            self.error = None
            return
        delay = SCHEDULE[min(self.attempts, len(SCHEDULE) - 1)]
        self.attempts += 1
        # Jitter keeps a site's rooms from knocking at one broker in step; it is no secret.
        delay *= 1 + self._jitter * random.uniform(-1, 1)  # noqa: S311  # no secret
        absent = self.transport.present() is False
        kick = asyncio.create_task(self._kick.wait())
        try:
            while delay > 0 and not kick.done():
                step = min(delay, LOOK)
                nap = asyncio.create_task(self.clock.sleep(step))
                await asyncio.wait({kick, nap}, return_when=asyncio.FIRST_COMPLETED)
                nap.cancel()
                delay -= step
                if absent and self.transport.present():
                    return
        finally:
            kick.cancel()

    async def _serve(self) -> None:
        lost = self._lost
        if lost is None:
            return
        self._go_up()
        error = await lost
        self._note_down(error)
        self._go_down(error)
        for session in list(self.sessions.values()):
            await session.stop()
        await self.transport.close()
        await self._pause()

    def _go_up(self) -> None:
        if self._ever_up:
            self.reconnects += 1
        log.info("link.up", link=self.id, endpoint=self.transport.endpoint)
        self._ever_up = True
        self.error = self._told = None
        self._trace_event("link", "up")
        self._kick.clear()
        self.buses.clear()
        self.lane.open()
        self.up.set()
        for session in self.sessions.values():
            session.start()

    def _go_down(self, error: DriverError) -> None:
        self.up.clear()
        for port in self.ports.values():
            port.fail_all(error if isinstance(error, Unreachable) else Unreachable(str(error)))
        self.lane.close()
        self.backlog.end_motion()

    def _note_down(self, error: DriverError) -> None:
        """Say once for each loss that, and why, the link is down; not once for each attempt."""
        self.error = error
        if error.patient:
            self.attempts = max(self.attempts, len(SCHEDULE) - 1)
        if self._told == error.code:
            return
        self._told = error.code
        log.warning(
            "link.lost",
            link=self.id,
            endpoint=self.transport.endpoint,
            code=error.code,
            why=str(error),
        )
        self._trace_event("link", f"lost: {error.code} {error}")
        for port in self.ports.values():
            port.device.report("online", value=False)
            self.listener.on_state(port.device_id, PortState.OFFLINE, error)

    def came_online(self) -> None:
        """Note that a device answered: the next loss begins the schedule anew."""
        self.attempts = 0

    # -- traffic --------------------------------------------------------------------------------------------------

    async def transmit(self, frame: Frame, job: Job) -> float:
        """Hand `frame` over for `job`; return the seconds it takes on the wire."""
        if not self.up.is_set():
            raise Unreachable(str(self.error or "not connected"))
        now = self.clock.monotonic()
        handover = self.transport.send(frame)
        await handover
        self.note_sent(frame, job, now)
        return self.wire_time(len(payload(frame)[0]))

    def note_sent(self, frame: Frame, job: Job, at: float) -> None:
        """Count and trace a frame that left for `job` at the monotonic second `at`, by whatever way."""
        data, topic = payload(frame)
        job.tx += 1
        if job.first_tx is None:
            job.first_tx = at
        self.listener.on_trace(
            TraceEvent(
                self.clock.wall(), self.id, job.device, "tx", data, topic, _told(job), job.id
            )
        )

    def wire_time(self, size: int) -> float:
        """Return the seconds that `size` bytes take."""
        return self.transport.wire_time(size)

    def _receive(self, chunk: Chunk) -> None:
        self.lane.received()
        if isinstance(chunk, Collided):
            self.counters["collisions"] += 1
            self.lane.interrupt(Collision("two talked at once"))
            self._trace_rx(chunk, "", "collision")
            return
        told = False
        for port in self._hearers(chunk):
            texts = port.receive(chunk)
            if texts:
                told = True
                self._trace_rx(chunk, port.device_id, "; ".join(texts))
        if not told:
            self._trace_rx(chunk, next(iter(self.ports)) if len(self.ports) == 1 else "", "")

    def _hearers(self, chunk: Chunk) -> list[Port]:
        if not isinstance(chunk, Published):
            return list(self.ports.values())
        return [self.ports[device_id] for device_id in self._topics.hearers(chunk.topic)]

    def _trace_rx(self, chunk: Chunk, device: str, text: str) -> None:
        data, topic = payload(chunk)
        self.listener.on_trace(
            TraceEvent(self.clock.wall(), self.id, device, "rx", data, topic, text, "")
        )

    def _trace_event(self, direction: Any, text: str) -> None:
        self.listener.on_trace(
            TraceEvent(self.clock.wall(), self.id, "", direction, b"", "", text, "")
        )


def _end(lost: asyncio.Future[DriverError], error: DriverError) -> None:
    """Note the end of one connection; what an older one has to say comes too late for the next."""
    if not lost.done():
        lost.set_result(error)


def _told(job: Job) -> str:
    args = " ".join(f"{name}={value}" for name, value in job.args.items())
    return f"{job.name} {args}".strip()
