"""One command, poll or handshake on its way through a lane. No I/O.

A job is *queued* until its first byte, *in flight* while it holds a slot of the lane, and *settling* when bytes have
left and it waits apart from the lane (for a completion, a repeat, a confirming report).
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from drivers.commands import OutcomeKind, Priority, RetryClass
from drivers.errors import DriverError

_order = itertools.count()


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a gate keeps bytes from leaving: a code of control.md 1.2 with what its words need."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])


Gate = Callable[[], Denial | None]
"""Asked right before the bytes of a first send, a repeat and a retry; synchronous; None lets them pass."""


def open_gate() -> Denial | None:
    """Let everything pass: for inquiries, which never move anything."""
    return None


class GateRefused(Exception):
    """The gate said no."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial.code)
        self.denial = denial


class CommandRefused(Exception):
    """A driver refuses a command before any byte, for example `need_full_state`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Ended(Exception):
    """The job was ended from outside; its verdict stands in the job."""


class Preempted(DriverError):
    """STOP took the line while the answer was awaited; whether the device acted is not known."""

    code = "no_reply"
    retryable = True


@dataclass(eq=False)
class Job:
    """See the module. Times are seconds of the link's clock."""

    device: str
    name: str
    priority: Priority
    retry: RetryClass
    accepted: float
    ttl: float
    timeout: float
    retries: int = 0
    key: str | None = None
    gate: Gate = open_gate
    id: str = ""
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    bounded: bool = True
    """Counted against the limits of waiting commands; polls and handshakes are not."""
    late_at: float = math.inf
    """From this second on a poll counts as SCENE: it has waited for three periods."""
    order: int = field(default_factory=lambda: next(_order))
    tx: int = 0
    first_tx: float | None = None
    in_flight: bool = False
    replaced: bool = False
    """A newer command with the same key exists: finish the exchange under way, retry nothing."""
    verdict: tuple[OutcomeKind, str | None] | None = None
    task: asyncio.Task[Any] | None = None

    @property
    def queued(self) -> bool:
        """Return whether no byte has left and no slot is held."""
        return self.tx == 0 and not self.in_flight

    def end_with(self, kind: OutcomeKind, code: str | None = None) -> None:
        """End it from outside, now; the first verdict counts."""
        if self.verdict is None:
            self.verdict = (kind, code)
            if self.task is not None:
                self.task.cancel()

    def give_way(self) -> None:
        """Make room for a newer command with the same key."""
        if self.in_flight:
            self.replaced = True
        else:
            self.end_with(OutcomeKind.SUPERSEDED)

    def check(self) -> None:
        """Raise `Ended` when it may not send any more."""
        if self.verdict is None and self.replaced:
            self.verdict = (OutcomeKind.SUPERSEDED, None)
        if self.verdict is not None:
            raise Ended


current_job: ContextVar[Job] = ContextVar("current_job")
"""The job in whose name a driver's method speaks to its port."""
