"""Latches: what has fallen stays down until a person resets it, over restarts too. One small file keeps them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from roomd.config.durable import write_durably
from roomd.control.conditions import Truth, View
from roomd.control.interlocks import Rule

log = structlog.stdlib.get_logger(__name__)

_KEPT = TypeAdapter(dict[str, float])


class Latches:
    """The latches of one room.

    Args:
        path: the file that keeps them; None keeps nothing (tests).
        wall: wall time in seconds since 1970.
    """

    def __init__(self, path: Path | None, wall: Callable[[], float]) -> None:
        self._path = path
        self._wall = wall
        self._down: dict[str, float] = {} if path is None else _read(path)
        self.on_fall: list[Callable[[Rule], None]] = []
        """Told of each latch that falls."""

    @property
    def down(self) -> Mapping[str, float]:
        """Return rule id -> wall time at which it fell."""
        return dict(self._down)

    def is_down(self, rule: str) -> bool:
        """Return whether that latch is down."""
        return rule in self._down

    def look(self, rules: tuple[Rule, ...], view: View, path: str | None = None) -> None:
        """Let fall what must, after `path` has changed (None: all may have)."""
        for rule in rules:
            if rule.latch is None or rule.id in self._down:
                continue
            if path is not None and all(c.path != path for c in rule.latch):
                continue
            if all(c.judge(view, rule.qualities) is Truth.YES for c in rule.latch):
                self._fall(rule)

    def reset(self, rule: Rule, view: View) -> bool:
        """End a latch. False while its input is not back to normal, or cannot be read."""
        if rule.id in self._down:
            truths = [c.judge(view, rule.qualities) for c in rule.latch or ()]
            if Truth.NO not in truths:
                return False
            del self._down[rule.id]
            self._keep()
            log.warning("latch.reset", rule=rule.id)
        return True

    def _fall(self, rule: Rule) -> None:
        self._down[rule.id] = self._wall()
        log.warning("latch.fell", rule=rule.id)
        for told in self.on_fall:
            told(rule)
        self._keep()

    def _keep(self) -> None:
        """Write them down; a disk that refuses changes nothing in the running room."""
        if self._path is None:
            return
        try:
            write_durably(self._path, json.dumps(self._down).encode())
        except OSError as error:
            log.error("latch.not_kept", why=str(error))  # noqa: TRY400  # the reason is all there is to say


def _read(path: Path) -> dict[str, float]:
    if not path.exists():
        return {}
    try:
        return _KEPT.validate_json(path.read_bytes())
    except ValidationError:
        log.error("latch.broken", file=str(path))  # noqa: TRY400  # put aside; inputs speak again
        path.replace(path.with_suffix(".broken"))
        return {}
