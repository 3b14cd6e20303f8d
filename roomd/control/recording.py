"""Every command in the operation record: asked before it leaves, ended with its outcome, refused in one row."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from drivers.commands import Outcome, OutcomeKind
from roomd.audit.entry import Entry, Kind
from roomd.audit.record import Record, Unwritable
from roomd.control.commands import Command
from roomd.control.dispatch import Dispatch
from roomd.control.scene_run import Run
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

PATIENCE = 0.25
"""Seconds that motion waits for its row to be durable; then it goes on, and the row of its end says `late`."""


class CommandRecord:
    """See the module."""

    def __init__(self, record: Record, store: Store, dispatch: Dispatch) -> None:
        self._record = record
        self._store = store
        self._dispatch = dispatch
        self._asked: dict[str, dict[str, Any]] = {}
        """Id of a command that was asked and has not ended -> what its end needs to know."""
        dispatch.on_asked = self.asked
        dispatch.outcomes.append(self.ended)

    def asked(self, command: Command, *, moves: bool) -> Awaitable[None] | None:
        """Record that a command is about to be given; what moves waits for the row, a stop for nothing."""
        before = self._points(command)
        self._asked[command.id] = {"before": before}
        detail: dict[str, Any] = {
            "args": dict(command.args),
            "origin": command.origin,
            "before": before,
        }
        if command.actor.role == "admin":
            detail["test"] = True
        if command.passes:
            detail["override"] = sorted(command.passes)
        entry = self._entry(command, kind="asked", reason=command.reason, detail=detail)
        if not moves or command.command == "stop":
            self._record.post(entry)
            return None
        return self._durable(command, entry)

    async def _durable(self, command: Command, entry: Entry) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._record.write(entry)
        except (TimeoutError, Unwritable):
            log.warning("record.late", id=command.id, device=command.device)
            kept = self._asked.get(command.id)
            if kept is not None:
                kept["late"] = True

    def ended(self, command: Command, outcome: Outcome) -> None:
        """Record how a command ended; one that was refused at once has this row alone."""
        kept = self._asked.pop(command.id, None)
        refusal = outcome.kind is OutcomeKind.REFUSED
        detail: dict[str, Any] = {"tx": outcome.tx, "ms": round(outcome.ms)}
        if kept is None:
            detail |= {"args": dict(command.args), "origin": command.origin}
        else:
            detail |= {"after": self._points(command), **({"late": True} if "late" in kept else {})}
        if refusal and "rule" in outcome.params:
            detail["rule"] = outcome.params["rule"]
        self._record.post(
            self._entry(
                command,
                kind="ended",
                result=outcome.kind.value,
                reason=outcome.code or "",
                detail=detail,
            )
        )

    def _entry(self, command: Command, **fields: Any) -> Entry:
        actor = command.actor
        return Entry(
            "device.command",
            actor=actor.user,
            role=actor.role,
            addr=actor.address,
            session=actor.client,
            obj=f"{command.device}/{command.command}",
            cmd=command.id,
            **fields,
        )

    def _points(self, command: Command) -> dict[str, Any]:
        """Return the points that the command is about, as they are now."""
        device = self._dispatch.devices.get(command.device)
        spec = None if device is None else device.commands.get(command.command)
        if spec is None:
            return {}
        names = spec.wishes(command.args) or ({"moving": None} if spec.run is not None else {})
        return {name: self._store.value(f"{command.device}.{name}") for name in names}


def record_runs(record: Record) -> Callable[[Run], None]:
    """Return what records the beginning and the end of each scene; its steps are commands of their own."""
    begun: set[str] = set()

    def told(run: Run) -> None:
        first = run.id not in begun
        if not first and run.state != "ended":
            return
        begun.add(run.id)
        kind: Kind = "ended" if run.state == "ended" else "asked"
        failed = [
            f"{r.step} {r.device}/{r.command}: {r.outcome}" for r in run.results if not r.good
        ]
        record.post(
            Entry(
                "scene.run",
                kind,
                actor=run.actor.user,
                role=run.actor.role,
                addr=run.actor.address,
                session=run.actor.client,
                obj=run.scene,
                cmd=run.id,
                result=run.result or "",
                detail={"steps": len(run.results), "failed": failed} if kind == "ended" else {},
            )
        )
        if run.state == "ended":
            begun.discard(run.id)

    return told
