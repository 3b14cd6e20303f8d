"""Run one command of one device to its one outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.clock import Timer, deadline
from drivers.commands import CommandSpec, Outcome, OutcomeKind, Priority, RetryClass
from drivers.device import Device
from drivers.errors import (
    DriverError,
    Garbled,
    Misconfigured,
    NoReply,
    Refused,
    Unreachable,
    Unsupported,
)
from drivers.job import CommandRefused, Ended, Gate, GateRefused, Job, current_job, open_gate
from drivers.link import Link
from drivers.points import PointSpec, Quality

OFFLINE_WAIT = 3.0
"""Seconds that a command which moves nothing waits for the reconnect that it kicked off."""
STOP_WAIT = 0.8
"""The same for STOP, which answers within 1 s."""
WAKE_EVERY = 5.0
"""Seconds between the frames that wake a device."""
ASK_EVERY = 2.0
"""Seconds between questions while the device has accepted and the value is not there yet."""
GRACE = 0.4
"""Seconds over the command's own deadline before it is ended from outside."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command with all that dispatch decided."""

    command: str
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    id: str = ""
    priority: Priority | None = None
    """None: the command's own."""
    gate: Gate = open_gate


async def execute(link: Link, device: Device[Any], request: Request) -> Outcome:
    """Run a command whose name and arguments have been checked; return its outcome, always."""
    spec = device.commands[request.command]
    job = _job(link, device, spec, request)
    if not link.backlog.admit(job, flush=spec.flush):
        return Outcome(OutcomeKind.REFUSED, "busy", {"device": device.id})
    run = _Run(link, device, spec, job)
    job.task = asyncio.create_task(run.outcome(), name=f"{device.id} {spec.name} {job.id}")
    try:
        if job.verdict is not None:
            job.task.cancel()
        return await _await_task(job, job.task, link)
    finally:
        link.backlog.dismiss(job)


async def probe(link: Link, device: Device[Any]) -> Outcome:
    """Send the driver's harmless inquiry; it moves nothing and changes nothing."""
    started = link.clock.monotonic()
    session = link.sessions.get(device.id)
    if session is None or not link.up.is_set():
        why = {"why": str(link.error or "not connected")}
        return Outcome(OutcomeKind.OFFLINE, Unreachable.code, why)
    try:
        await session.probe()
    except Unreachable as error:
        return Outcome(OutcomeKind.OFFLINE, error.code, {"why": str(error)})
    except DriverError as error:
        kind = OutcomeKind.TIMEOUT if isinstance(error, NoReply) else OutcomeKind.FAILED
        return Outcome(kind, error.code)
    return Outcome(OutcomeKind.CONFIRMED, ms=round((link.clock.monotonic() - started) * 1000, 3))


async def _await_task(job: Job, task: asyncio.Task[Outcome], link: Link) -> Outcome:
    """Return the task's outcome, or the verdict that ended it."""
    try:
        outcome = await asyncio.shield(task)
    except asyncio.CancelledError:
        caller = asyncio.current_task()
        given_up = caller is not None and caller.cancelling() > 0
        if given_up:  # we ourselves are cancelled, and the command with us
            job.end_with(OutcomeKind.CANCELLED)
        if not task.done():
            await asyncio.wait({task})
        if given_up:
            raise
        outcome = _verdict(job)
    ms = (link.clock.monotonic() - job.accepted) * 1000
    return Outcome(outcome.kind, outcome.code, outcome.params, job.tx, round(ms, 3))


def _verdict(job: Job) -> Outcome:
    kind, code = job.verdict or (OutcomeKind.CANCELLED, None)
    return Outcome(kind, code)


def _job(link: Link, device: Device[Any], spec: CommandSpec, request: Request) -> Job:
    args = dict(request.args)
    key = spec.key_for(args)
    priority = spec.priority if request.priority is None else request.priority
    if spec.merge is not None:
        # A whole state each time: what an older, still waiting tap asked for is part of the newer one.
        for older in link.backlog.jobs.get(device.id, ()):
            if older.key == key and older.queued:
                args = {**older.args, **args}
    return Job(
        device=device.id,
        name=spec.name,
        priority=priority,
        retry=spec.retry,
        accepted=link.clock.monotonic(),
        ttl=spec.live(priority),
        timeout=spec.timeout,
        retries=spec.retries,
        key=key,
        gate=request.gate,
        id=request.id,
        args=args,
    )


