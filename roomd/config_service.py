"""The running configuration: loaded at the start, reloaded as a whole, kept in ten generations, rolled back."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from roomd.config.generations import Generations
from roomd.config.load import load
from roomd.config.places import Problem
from roomd.config.reload import plan_reload
from roomd.config.room import LoadResult, Room
from roomd.errors import RoomError

log = structlog.stdlib.get_logger(__name__)

Apply = Callable[[Room], Awaitable[dict[str, Any]]]


class ConfigKeeper:
    """The room file and what runs of it.

    Args:
        path: the room file that people edit.
        data: the daemon's data folder, for the kept generations.
    """

    def __init__(self, path: Path, data: Path) -> None:
        self.path = path
        self._data = data
        self._generations = Generations(data)
        self._changing = asyncio.Lock()
        self.room: Room | None = None
        self.since = 0.0
        """Wall time at which the running configuration was taken over."""
        self.errors: tuple[Problem, ...] = ()
        """What kept the newest text out, or misconfigures a device."""
        self.warnings: tuple[Problem, ...] = ()
        self.apply: Apply | None = None
        """Takes a room over; set when the room's devices can be made."""

    def start(self) -> Room | None:
        """Load the file, else the newest good generation; None where there is neither."""
        result = load(self.path, data=self._data)
        self._note(result)
        if result.room is not None:
            self._take(result.room, result)
            return result.room
        for generation in self._generations.all():
            kept = load(generation.path, data=self._data, beside=self.path.parent)
            if kept.room is not None:
                log.error("config.last_good", file=str(self.path), errors=len(self.errors))
                self._take(kept.room, None)
                return kept.room
        return None

    def _note(self, result: LoadResult) -> None:
        self.errors, self.warnings = result.errors, result.warnings

    def _take(self, room: Room, result: LoadResult | None) -> None:
        self.room = room
        self.since = time.time()
        if result is not None and not result.errors:
            try:
                self._generations.keep(self.path, result.files, result.sha256, self.since)
            except OSError as error:
                log.error("config.not_kept", why=str(error))  # noqa: TRY400  # no traceback: what to do is said

    def status(self) -> dict[str, Any]:
        """Return file, hash, time, kept generations, errors and warnings."""
        return {
            "file": str(self.path),
            "sha256": None if self.room is None else self.room.sha256,
            "since": self.since,
            "generations": [
                {"n": g.number, "sha256": g.sha256, "kept": g.kept} for g in self._generations.all()
            ],
            "errors": [p.as_json() for p in self.errors],
            "warnings": [p.as_json() for p in self.warnings],
        }

    async def reload(self) -> dict[str, Any]:
        """Read the file again and go over to it, whole or not at all."""
        async with self._changing:
            result = await asyncio.to_thread(load, self.path, data=self._data)
            self._note(result)
            return await self._switch(result, keep=True)

    async def rollback(self, steps: int) -> dict[str, Any]:
        """Go back to the `steps`-th generation before the newest one; the room file itself stays as it is."""
        async with self._changing:
            try:
                generation = self._generations.rollback(steps + 1)
            except RoomError as error:
                return {"applied": False, "code": error.code, "params": dict(error.params)}
            result = await asyncio.to_thread(
                load, generation.path, data=self._data, beside=self.path.parent
            )
            return await self._switch(result, keep=False)

    async def _switch(self, result: LoadResult, *, keep: bool) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "applied": False,
            "errors": [p.as_json() for p in result.errors],
            "warnings": [p.as_json() for p in result.warnings],
        }
        if result.room is None or self.apply is None:
            log.error("config.kept", errors=len(result.errors))
            return {**answer, "code": "config_kept", "params": {"n": len(result.errors)}}
        room = result.room
        kept_back: tuple[str, ...] = ()
        if self.room is not None and (plan := plan_reload(self.room, result)) is not None:
            room, kept_back = plan.room, plan.kept_back
        changed = await self.apply(room)
        self._take(room, result if keep else None)
        log.info("config.applied", sha256=room.sha256, **{k: len(v) for k, v in changed.items()})
        return {**answer, "applied": True, "kept_back": list(kept_back), **changed}

    def check(self, text: str) -> dict[str, Any]:
        """Check a text as if it stood in the room file, without using it."""
        with tempfile.TemporaryDirectory(dir=self._data) as folder:
            copy = Path(folder) / self.path.name
            copy.write_text(text, "utf-8")
            result = load(copy, data=self._data, beside=self.path.parent)
        return {
            "errors": [p.as_json() for p in result.errors],
            "warnings": [p.as_json() for p in result.warnings],
        }
