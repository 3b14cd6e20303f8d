"""A second opinion on what a device cannot report itself: a current sensor knows whether the projector is on.

Agreement raises `assumed` to `observed`; contradiction, when it has lasted, makes the point `suspect`. Nothing is ever
sent because of it, and a value that the device itself told is never judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.clock import Clock, Timer
from drivers.points import PointValue
from roomd.state.points import TRUSTED, PointState
from roomd.state.store import Store

OFF = frozenset({"off", "none", "closed", "standby", ""})
"""Words that mean "not on"."""


@dataclass(frozen=True, slots=True)
class Check:
    """Who knows better, and what it says while the judged point is on. One of the three conditions is given."""

    source: str
    """Path of the point that knows better."""
    above: float | None = None
    below: float | None = None
    equals: bool | int | str | None = None
    within: float = 90.0
    """Seconds that the source may take to follow."""

    def says(self, value: PointValue) -> bool:
        """Return whether a source that reports `value` says "on"."""
        if self.equals is not None:
            return value == self.equals and isinstance(value, bool) == isinstance(self.equals, bool)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.above is None or value > self.above) and (
            self.below is None or value < self.below
        )


@dataclass
class _Doubt:
    """A contradiction that has begun."""

    value: PointValue
    timer: Timer


class SecondOpinions:
    """All checks of the room, by the path of the judged point."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._checks: dict[str, Check] = {}
        self._judged_by: dict[str, list[str]] = {}
        """Source -> the points that it judges."""
        self._doubts: dict[str, _Doubt] = {}
        store.subscribe(self._changed)

    def use(self, checks: Mapping[str, Check]) -> None:
        """Go over to these checks."""
        for path in [p for p in self._checks if checks.get(p) != self._checks[p]]:
            self._settle(path)
            self._store.judge(path, agrees=None)
        self._checks = dict(checks)
        self._judged_by = {}
        for path, check in checks.items():
            self._judged_by.setdefault(check.source, []).append(path)
        for path in checks:
            self._look(path)

    def _changed(self, path: str, _state: PointState) -> None:
        if path in self._checks:
            self._look(path)
        for judged in self._judged_by.get(path, ()):
            self._look(judged)

    def _look(self, path: str) -> None:
        state = self._store.get(path)
        agrees = None if state is None or not state.assumed else self._agrees(path, state)
        if state is None or agrees is not False:
            self._settle(path)
            self._store.judge(path, agrees=agrees)
            return
        doubt = self._doubts.get(path)
        if doubt is not None and doubt.value == state.value:
            return  # it has begun already
        self._settle(path)
        timer = self._clock.call_later(self._checks[path].within, lambda: self._last(path))
        self._doubts[path] = _Doubt(state.value, timer)
        self._store.judge(path, agrees=None)

    def _agrees(self, path: str, state: PointState) -> bool | None:
        check = self._checks[path]
        source = self._store.get(check.source)
        if source is None or source.quality not in TRUSTED:
            return None
        return check.says(source.value) == is_on(state.value)

    def _last(self, path: str) -> None:
        """The contradiction has lasted."""
        self._store.judge(path, agrees=False)

    def _settle(self, path: str) -> None:
        doubt = self._doubts.pop(path, None)
        if doubt is not None:
            doubt.timer.cancel()


def is_on(value: PointValue) -> bool:
    """Return whether a point's value means on: true, a number above 0, a word that does not mean off."""
    if isinstance(value, str):
        return value not in OFF
    return bool(value)
