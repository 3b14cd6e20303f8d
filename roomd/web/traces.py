"""Live traffic for those who watch: panels, `roomd trace`. Nothing is kept but the last frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from drivers.trace import TraceEvent

KEPT = 500
"""Events kept for who begins to watch later."""
HIDDEN = ("pin", "password", "secret", "token")
"""A command argument so named is never shown."""

Watcher = Callable[[dict[str, Any]], None]


class Traces:
    """The one place where traffic is turned into words for people."""

    def __init__(self) -> None:
        self.recent: deque[TraceEvent] = deque(maxlen=KEPT)
        self._watchers: dict[object, tuple[frozenset[str], Watcher]] = {}

    def on_trace(self, event: TraceEvent) -> None:
        """Take a piece of traffic."""
        self.recent.append(event)
        if not self._watchers:
            return
        shown: dict[str, Any] | None = None
        for devices, watcher in self._watchers.values():
            if "*" in devices or event.device in devices:
                shown = shown or as_json(event)
                watcher(shown)

    def watch(self, key: object, devices: frozenset[str], watcher: Watcher) -> None:
        """Tell `watcher` of these devices' traffic (`*` = all); replaces what `key` watched before."""
        if devices:
            self._watchers[key] = (devices, watcher)
        else:
            self.leave(key)

    def leave(self, key: object) -> None:
        """Stop telling."""
        self._watchers.pop(key, None)


def as_json(event: TraceEvent) -> dict[str, Any]:
    """Return an event as it goes over the WebSocket."""
    return {
        "type": "trace",
        "ts": round(event.at, 4),
        "link": event.link,
        "device": event.device,
        "direction": event.direction,
        "hex": event.data.hex(" "),
        "ascii": "".join(chr(b) if 32 <= b < 127 else "." for b in event.data),
        "topic": event.topic,
        "text": _hidden(event.text),
        "command": event.command,
    }


def _hidden(text: str) -> str:
    words = text.split(" ")
    return " ".join(_mask(w) for w in words)


def _mask(word: str) -> str:
    name, equals, _ = word.partition("=")
    return f"{name}=***" if equals and any(h in name.lower() for h in HIDDEN) else word
