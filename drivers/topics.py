"""Who hears which MQTT topic, found at once however many devices there are. No I/O."""

from __future__ import annotations

from collections.abc import Iterable


class Topics:
    """The topic filters of the devices on one link."""

    def __init__(self) -> None:
        self._plain: dict[str, list[str]] = {}
        """Topic -> who asked for just this one."""
        self._patterns: dict[str, list[str]] = {}
        """Filter with `+` or `#` -> who asked for it; few, so they are tried one by one."""
        self._of: dict[str, tuple[str, ...]] = {}
        """Who -> filters."""

    def add(self, who: str, filters: Iterable[str]) -> None:
        """Note that `who` listens to `filters`."""
        self._of[who] = (*self._of.get(who, ()), *filters)
        for pattern in self._of[who]:
            listeners = self._table(pattern).setdefault(pattern, [])
            if who not in listeners:
                listeners.append(who)

    def remove(self, who: str) -> None:
        """Forget `who`."""
        for pattern in set(self._of.pop(who, ())):
            table = self._table(pattern)
            table[pattern].remove(who)
            if not table[pattern]:
                del table[pattern]

    def hearers(self, topic: str) -> list[str]:
        """Return who listens to `topic`, each once."""
        found = list(self._plain.get(topic, ()))
        for pattern, listeners in self._patterns.items():
            if matches(pattern, topic):
                found += [who for who in listeners if who not in found]
        return found

    def _table(self, pattern: str) -> dict[str, list[str]]:
        return self._patterns if _is_pattern(pattern) else self._plain


def matches(pattern: str, topic: str) -> bool:
    """Return whether an MQTT topic filter with `+` and `#` fits a topic."""
    if pattern == topic:
        return True
    if not _is_pattern(pattern):
        return False
    wanted, given = pattern.split("/"), topic.split("/")
    for place, part in enumerate(wanted):
        if part == "#":
            return True
        if place >= len(given) or part not in ("+", given[place]):
            return False
    return len(wanted) == len(given)


def _is_pattern(topic: str) -> bool:
    return "+" in topic or "#" in topic