class _Run:
    """The steps of one command."""

    def __init__(self, link: Link, device: Device[Any], spec: CommandSpec, job: Job) -> None:
        self.link = link
        self.device = device
        self.spec = spec
        self.job = job
        self.clock = link.clock
        self._patience: float | None = None
        """Until when it waits for a link that is down."""
        self._timer: Timer
        self._overdue = False
        """Its whole deadline has passed."""

    async def outcome(self) -> Outcome:
        """Return how it ended; an error in the driver itself passes through."""
        self._timer = self.clock.call_later(self.job.ttl, self._live_no_longer)
        try:
            await self._send()
            return await self._settle()
        except asyncio.CancelledError:
            task = self.job.task
            mine = self._overdue and self.job.verdict is None
            if not mine or task is None or task.uncancel():
                raise  # somebody else ends it too
            return self._late()
        except TimeoutError:  # a driver's own
            return self._late()
        except (Ended, GateRefused, CommandRefused, DriverError, ValueError) as error:
            return self._failed(error)
        finally:
            self._timer.cancel()

    def _live_no_longer(self) -> None:
        """End it where no byte has left in its time to live; else it has the rest of its deadline."""
        if self.job.tx == 0:
            self.job.end_with(OutcomeKind.EXPIRED)
        rest = self.spec.deadline(self.job.priority) + GRACE - self.job.ttl
        self._timer = self.clock.call_later(rest, self._be_overdue)

    def _be_overdue(self) -> None:
        self._overdue = True
        if self.job.task is not None:
            self.job.task.cancel()

    async def _send(self) -> None:
        current_job.set(self.job)
        if self.spec.merge:
            await self.clock.sleep(self.spec.merge)
        while True:
            await self._reach()
            try:
                await self._call()
            except Unreachable:
                # Lost before its first byte: it may still leave on the connection that comes, as if asked just now.
                if self.job.tx or self.link.up.is_set() or self.spec.retry is RetryClass.MOTION:
                    raise
            else:
                return

    async def _call(self) -> None:
        method = self.device.method(self.spec.name)
        if self.spec.exclusive is None:
            await method(**self.job.args)
            return
        async with self.link.backlog.group(self.device.id, self.spec.exclusive):
            await method(**self.job.args)

    async def _reach(self) -> None:
        """Wait until the link is up and the handshake was tried; motion does not wait at all."""
        session = self.link.sessions.get(self.device.id)
        safety = self.job.priority is Priority.SAFETY
        if self.link.up.is_set() and (safety or (session is not None and session.ready.is_set())):
            return
        if not self.link.up.is_set():
            self._knock(safety=safety)
            if session is not None and await self._wake(session.ready):
                return
        if self._patience is None:
            wait = STOP_WAIT if safety else min(self.spec.ttl, OFFLINE_WAIT)
            self._patience = self.clock.monotonic() + wait
        try:
            async with deadline(self.clock, self._patience - self.clock.monotonic()):
                await self.link.up.wait()
                if session is not None and not safety:
                    await session.ready.wait()
        except TimeoutError:
            raise Unreachable(str(self.link.error or "no handshake")) from None

    def _knock(self, *, safety: bool) -> None:
        """Have the link try at once; raise where nothing comes of it, or where nothing may wait."""
        error = self.link.error
        if isinstance(error, Misconfigured) and not safety:
            raise CommandRefused(error.code, device=self.device.id, place=str(error))
        if error is None or not error.permanent:
            # A wrong password or PIN waits for an admin: another attempt may lock the device.
            self.link.retry_now()
        if self.spec.retry is RetryClass.MOTION:
            raise Unreachable(str(error or ""))

    async def _wake(self, ready: asyncio.Event) -> bool:
        """Wake a device whose network sleeps, and wait until it is there; return False where this wakes none.

        The gate is asked before each frame. A link that waits for an admin is left alone.
        """
        waking = None if self._stuck() else self.device.waking(self.spec.name)
        if waking is None:
            return False
        try:
            async with deadline(self.clock, waking.takes):
                send = await waking.prepare()
                while not ready.is_set() and not self._stuck():
                    self._pass()
                    self.link.note_sent(send(), self.job, self.clock.monotonic())
                    self.link.retry_now()
                    await self._within(WAKE_EVERY, ready)
        except TimeoutError:
            raise Unreachable(str(self.link.error or "it does not wake")) from None
        return ready.is_set()

    def _stuck(self) -> bool:
        """Return whether the link waits for an admin: after a wrong password or PIN, one more may lock the device."""
        return self.link.error is not None and self.link.error.permanent

    def _pass(self) -> None:
        """Ask the gate, right before bytes leave."""
        self.job.check()
        denial = self.job.gate()
        if denial is not None:
            raise GateRefused(denial)

    async def _within(self, seconds: float, event: asyncio.Event) -> None:
        """Wait until `event`, or until `seconds` have passed."""
        try:
            async with deadline(self.clock, seconds):
                await event.wait()
        except TimeoutError:
            return

    async def _settle(self) -> Outcome:
        """Wait until every `confirm` point was reported as wished."""
        self._assume()
        if self.job.replaced:
            return Outcome(OutcomeKind.SUPERSEDED)
        wishes = self.spec.reported_wishes(self.job.args)
        if wishes and not self._reached(wishes):
            await self._ask_until(wishes)
        return Outcome(OutcomeKind.CONFIRMED if self.spec.answers == "device" else OutcomeKind.SENT)

    def _assume(self) -> None:
        for point, value in self.spec.assumed_wishes(self.job.args).items():
            self.device.report(point, value, Quality.ASSUMED)

    async def _ask_until(self, wishes: Mapping[str, Any]) -> None:
        polled = frozenset(
            p for p in wishes if (s := self.device.point(p)) is not None and s.poll is not None
        )
        session = self.link.sessions.get(self.device.id)
        try:
            async with deadline(self.clock, max(self.spec.settles, self.spec.timeout)):
                while not self._reached(wishes):
                    if polled and session is not None:
                        await self._ask(polled)
                    await self._next_report(wishes)
        except TimeoutError:
            raise self._unfulfilled(wishes) from None

    async def _ask(self, polled: frozenset[str]) -> None:
        session = self.link.sessions.get(self.device.id)
        if session is None:
            return
        try:
            await session.query(polled, Priority.SCENE)
        except DriverError:
            return  # the next question, or the deadline, decides

    async def _next_report(self, wishes: Mapping[str, Any]) -> None:
        if self._reached(wishes):
            return
        try:
            async with deadline(self.clock, ASK_EVERY):
                while not self._reached(wishes):
                    await self.device.link.reported.change()
        except TimeoutError:
            return

    def _reached(self, wishes: Mapping[str, Any]) -> bool:
        return all(self._is(point, wish) for point, wish in wishes.items())

    def _is(self, point: str, wish: Any) -> bool:
        at = self.device.link.reported.at(point)
        if at is None or self.job.first_tx is None or at < self.job.first_tx:
            return False
        report = self.device.values.get(point)
        trusted = report is not None and report.quality in (Quality.CONFIRMED, Quality.OBSERVED)
        return trusted and same(self.device.point(point), self.device.value(point), wish)

    def _unfulfilled(self, wishes: Mapping[str, Any]) -> DriverError:
        since = self.job.first_tx or 0.0
        for point, wish in wishes.items():
            at = self.device.link.reported.at(point)
            if at is not None and at >= since and not self._is(point, wish):
                return Mismatch(point, wish, self.device.value(point))
        return NoReply("accepted, but the value was never reported")

    def _late(self) -> Outcome:
        if self.job.tx == 0:
            return Outcome(OutcomeKind.EXPIRED)
        return self._unclear()

    def _unclear(self) -> Outcome:
        """Bytes left and nobody answered: ask what is true, unless a newer command makes that so anyway."""
        if self.job.replaced:
            return Outcome(OutcomeKind.SUPERSEDED)
        session = self.link.sessions.get(self.device.id)
        if session is not None:
            session.ask_soon()
        return Outcome(OutcomeKind.TIMEOUT, NoReply.code)

    def _failed(self, error: Exception) -> Outcome:
        match error:
            case Ended():
                return _verdict(self.job)
            case GateRefused(denial=denial):
                kind = OutcomeKind.CANCELLED if self.job.tx else OutcomeKind.REFUSED
                return Outcome(kind, denial.code, denial.params)
            case CommandRefused(code=code, params=params):
                return Outcome(OutcomeKind.REFUSED, code, params)
            case ValueError():
                return Outcome(OutcomeKind.REFUSED, "invalid_value", {"why": str(error)})
            case DriverError():
                return self._from_driver(error)
            case _:
                raise error

    def _from_driver(self, error: DriverError) -> Outcome:
        match error:
            case Mismatch(point=point, wish=wish, value=value):
                return Outcome(
                    OutcomeKind.FAILED, error.code, {"point": point, "wish": wish, "value": value}
                )
            case Refused(device_code=code):
                return Outcome(OutcomeKind.FAILED, error.code, {"device_code": code})
            case Garbled():
                return Outcome(OutcomeKind.FAILED, error.code)
            case Unsupported():
                kind = OutcomeKind.FAILED if self.job.tx else OutcomeKind.REFUSED
                return Outcome(kind, error.code)
            case Unreachable() if self.job.tx == 0:
                return Outcome(OutcomeKind.OFFLINE, error.code, {"why": str(error)})
            case _:
                return self._unclear()


class Mismatch(DriverError):
    """The device accepted, and reading back gives something else."""

    code = "mismatch"

    def __init__(self, point: str, wish: Any, value: Any) -> None:
        super().__init__(f"{point} is {value!r}, wished {wish!r}")
        self.point = point
        self.wish = wish
        self.value = value


def same(spec: PointSpec | None, value: Any, wish: Any) -> bool:
    """Return whether a reported value is the wished one, within the point's declared resolution."""
    if isinstance(value, bool) or isinstance(wish, bool):
        return value is wish
    if isinstance(value, int | float) and isinstance(wish, int | float):
        return abs(value - wish) <= (spec.resolution if spec is not None else 0.0) + 1e-9
    return bool(value == wish)
