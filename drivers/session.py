"""A device's life while its link is up: stop burst, handshake, full query, online, polling, and noticing silence."""

from __future__ import annotations

import asyncio
import enum
import math
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from drivers.commands import Priority, RetryClass
from drivers.errors import DriverError, NoReply, Unreachable
from drivers.job import Ended, GateRefused, Job, Preempted, current_job
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
LATE = 3
"""Periods after which a poll that is still waiting is no longer put off for scenes."""
PATIENCE = 60.0
"""Seconds after which a handshake or a probe is not repeated any more; a poll is repeated within its period."""
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
        self._failed = False
        """The driver's own code has failed on this connection; the log need not say it again."""
        self._proved = False
        """A silent device has just answered a person, and need not be probed before it is greeted."""
        self._look = asyncio.Event()
        self._due: dict[str, float] = {}

    def start(self) -> None:
        """Begin: the link is up."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"session {self._port.device_id}")

    async def stop(self) -> None:
        """End: the link is down, or the device goes."""
        self.ready.clear()
        self._failed = False
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

    async def query(self, points: frozenset[str], priority: Priority) -> None:
        """Ask for these points now; raises what the driver raises."""
        await self._as_job("poll", lambda: self._port.device.refresh(points), priority)

    async def probe(self) -> None:
        """Send the driver's harmless inquiry, because a person asked; raises what the driver raises."""
        await self._as_job("probe", self._port.device.probe, Priority.SCENE)
        self._misses = 0
        if self.state is PortState.SILENT:
            self._proved = True
            self._look.set()

    # -- link-up --------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            await self._survive(self._start_up)
            while True:
                await self._wait_for_poll()
                self._look.clear()  # what is wished from here on, while the answer is awaited, is another question
                await self._survive(self._poll)
        except Unreachable:
            return  # the link goes down and says so itself

    async def _survive(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do a piece of work; what a driver does wrong in it must not end the session, nor its neighbours'."""
        try:
            await work()
        except Unreachable as error:
            if not self._link.up.is_set():
                raise
            self._missed(
                error
            )  # the line is up: the driver itself says that the device is out of reach
        except Exception:
            if not self._failed:
                log.exception("device.session_failed", device=self._port.device_id)
            self._failed = True
            self._port.note_failing("session", failing=True)
            self._set(PortState.SILENT, None)
        self.ready.set()

    async def _start_up(self) -> None:
        device = self._port.device
        self._set(PortState.STARTING, None)
        if device.motion is not None and device.motion.stop_on_start:
            # Whatever moved when the line was lost stands still before anything else is said.
            await self._try("stop", device.method("stop"), Priority.SAFETY)
        await self._open_bus()
        await self._begin()

    async def _begin(self) -> None:
        """Shake hands and read everything: after link-up, and when a device is back that has been silent."""
        await self._try("handshake", self._port.device.handshake, Priority.USER)
        self.ready.set()
        await self._first_query()

    async def _open_bus(self) -> None:
        """Open the line for all devices of this kind; the first one does it, the others wait."""
        device = self._port.device
        opened = self._link.buses.setdefault(type(device), asyncio.Event())
        if not self._is_first_of_its_kind():
            await opened.wait()
            return
        try:
            await self._try("open_bus", device.open_bus, Priority.USER)
        finally:
            opened.set()

    async def _try(
        self, name: str, work: Callable[[], Awaitable[None]], priority: Priority
    ) -> None:
        """Do one step of the start; silence and a passing "no" are left to the query that follows."""
        try:
            await self._as_job(name, work, priority)
        except (NoReply, Preempted, Ended, GateRefused):
            return
        except Unreachable:
            raise
        except DriverError as error:
            device = self._port.device_id
            log.warning("device.start_refused", device=device, step=name, code=error.code)
            if error.permanent:
                self._set(PortState.SILENT, error)
                self._link.drop(error)
                raise Unreachable(str(error)) from error

    def _is_first_of_its_kind(self) -> bool:
        kind = type(self._port.device)
        same = (p.device_id for p in self._link.ports.values() if type(p.device) is kind)
        return next(same, None) == self._port.device_id

    async def _first_query(self) -> None:
        device = self._port.device
        polled = frozenset(p.name for p in device.points if p.poll is not None)
        began = self._port.clock.monotonic()
        try:
            if polled or device.silence_is_offline:
                await self.query(polled, Priority.SCENE)
        except (NoReply, Preempted) as error:
            if device.silence_is_offline:
                self._misses = MISSES
                self._set(PortState.SILENT, error)
                return
        except Unreachable:
            raise
        except DriverError as error:
            log.info("device.poll_refused", device=device.id, code=error.code)
        self._plan([p for p in device.points if p.poll is not None], began)
        self._answered()

    def _set(self, state: PortState, error: DriverError | None) -> None:
        if state is self.state:
            return
        self.state = state
        if state is PortState.ONLINE:
            self._link.came_online()
            self._port.device.report("online", value=True)
            self._port.note_failing("session", failing=False)
        elif state is PortState.SILENT:
            self._port.device.report("online", value=False)
        self._link.listener.on_state(self._port.device_id, state, error)

    # -- polling --------------------------------------------------------------------------------------------------

    def _period(self, spec: PointSpec) -> float:
        value = self._port.device.value(spec.name)
        on_the_way = value in spec.via or self._link.backlog.busy(self._port.device_id)
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
        device, now = self._port.device, self._port.clock.monotonic()
        try:
            if self.state is PortState.SILENT:
                if not self._proved:
                    await self._as_job("probe", device.probe, Priority.POLL, retries=0)
                self._proved = False
                await self._begin()
                return
            polled = [p for p in device.points if p.period is not None]
            due = [p for p in polled if self._due.get(p.name, 0.0) <= now] or polled
            late_at = min((self._late_at(p, now) for p in due), default=now)
            ttl = min((self._period(p) for p in due), default=PATIENCE)
            names = frozenset(p.name for p in due)
            self._plan(due, now)
            await self._as_job(
                "poll", lambda: device.refresh(names), Priority.POLL, late_at, ttl=ttl
            )
        except (NoReply, Preempted) as error:
            self._missed(error)
        except Unreachable:
            raise
        except DriverError as error:
            log.info("device.poll_refused", device=device.id, code=error.code)
            self._answered()
        else:
            self._answered()

    def _late_at(self, spec: PointSpec, now: float) -> float:
        """Return when the question for this point is three periods late."""
        return self._due.get(spec.name, now) + LATE * self._period(spec)

    def _plan(self, asked: list[PointSpec], began: float) -> None:
        """Set when these points are asked next."""
        # One spread for all: what was asked together stays together, else a device is asked all the time.
        spread = 1 + SPREAD * random.uniform(-1, 1)  # noqa: S311  # no secret
        for spec in asked:
            self._due[spec.name] = began + self._period(spec) * spread

    def _missed(self, error: DriverError) -> None:
        self._misses += 1
        if self._misses >= MISSES and self._port.device.silence_is_offline:
            self._set(PortState.SILENT, error)

    def _answered(self) -> None:
        self._misses = 0
        self._set(PortState.ONLINE, None)

    # -- jobs -----------------------------------------------------------------------------------------------------

    async def _as_job(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        priority: Priority,
        late_at: float = math.inf,
        *,
        ttl: float = PATIENCE,
        retries: int = 1,
    ) -> None:
        job = Job(
            device=self._port.device_id,
            name=name,
            priority=priority,
            retry=RetryClass.STOP if priority is Priority.SAFETY else RetryClass.INQUIRY,
            accepted=self._port.clock.monotonic(),
            ttl=ttl,
            timeout=self._port.device.inquiry_timeout,
            retries=retries,
            bounded=False,
            late_at=late_at,
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
