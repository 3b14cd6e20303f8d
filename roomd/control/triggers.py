"""Scenes when points become so. A trigger fires when its conditions turn from definitely false to true.

What comes back from being offline, a start and a reload fire nothing: nobody saw it become so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from drivers.points import Quality
from roomd.config.models.schedules import Trigger as Entry
from roomd.control.conditions import Requirement, Truth, conditions
from roomd.state.points import PointState
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

TOLD = frozenset({Quality.CONFIRMED, Quality.OBSERVED})


@dataclass(slots=True)
class _Trigger:
    scene: str
    need: Requirement
    paths: frozenset[str]
    last: Truth


class Triggers:
    """The triggers of the running room.

    Args:
        store: the points.
        start: starts a scene.
    """

    def __init__(self, store: Store, start: Callable[[str], None]) -> None:
        self._store, self._start = store, start
        self._triggers: list[_Trigger] = []
        store.subscribe(self._changed)

    def use(self, entries: Iterable[Entry]) -> None:
        """Go over to these triggers; what is so already fires nothing."""
        self._triggers = []
        for entry in entries:
            need = Requirement(conditions(entry.when))
            paths = frozenset(entry.when)
            self._triggers.append(_Trigger(entry.scene, need, paths, need.judge(self._store, TOLD)))

    def close(self) -> None:
        """Fire nothing any more."""
        self._triggers = []

    def _changed(self, path: str, _state: PointState) -> None:
        for trigger in self._triggers:
            if path not in trigger.paths:
                continue
            before, trigger.last = trigger.last, trigger.need.judge(self._store, TOLD)
            if before is Truth.NO and trigger.last is Truth.YES:
                log.info("trigger.fired", scene=trigger.scene, point=path)
                self._start(trigger.scene)
