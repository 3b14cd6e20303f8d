"""The room's meeting: it begins and ends by command, and its end leaves nothing of it behind.

What is wiped registers itself under a name; each item reports, and what failed is named. A daemon that died in a
meeting wipes at its next start.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import structlog

from drivers.clock import Clock
from drivers.commands import Outcome, OutcomeKind
from drivers.execute import Request
from drivers.job import Denial
from drivers.points import Quality, Report
from roomd.config.built_in import BUILT_IN, MEETING
from roomd.control.commands import Command
from roomd.control.room import RoomDevice
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)
WIPE: Final = 3.0
"""Seconds in which everything must be wiped."""
Item = Callable[[], Awaitable[None] | None]


class Meeting:
    """See the module.

    Args:
        clock: deadlines.
        store: where `meeting.live` stands.
        kept: what survives the daemon: the number of the last meeting, and whether one is live.
    """

    def __init__(self, clock: Clock, store: Store, kept: MutableMapping[str, str]) -> None:
        self._clock, self._store, self._kept = clock, store, kept
        self.items: dict[str, Item] = {}
        """Name -> what wipes it; the name has words."""
        self.started: list[Callable[[int], None]] = []
        """Told of the number of each meeting that begins."""
        self.ended: list[Callable[[int, list[str]], None]] = []
        """Told of the number of each that ends, and of what could not be wiped."""
        self.live = False

    @property
    def number(self) -> int:
        """Return the number of the meeting that is live, or was the last; 0 before the first."""
        text = self._kept.get("number", "0")
        return int(text) if text.isdigit() else 0

    def device(self) -> RoomDevice:
        """Return it as dispatch and the pages see it."""
        outline = BUILT_IN[MEETING]
        return RoomDevice(
            MEETING,
            outline.kind,
            "roomd",
            {"zh": "会议", "en": "Meeting"},
            inner=self.run,
            commands=dict(outline.commands),
            points=tuple(outline.points.values()),
        )

    async def open(self) -> None:
        """Begin with no meeting; one that a daemon left behind is wiped first."""
        if self._kept.get("live") == "yes":
            log.warning("meeting.unclean", number=self.number)
            await self._wipe()
        self._show(live=False)

    async def run(self, request: Request) -> Outcome:
        """Run `start` or `end`; both do no harm when it is so already."""
        if request.command == "start":
            if not self.live:
                self._kept["number"] = str(self.number + 1)
                self._kept["live"] = "yes"
                self._show(live=True)
                for told in self.started:
                    told(self.number)
            return Outcome(OutcomeKind.CONFIRMED)
        if not self.live:
            self._show(live=False)
            return Outcome(OutcomeKind.CONFIRMED)
        failed = await self._wipe()
        self._show(live=False)
        if failed:
            return Outcome(OutcomeKind.FAILED, "meeting_wipe", {"items": ", ".join(failed)})
        return Outcome(OutcomeKind.CONFIRMED)

    async def _wipe(self) -> list[str]:
        """Wipe every item at once; return the names of those that failed."""
        found = await asyncio.gather(*(self._one(name, item) for name, item in self.items.items()))
        failed = [name for name in found if name]
        self._kept["live"] = "no"
        for told in self.ended:
            told(self.number, failed)
        return failed

    async def _one(self, name: str, item: Item) -> str:
        try:
            async with asyncio.timeout(WIPE):
                work = item()
                if inspect.isawaitable(work):
                    await work
        except Exception:  # whatever it is, it is named, and the others are wiped
            log.exception("meeting.not_wiped", item=name)
            return name
        return ""

    def _show(self, *, live: bool) -> None:
        self.live = live
        for point, value in (("online", True), ("live", live)):
            self._store.report(Report(MEETING, point, value, Quality.CONFIRMED))

    def denial(self, command: Command) -> Denial | None:
        """Refuse an administrator's tests while people meet; `stop` never comes here."""
        if self.live and command.actor.role == "admin" and command.device != MEETING:
            return Denial("meeting_live", {"device": command.device})
        return None

    def as_json(self) -> dict[str, Any]:
        """Return what pages show."""
        return {"number": self.number, "live": self.live}
