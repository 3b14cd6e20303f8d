"""Identical refusals within ten seconds become one row and one count (trust.md 11). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from roomd.audit.entry import Entry

WINDOW = 10.0
"""Seconds."""
KEPT = 1024
"""Different refusals that are remembered at once."""


@dataclass
class _Seen:
    entry: Entry
    since: float
    more: int = 0


@dataclass
class Floods:
    """See the module. Times are monotonic seconds."""

    _seen: dict[tuple[str, ...], _Seen] = field(default_factory=dict[tuple[str, ...], _Seen])

    def take(self, entry: Entry, now: float) -> list[Entry]:
        """Return what is to be recorded of `entry`: itself, or nothing; before it, counts whose time is over."""
        due = self.due(now)
        key = entry.flood_key()
        if key is None:
            return [*due, entry]
        seen = self._seen.get(key)
        if seen is not None:
            seen.more += 1
            return due
        if len(self._seen) >= KEPT:
            oldest = next(iter(self._seen))
            due += _count(self._seen.pop(oldest))
        self._seen[key] = _Seen(entry, now)
        return [*due, entry]

    def due(self, now: float) -> list[Entry]:
        """Return the counts of refusals whose window is over, and forget them."""
        over = [key for key, seen in self._seen.items() if now - seen.since >= WINDOW]
        return [entry for key in over for entry in _count(self._seen.pop(key))]

    def rest(self) -> list[Entry]:
        """Return all counts that are still open, at the end of the daemon."""
        found = [entry for seen in self._seen.values() for entry in _count(seen)]
        self._seen.clear()
        return found


def _count(seen: _Seen) -> list[Entry]:
    if not seen.more:
        return []
    detail = {"times": seen.more, "seconds": round(WINDOW)}
    return [replace(seen.entry, kind="repeated", cmd="", detail=detail)]
