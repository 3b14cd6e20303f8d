"""What happens while nobody taps: schedules, an empty room, triggers, the calendar. Nothing here ever moves a lift.

Scenes start with the origin that rules know, so that the gate refuses motion; triggers are held back from all motion
before they start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog

from drivers.clock import Clock
from roomd.config.models import RoomFile
from roomd.control.agenda import Calendar
from roomd.control.commands import Actor, Origin
from roomd.control.dispatch import Dispatch
from roomd.control.holidays import Holidays, read_holidays
from roomd.control.occupancy import Occupancy
from roomd.control.scene_steps import Room, moving
from roomd.control.scenes import NoRun, Scenes
from roomd.control.schedule import Schedules, plan_of
from roomd.control.triggers import Triggers
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

TRIGGER: Origin = "mqtt"
"""Rules know what a sensor or contact starts by this name: nobody attends."""


class Warn(Protocol):
    """Shows or takes away a banner of the admin page."""

    def __call__(self, code: str, *, on: bool, **params: Any) -> None:
        """Show the words of `code`, or take them away."""
        ...


class Unattended:
    """See the module.

    Args:
        clock: tells the time.
        store: the points.
        dispatch: tells of what people do.
        scenes: what is started.
        ran: schedule -> dates on which it ran, kept over restarts.
        tell: sends a message to all panels.
        warn: shows a banner.
    """

    def __init__(  # noqa: PLR0917  # the parts of the daemon that it joins
        self,
        clock: Clock,
        store: Store,
        dispatch: Dispatch,
        scenes: Scenes,
        ran: MutableMapping[str, str],
        tell: Callable[[Mapping[str, Any]], None],
        warn: Warn,
    ) -> None:
        self._store, self._dispatch, self._scenes, self._warn = store, dispatch, scenes, warn
        self.schedules = Schedules(clock, partial(self._start, origin="schedule"), ran)
        start = partial(self._start, origin="occupancy")
        self.occupancy = Occupancy(clock, store, start, tell)
        self.triggers = Triggers(store, self._trigger)
        self.calendar = Calendar(clock, self._calendar_told)
        dispatch.asked.append(self.occupancy.asked)
        scenes.told.append(self.occupancy.ran)

    async def use(self, file: RoomFile, folder: Path) -> None:
        """Go over to a room file.

        Args:
            file: the room file.
            folder: where its relative paths begin.
        """
        zone = ZoneInfo(file.room.timezone)
        named = file.calendar
        ics = None if named is None or named.ics is None else folder / named.ics
        holidays: Holidays = {}
        bad = None
        if named is not None and named.holidays is not None:
            try:
                holidays = await asyncio.to_thread(read_holidays, folder / named.holidays)
            except (OSError, ValueError) as error:
                log.warning("holidays.unreadable", file=named.holidays, why=str(error))
                bad = named.holidays
        self._warn("holidays_unreadable", on=bad is not None, name=bad)
        self.schedules.use(plan_of(file.schedules, zone, holidays))
        self.occupancy.use(file.occupancy)
        self.triggers.use(file.triggers)
        await self.calendar.use(ics, zone)

    def rest(self, resting: bool) -> None:  # noqa: FBT001  # what it is told
        """Start nothing by the time of day while the clock cannot be believed."""
        self.schedules.resting = resting

    async def close(self) -> None:
        """Start nothing any more."""
        self.schedules.close()
        self.occupancy.close()
        self.triggers.close()
        await self.calendar.close()

    def _start(self, scene: str, *, origin: Origin) -> None:
        who = "trigger" if origin == TRIGGER else origin
        try:
            self._scenes.start(scene, Actor(who, "rule"), origin)
        except NoRun as problem:
            # It was not begun; the next time of day, or the next time that the room is left, tries again.
            log.warning("scene.not_started", scene=scene, origin=origin, code=problem.code)

    def _trigger(self, scene: str) -> None:
        room = Room(self._dispatch.devices, self._dispatch.zones, self._scenes.scenes, self._store)
        entry = self._scenes.scenes.get(scene)
        if entry is not None and moving(room, entry.steps):
            log.warning("scene.not_started", scene=scene, origin=TRIGGER, code="trigger_motion")
            return
        self._start(scene, origin=TRIGGER)

    def _calendar_told(self, bad: str | None) -> None:
        self._warn("calendar_unreadable", on=bad is not None, name=bad)
