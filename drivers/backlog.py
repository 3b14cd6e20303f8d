"""The commands of one link that have not ended: newest wins, STOP goes before all, and there is a limit. No I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from drivers.commands import OutcomeKind, Priority, RetryClass
from drivers.errors import NoReply, Unreachable
from drivers.job import Job

DEVICE_QUEUE = 64
LINK_QUEUE = 256
"""Commands waiting, at most (trust.md 6)."""


class Backlog:
    """See the module. Polls and handshakes are no commands and are not in it."""

    def __init__(self) -> None:
        self.jobs: dict[str, list[Job]] = {}
        """Device id -> its jobs, oldest first."""
        self._all: set[Job] = set()
        self._groups: dict[tuple[str, str], asyncio.Lock] = {}

    def admit(self, job: Job, *, flush: bool) -> bool:
        """Take a job in: newest wins, STOP empties its device's queue. False: too many wait already.

        Args:
            job: the newcomer.
            flush: end all else of its device that is no STOP.
        """
        mine = self.jobs.setdefault(job.device, [])
        yielding = [other for other in mine if _yields(other, job)]
        if job.priority is not Priority.SAFETY and job.bounded and self._is_full(job, yielding):
            return False
        if flush:
            for other in list(mine):
                if other.priority is not Priority.SAFETY:
                    other.end_with(OutcomeKind.CANCELLED, "stopped")
        for other in yielding:
            other.give_way()
        mine.append(job)
        self._all.add(job)
        return True

    def _is_full(self, job: Job, yielding: list[Job]) -> bool:
        """Return whether one more is too many; those that make room for it do not count."""
        gone = {id(other) for other in yielding if not other.in_flight}
        mine = self.jobs[job.device]
        if len(mine) < DEVICE_QUEUE and len(self._all) < LINK_QUEUE:
            return False  # most often; those that have ended already need not be told apart
        here = _waiting(other for other in mine if id(other) not in gone)
        return here >= DEVICE_QUEUE or _waiting(self._all) - len(gone) >= LINK_QUEUE

    def dismiss(self, job: Job) -> None:
        """Forget a job that has ended."""
        jobs = self.jobs.get(job.device)
        if jobs is not None and job in jobs:
            jobs.remove(job)
        self._all.discard(job)

    def forget(self, device: str) -> None:
        """Cancel what a device that goes has waiting."""
        for job in list(self.jobs.pop(device, ())):
            self._all.discard(job)
            job.end_with(OutcomeKind.CANCELLED, "stopping")

    def end_motion(self) -> None:
        """End what moves: the link is lost, and not even the second copy of a frame goes out on the next one."""
        for job in [j for j in self._all if j.retry is RetryClass.MOTION]:
            if job.tx:
                job.end_with(OutcomeKind.TIMEOUT, NoReply.code)
            else:
                job.end_with(OutcomeKind.OFFLINE, Unreachable.code)

    def group(self, device: str, name: str) -> asyncio.Lock:
        """Return what commands of one `exclusive` group hold while they run, completion included."""
        return self._groups.setdefault((device, name), asyncio.Lock())

    def busy(self, device: str) -> bool:
        """Return whether a command of this device is under way."""
        return any(job.bounded for job in self.jobs.get(device, ()))


def _yields(older: Job, newer: Job) -> bool:
    """Return whether the newer one takes the place of the older; nothing takes the place of STOP but STOP."""
    if newer.key is None or older.key != newer.key:
        return False
    return older.priority is not Priority.SAFETY or newer.priority is Priority.SAFETY


def _waiting(jobs: Iterable[Job]) -> int:
    return sum(1 for job in jobs if job.bounded and job.verdict is None)
