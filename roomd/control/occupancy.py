"""A room that has been left: the panels count down, then the end scene runs. In doubt somebody is there.

A sensor that is stale or unknown says that somebody is there: one that is broken must not end a meeting. Whoever
touches anything is there too. Each time the room is left the scene runs once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from drivers.clock import Clock, Timer
from drivers.points import Quality
from roomd.config.models.schedules import Occupancy as Entry
from roomd.control.commands import Command
from roomd.control.scene_run import Run
from roomd.state.points import PointState
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

TOLD = frozenset({Quality.CONFIRMED, Quality.OBSERVED})
"""A sensor that says so is believed."""
TOUCHES = frozenset({"panel", "api", "scene", "cli"})
"""Origins behind which a person stands."""
Tell = Callable[[Mapping[str, Any]], None]


def is_vacant(state: PointState | None) -> bool:
    """Return whether a point says, and can be believed, that nobody is there."""
    if state is None or state.quality not in TOLD or isinstance(state.value, str | None):
        return False
    return not state.value


class Occupancy:
    """Watches over one room.

    Args:
        clock: tells the time.
        store: the points.
        start: starts a scene.
        tell: sends a message to all panels.
    """

    def __init__(
        self, clock: Clock, store: Store, start: Callable[[str], None], tell: Tell
    ) -> None:
        self._clock, self._store, self._start, self._tell = clock, store, start, tell
        self._entry: Entry | None = None
        self._timer: Timer | None = None
        self._ends: float | None = None
        """When the countdown is over, monotonic seconds; None: nothing is counted down."""
        self._done = False
        """The scene has run, and nobody was there since."""
        store.subscribe(self._changed)

    def use(self, entry: Entry | None) -> None:
        """Go over to an entry of the room file, or to none; the same entry changes nothing."""
        if entry == self._entry:
            return
        self._occupied()
        self._entry = entry
        self._watch()

    def close(self) -> None:
        """Start nothing any more."""
        self._entry = None
        self._cancel()

    @property
    def countdown(self) -> dict[str, Any] | None:
        """Return the message that panels get now, or None where nothing is counted down."""
        if self._ends is None or self._entry is None:
            return None
        seconds = max(0, math.ceil(self._ends - self._clock.monotonic() - 1e-6))
        return {"type": "countdown", "scene": self._entry.scene, "seconds": seconds}

    def keep(self) -> bool:
        """Take a person's word that the room is in use; return whether a countdown was ended by it."""
        counting = self._ends is not None
        self._occupied()
        self._watch()
        return counting

    def asked(self, command: Command) -> None:
        """Take a command that a person gave, by hand or by a scene, for their presence."""
        if command.origin in TOUCHES:
            self.keep()

    def ran(self, run: Run) -> None:
        """Take a scene that a person started for their presence."""
        if run.order.origin in TOUCHES:
            self.keep()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _changed(self, path: str, _state: PointState) -> None:
        if self._entry is not None and path in self._entry.from_:
            if not self._vacant():
                self._occupied()
            self._watch()

    def _vacant(self) -> bool:
        paths = () if self._entry is None else self._entry.from_
        return bool(paths) and all(is_vacant(self._store.get(path)) for path in paths)

    def _occupied(self) -> None:
        self._done = False
        self._cancel()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        counting = self.countdown
        self._ends = None
        if counting is not None:
            self._tell({**counting, "seconds": None})

    def _watch(self) -> None:
        """Begin to wait, where the room is empty and nothing is waited for yet."""
        if self._entry is None or self._timer is not None or self._done or not self._vacant():
            return
        self._timer = self._clock.call_later(self._entry.vacant_for, self._begin)

    def _begin(self) -> None:
        if (
            self._entry is None or not self._vacant()
        ):  # a device that a reload took away told nobody
            self._timer = None
            return
        log.info("occupancy.countdown", scene=self._entry.scene, seconds=self._entry.warn)
        self._ends = self._clock.monotonic() + self._entry.warn
        self._count()

    def _count(self) -> None:
        """Tell the panels once a second; at the end start the scene."""
        shown = self.countdown
        if shown is None or not self._vacant():
            self._occupied()
            return
        if shown["seconds"] > 0:
            self._tell(shown)
            self._timer = self._clock.call_later(1.0, self._count)
            return
        self._done = True
        self._cancel()
        log.info("occupancy.end", scene=shown["scene"])
        self._start(shown["scene"])
