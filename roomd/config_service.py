"""The running configuration: loaded at the start, reloaded as a whole, kept in ten generations, rolled back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
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
        self.kept_back: tuple[str, ...] = ()
        """Devices whose entry is broken and that go on with their last good one."""
        self.contact: dict[str, str] | None = None
        """Whom to call, as far as the newest text is readable."""
        self.warnings: tuple[Problem, ...] = ()
        self.apply: Apply | None = None
        """Takes a room over; set when the room's devices can be made."""

    def start(self) -> Room | None:
        """Load the file, else the newest good generation; None where there is neither.

        A device that is broken in the file goes on with its last good entry here too, as at a reload.
        """
        result = load(self.path, data=self._data)
        self._note(result)
        if result.room is not None:
            room = self._mended(result) if result.room.broken else result.room
            self._take(room, result)
            return room
        kept = self._last_good()
        if kept is not None:
            log.error("config.last_good", file=str(self.path), errors=len(self.errors))
            self._take(kept, None)
        return kept

    def last_good(self) -> Room | None:
        """Return the newest configuration that ran, else what the file says now; keeps nothing.

        For a program that acts in the place of a daemon that died.
        """
        return self._last_good() or load(self.path, data=self._data).room

    def _last_good(self) -> Room | None:
        for generation in self._generations.all():
            kept = load(generation.path, data=self._data, beside=self.path.parent)
            if kept.room is not None:
                return kept.room
        return None

    def _mended(self, result: LoadResult) -> Room | None:
        kept = self._last_good()
        plan = None if kept is None else plan_reload(kept, result)
        if plan is None:
            return result.room
        self.kept_back = plan.kept_back
        return plan.room

    def _note(self, result: LoadResult) -> None:
        self.errors, self.warnings = result.errors, result.warnings
        contact = result.contact
        self.contact = None if contact is None else {"zh": contact.zh, "en": contact.en}

    def _take(self, room: Room | None, result: LoadResult | None) -> None:
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
            "kept_back": list(self.kept_back),
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
            return {**answer, **self._why_kept(result)}
        room = result.room
        kept_back: tuple[str, ...] = ()
        if self.room is not None and (plan := plan_reload(self.room, result)) is not None:
            room, kept_back = plan.room, plan.kept_back
        try:
            changed = await self.apply(room)
        except Exception as error:
            # Half way: whatever it was, the old room is put back, and the failure is told, not hidden.
            log.exception("config.not_applied", sha256=room.sha256)
            await self._put_back()
            params = {"why": str(error) or type(error).__name__}
            return {**answer, "code": "config_not_applied", "params": params}
        self.kept_back = kept_back
        # A generation is what ran: it is kept only now.
        self._take(room, result if keep else None)
        log.info("config.applied", sha256=room.sha256, **{k: len(v) for k, v in changed.items()})
        return {**answer, "applied": True, "kept_back": list(kept_back), **changed}

    def _why_kept(self, result: LoadResult) -> dict[str, Any]:
        if self.room is None:
            return {"code": "config_none", "params": {"errors": len(result.errors)}}
        since = datetime.fromtimestamp(self.since).astimezone().strftime("%Y-%m-%d %H:%M")
        return {"code": "config_kept", "params": {"n": len(result.errors), "time": since}}

    async def _put_back(self) -> None:
        if self.room is None or self.apply is None:
            return
        try:
            await self.apply(self.room)
        except Exception:
            # Nothing more can be done here; links that run go on, and an admin sees the log.
            log.exception("config.not_put_back", sha256=self.room.sha256)

    def check(self, text: str) -> dict[str, Any]:
        """Check a text as if it stood in the room file, without using it."""
        result = load(self.path, data=self._data, text=text.encode())
        return {
            "errors": [p.as_json() for p in result.errors],
            "warnings": [p.as_json() for p in result.warnings],
        }
