"""What systemd is told: ready, alive, ending (`sd_notify(3)`). Without systemd nothing is said.

Alive means that the event loop turns: a loop that is late by a second says nothing, and after `WatchdogSec=` systemd
starts the daemon anew.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from typing import Final

import structlog

from drivers.clock import Clock, Timer

log = structlog.stdlib.get_logger(__name__)
LATE: Final = 1.0
"""Seconds by which a turn of the loop may be late."""


class Notifier:
    """See the module.

    Args:
        clock: measures the loop.
        environment: of the process: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
        pid: of the process; a watchdog that is another's is left alone.
    """

    def __init__(self, clock: Clock, environment: Mapping[str, str], pid: int) -> None:
        self._clock = clock
        self._address = environment.get("NOTIFY_SOCKET", "")
        theirs = environment.get("WATCHDOG_PID", str(pid)) != str(pid)
        usec = environment.get("WATCHDOG_USEC", "")
        self._every = int(usec) / 1e6 / 3 if usec.isdigit() and not theirs else 0.0
        """Seconds between signs of life: three in the time that systemd waits."""
        self._timer: Timer | None = None
        self._due = 0.0

    def ready(self, status: str) -> None:
        """Say that the panel answers, and begin to show life."""
        self._say("READY=1", f"STATUS={status}")
        if self._address and self._every:
            self._wait()

    def stopping(self) -> None:
        """Say that the end has begun."""
        if self._timer is not None:
            self._timer.cancel()
        self._say("STOPPING=1")

    def _wait(self) -> None:
        self._due = self._clock.monotonic() + self._every
        self._timer = self._clock.call_later(self._every, self._live)

    def _live(self) -> None:
        late = self._clock.monotonic() - self._due
        if late < LATE:
            self._say("WATCHDOG=1")
        else:
            log.error("loop.late", seconds=round(late, 1))
        self._wait()

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        # A leading `@` stands for the abstract namespace (`unix(7)`).
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        ):
            sender.sendto("\n".join(lines).encode(), address)
