"""A net below the event loop: a thread that writes prepared stop frames when the loop has been stuck for a second.

The loop feeds it every 100 ms with what moves right now and where its stop frames go. Serial, TCP and UDP only: past a
broker's protocol nothing can be written. It is no emergency stop; it is one more net.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from drivers.clock import Clock, Timer

log = structlog.stdlib.get_logger(__name__)

FEED = 0.1
"""Seconds between feeds."""
STUCK = 1.0
"""Seconds without a feed after which what moves is stopped."""
COPIES = 3
BETWEEN = 0.12
"""Seconds between copies of the frames."""


@dataclass(frozen=True, slots=True)
class Moving:
    """One device that moves, and how it is stopped without the loop."""

    device: str
    descriptor: int
    frames: tuple[bytes, ...]


Look = Callable[[], tuple[Moving, ...]]


class Lifeline:
    """See the module.

    Args:
        clock: paces the feeds.
        look: says what moves right now; called on the loop.
        stuck: seconds without a feed that count as stuck.
    """

    def __init__(self, clock: Clock, look: Look, stuck: float = STUCK) -> None:
        self._clock = clock
        self._look = look
        self._stuck = stuck
        self._moving: tuple[Moving, ...] = ()
        self._fed = time.monotonic()
        self._end = threading.Event()
        self._timer: Timer | None = None
        self.pulled = 0
        """How often it had to stop something."""

    def start(self) -> None:
        """Start the thread and the feeds."""
        threading.Thread(target=self._watch, name="lifeline", daemon=True).start()
        self._feed()

    def stop(self) -> None:
        """End both."""
        self._end.set()
        if self._timer is not None:
            self._timer.cancel()

    def _feed(self) -> None:
        self._moving = self._look()
        self._fed = time.monotonic()
        self._timer = self._clock.call_later(FEED, self._feed)

    def _watch(self) -> None:
        while not self._end.wait(min(FEED, self._stuck / 4)):
            moving = self._moving
            if moving and time.monotonic() - self._fed > self._stuck:
                self._moving = ()  # once for each time it is stuck
                self._pull(moving)

    def _pull(self, moving: tuple[Moving, ...]) -> None:
        self.pulled += 1
        for copy in range(COPIES):
            if copy:
                self._end.wait(BETWEEN)  # at the end of the daemon the copies leave at once
            for one in moving:
                for frame in one.frames:
                    with contextlib.suppress(OSError):
                        os.write(one.descriptor, frame)
        log.critical("lifeline.pulled", devices=[one.device for one in moving])
