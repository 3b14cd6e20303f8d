"""The current value of every point, and who is told of changes. No I/O.

Each change that a reader can see gets the next number (`seq`). Numbers start at the wall time in milliseconds, so a
panel that comes back after a restart always holds a smaller one and gets a whole snapshot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from drivers.clock import Clock
from drivers.points import FAULT, ONLINE, PointSpec, PointValue, Quality, Report
from roomd.state.points import TRUSTED, PointState

log = structlog.stdlib.get_logger(__name__)

Listener = Callable[[str, PointState], None]
_OPINIONS = {True: Quality.OBSERVED, False: Quality.SUSPECT, None: Quality.ASSUMED}


class Store:
    """Points by path (`<device id>.<point>`)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._points: dict[str, PointState] = {}
        self._paths: dict[str, dict[str, str]] = {}
        """Device id -> point name -> path; a path alone cannot be split for certain."""
        self._listeners: list[Listener] = []
        self.seq = int(clock.wall() * 1000)
        self.base = self.seq
        """Numbers at or below this one come from before this store began."""
        self.dropped: Counter[str] = Counter()
        """Reports that were refused, by reason: `undeclared`, `out_of_range`."""
        self._named: set[str] = set()
        """Undeclared points of which the log has heard."""

    # -- what exists ----------------------------------------------------------------------------------------------

    def declare(self, device: str, specs: Iterable[PointSpec]) -> None:
        """Make the points of a device, all `unknown`; points it had and no longer has are removed."""
        known = self._paths.setdefault(device, {})
        wanted = {spec.name: spec for spec in (*specs, ONLINE, FAULT)}
        for name in [n for n in known if n not in wanted]:
            del self._points[known.pop(name)]
        for name, spec in wanted.items():
            path = known.setdefault(name, f"{device}.{name}")
            state = self._points.get(path)
            if state is None or state.spec != spec:
                self._points[path] = PointState(spec)
                self._changed(path)

    def remove(self, device: str) -> None:
        """Forget a device that is no longer configured; readers need a new snapshot then."""
        for path in self._paths.pop(device, {}).values():
            del self._points[path]
        self.renew()

    def renew(self) -> None:
        """Note that the room itself has changed: who was away meanwhile needs a whole snapshot."""
        self.seq += 1
        self.base = self.seq

    # -- reading --------------------------------------------------------------------------------------------------

    def get(self, path: str) -> PointState | None:
        """Return a point, or None where there is none."""
        return self._points.get(path)

    def value(self, path: str) -> PointValue:
        """Return a point's last reported value; None where it is not known."""
        state = self._points.get(path)
        return None if state is None else state.value

    def snapshot(self) -> dict[str, Any]:
        """Return all points, ready for JSON."""
        return {path: state.as_json() for path, state in self._points.items()}

    def since(self, seq: int) -> dict[str, Any] | None:
        """Return the points changed after `seq`, or None when only a snapshot can tell."""
        if seq < self.base or seq > self.seq:
            return None
        return {path: state.as_json() for path, state in self._points.items() if state.seq > seq}

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(path, state)` at each visible change; return what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- reports --------------------------------------------------------------------------------------------------

    def report(self, report: Report) -> None:
        """Take a device's word. Values that cannot be make the point `suspect` and keep the old value."""
        path = f"{report.device}.{report.point}"
        state = self._points.get(path)
        if state is None:
            self._undeclared(path)
            return
        if not state.acceptable(report.value):
            self.dropped["out_of_range"] += 1
            state.assumed = False
            self._set(path, state, state.value, Quality.SUSPECT)
            return
        quality = self._quality(state, report)
        state.assumed = report.quality is Quality.ASSUMED
        if state.pending and self._settles(state, report):
            state.pending = False
            state.desired = state.by = None
            self._set(path, state, report.value, report.quality, force=True)
            return
        self._set(path, state, report.value, quality)

    def _quality(self, state: PointState, report: Report) -> Quality:
        """Return what a report is worth. Saying the same again does not change who made it so, or doubted it."""
        if state.same(report.value, state.value):
            if {report.quality, state.quality} <= TRUSTED:
                return state.quality
            if report.quality is Quality.ASSUMED and state.assumed:
                return state.quality
        return report.quality

    def judge(self, path: str, *, agrees: bool | None) -> None:
        """Take a second opinion on what was only assumed; a value that a device itself told stays as it is.

        Args:
            path: the point.
            agrees: True makes it `observed`, False `suspect`; None: the other cannot tell, it is `assumed` again.
        """
        state = self._points.get(path)
        if state is None or not state.assumed:
            return
        quality = _OPINIONS[agrees]
        if state.quality is not quality:
            state.quality = quality
            self._changed(path)

    def _undeclared(self, path: str) -> None:
        self.dropped["undeclared"] += 1
        if path not in self._named:
            self._named.add(path)
            log.error("state.undeclared", point=path)

    def _settles(self, state: PointState, report: Report) -> bool:
        """Return whether a report ends the wish: it fulfils it, or is a change to something else altogether.

        What is older than the command's first byte, or kept from an earlier time, says nothing about it.
        """
        if not state.under_way or report.quality is Quality.STALE or report.value is None:
            return False
        if state.same(report.value, state.desired):
            return True
        return not state.same(report.value, state.value) and not state.on_the_way(report.value)

    def _set(
        self,
        path: str,
        state: PointState,
        value: PointValue,
        quality: Quality,
        *,
        force: bool = False,
    ) -> None:
        changed = force or state.value != value or state.quality is not quality
        state.value = value
        state.quality = quality
        state.ts = self._clock.wall()
        state.monotonic = self._clock.monotonic()
        state.doubtful = False
        if changed:
            self._changed(path)

    def _changed(self, path: str) -> None:
        self.seq += 1
        state = self._points[path]
        state.seq = self.seq
        for listener in list(self._listeners):
            listener(path, state)

    # -- wishes ---------------------------------------------------------------------------------------------------

    def wish(self, path: str, value: PointValue, command: str) -> int:
        """Note that `command` wishes `value`; return the wish's generation, 0 where the point does not exist."""
        state = self._points.get(path)
        if state is None:
            return 0
        state.generation += 1
        state.pending = True
        state.under_way = False
        state.before = state.value
        state.desired = value
        state.by = command
        self._changed(path)
        return state.generation

    def left(self, path: str, generation: int) -> None:
        """Note that the first byte of a wish has left for the device: reports may end it from now on."""
        state = self._points.get(path)
        if state is not None and state.generation == generation:
            state.under_way = True

    def end_wish(self, path: str, generation: int, *, doubtful: bool = False) -> None:
        """End a wish with its command: back to the last report. A newer wish stays.

        Args:
            path: the point.
            generation: what `wish` returned.
            doubtful: the command timed out. What is only assumed is `unknown` then, for nobody can be asked; what
                was told becomes `unknown`, not `stale`, when the device cannot be asked either.
        """
        state = self._points.get(path)
        if state is None or state.generation != generation or not state.pending:
            return
        state.pending = False
        state.desired = state.by = None
        if doubtful and state.assumed:
            _forget(state)
        elif doubtful:
            state.doubtful = True
        self._changed(path)

    # -- losing touch ---------------------------------------------------------------------------------------------

    def lose(self, device: str) -> None:
        """Mark all that a device said as `stale`: it cannot be reached. Doubtful values become `unknown`."""
        for name, path in self._paths.get(device, {}).items():
            state = self._points[path]
            if name in (ONLINE.name, FAULT.name):
                continue
            if state.doubtful:
                _forget(state)
            elif state.quality in (Quality.STALE, Quality.UNKNOWN):
                continue
            else:
                state.quality = Quality.STALE
            state.assumed = False
            self._changed(path)


def _forget(state: PointState) -> None:
    """Make a point `unknown`."""
    state.value = None
    state.quality = Quality.UNKNOWN
    state.assumed = state.doubtful = False
