"""A device's life while its link is up: stop burst, handshake, full query, online, polling, and noticing silence."""

from __future__ import annotations

import asyncio
import enum
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from drivers.commands import Priority, RetryClass
from drivers.errors import DriverError, NoReply, Unreachable
from drivers.job import Ended, GateRefused, Job, current_job
from drivers.points import PointSpec

if TYPE_CHECKING:
    from drivers.link import Link
    from drivers.port import Port

log = structlog.stdlib.get_logger(__name__)

MISSES = 3
"""Unanswered polls in a row before a device counts as silent."""
PROBE_EVERY = 5.0
"""Seconds between questions to a silent device."""
FAST = 2.0
"""Seconds between questions while a value is on its way."""
SHARE = 0.3
"""Of the wire's time, at most, for polls."""
SPREAD = 0.1
"""Periods vary by this share, so that devices do not ask in step."""


class PortState(enum.StrEnum):
    """Whether a device can be reached."""

    OFFLINE = "offline"
    """Its link is down."""
    STARTING = "starting"
    """The link is up; handshake and first query are under way."""
    SILENT = "silent"
    """The link is up and the device does not answer."""
    ONLINE = "online"


class Session:
    """One device on one link."""

    def __init__(self, link: Link, port: Port) -> None:
        self._link = link
        self._port = port
        self._task: asyncio.Task[None] | None = None
        self.state = PortState.OFFLINE
        self.ready = asyncio.Event()
        """The handshake has been tried: commands may pass."""
        self._misses = 0
        self._look = asyncio.Event()
        self._due: dict[str, float] = {}

    def start(self) -> None:
        """Begin: the link is up."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"session {self._port.device_id}")

    async def stop(self) -> None:
        """End: the link is down, or the device goes."""
        self.ready.clear()
        self.state = PortState.OFFLINE
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def ask_soon(self) -> None:
        """Query all polled points as soon as the lane allows: an outcome was unclear, or a value is on its way."""
        self._due.clear()
        self._look.set()

    def available(self, *, online: bool) -> None:
        """Take the word of a gateway, or of a last will: silent at once, or asked at once."""
        if self.state is PortState.OFFLINE:
            return
        if not online:
            self._misses = MISSES
            self._set(PortState.SILENT, NoReply("reported as offline"))
        elif self.state is PortState.SILENT:
            self._look.set()

    async def query(self, points: frozenset[str]) -> None:
        """Ask for these points now, in the name of a poll; raises what the driver raises."""
        await self._as_job("poll", lambda: self._port.device.refresh(points), Priority.POLL)

    async def probe(self) -> None:
        """Send the driver's harmless inquiry; raises what the driver raises."""
        await self._as_job("probe", self._port.device.probe, Priority.POLL)
        self._answered()

    # -- link-up --------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            await self._start_up()
            while True:
                await self._wait_for_poll()
                self._look.clear()  # what is wished from here on, while the answer is awaited, is another question
                await self._poll()
        except Unreachable:
            return  # the link goes down and says so itself
        except Exception:
            # A driver's own mistake: this device says so, its neighbours on the line go on.
            log.exception("device.session_failed", device=self._port.device_id)
            self._port.device.report("fault", "driver_error")
            self._set(PortState.SILENT, None)

    async def _start_up(self) -> None:
        device = self._port.device
        self._set(PortState.STARTING, None)
        try:
            if device.motion is not None and device.motion.stop_on_start:
                # Whatever moved when the line was lost stands still before anything else is said.
                await self._as_job("stop", device.method("stop"), Priority.SAFETY)
            if self._is_first_of_its_kind():
                await self._as_job("open_bus", device.open_bus, Priority.USER)
            await self._as_job("handshake", device.handshake, Priority.USER)
        except (NoReply, Ended, GateRefused):
            pass
        except Unreachable:
            raise
        except DriverError as error:
            log.warning("device.handshake_refused", device=device.id, code=error.code)
            self._set(PortState.SILENT, error)
            if error.permanent:
                self._link.drop(error)
                raise Unreachable(str(error)) from error
        self.ready.set()
        await self._first_query()

    def _is_first_of_its_kind(self) -> bool:
        kind = type(self._port.device)
        same = [p.device_id for p in self._link.ports.values() if type(p.device) is kind]
        return bool(same) and same[0] == self._port.device_id

    async def _first_query(self) -> None:
        device = self._port.device
        polled = frozenset(p.name for p in device.points if p.poll is not None)
        began = self._port.clock.monotonic()
        try:
            if polled or device.silence_is_offline:
                await self.query(polled)
        except NoReply as error:
            if device.silence_is_offline:
                self._misses = MISSES
                self._set(PortState.SILENT, error)
                return
        self._plan([p for p in device.points if p.poll is not None], began)
        self._set(PortState.ONLINE, None)

    def _set(self, state: PortState, error: DriverError | None) -> None:
        if state is self.state:
            return
        self.state = state
        if state is PortState.ONLINE:
            self._link.came_online()
            self._port.device.report("online", value=True)
        elif state is PortState.SILENT:
            self._port.device.report("online", value=False)
        self._link.listener.on_state(self._port.device_id, state, error)

    # -- polling --------------------------------------------------------------------------------------------------

    def _period(self, spec: PointSpec) -> float:
        value = self._port.device.value(spec.name)
        on_the_way = value in spec.via or self._link.busy(self._port.device_id)
        period = spec.period or PROBE_EVERY
        return min(period, FAST) if on_the_way else period

    async def _wait_for_poll(self) -> None:
        clock = self._port.clock
        polled = [p for p in self._port.device.points if p.period is not None]
        probe_at = clock.monotonic() + PROBE_EVERY
        while not self._look.is_set():
            silent = self.state is PortState.SILENT
            if not polled and not silent:
                await self._look.wait()
                return
            due = probe_at if silent else min(self._due.get(p.name, 0.0) for p in polled)
            wait = due - clock.monotonic()
            if wait <= 0:
                return
            await _either(clock.sleep(min(wait, FAST)), self._look.wait())
            self._hurry(polled)

    def _hurry(self, polled: list[PointSpec]) -> None:
        """Bring a point's question forward when its value has begun to change."""
        now = self._port.clock.monotonic()
        for spec in polled:
            self._due[spec.name] = min(self._due.get(spec.name, now), now + self._period(spec))

    async def _poll(self) -> None:
        device, clock = self._port.device, self._port.clock
        now = clock.monotonic()
        polled = [p for p in device.points if p.period is not None]
        due = [p for p in polled if self._due.get(p.name, 0.0) <= now] or polled
        try:
            if self.state is PortState.SILENT:
                await self.probe()
            else:
                await self.query(frozenset(p.name for p in due))
        except NoReply as error:
            self._missed(error)
        except Unreachable:
            raise
        except DriverError as error:
            log.info("device.poll_refused", device=device.id, code=error.code)
            self._answered()
        else:
            self._answered()
        self._plan(due, now)

    def _plan(self, asked: list[PointSpec], began: float) -> None:
        """Set when these points are asked next; a poll leaves the wire to others for the rest of the time."""
        took = self._port.clock.monotonic() - began
        for spec in asked:
            spread = 1 + SPREAD * random.uniform(-1, 1)  # noqa: S311  # no secret
            self._due[spec.name] = began + max(self._period(spec) * spread, took / SHARE)

    def _missed(self, error: NoReply) -> None:
        self._misses += 1
        if self._misses >= MISSES and self._port.device.silence_is_offline:
            self._set(PortState.SILENT, error)

    def _answered(self) -> None:
        self._misses = 0
        self._set(PortState.ONLINE, None)

    # -- jobs -----------------------------------------------------------------------------------------------------

    async def _as_job(
        self, name: str, work: Callable[[], Awaitable[None]], priority: Priority
    ) -> None:
        job = Job(
            device=self._port.device_id,
            name=name,
            priority=priority,
            retry=RetryClass.STOP if priority is Priority.SAFETY else RetryClass.INQUIRY,
            accepted=self._port.clock.monotonic(),
            ttl=60.0,
            timeout=self._port.device.inquiry_timeout,
            retries=1,
            bounded=False,
        )
        token = current_job.set(job)
        try:
            await work()
        finally:
            current_job.reset(token)


async def _either(first: Awaitable[object], second: Awaitable[object]) -> None:
    tasks = {asyncio.ensure_future(first), asyncio.ensure_future(second)}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
