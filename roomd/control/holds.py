"""Hold to run: something moves only while a finger stays on it, and stops when anything at all is in doubt.

The daemon stops at `release`, 400 ms after the last `keep` was read, when the socket closes, when the session ends or
loses its role, on a longest run, and on STOP. A dead hold id stays dead: a late `keep` starts nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from drivers.clock import Clock, Timer
from drivers.commands import Outcome, OutcomeKind, Priority
from roomd.control.commands import Actor, Command, refused
from roomd.control.dispatch import Dispatch

log = structlog.stdlib.get_logger(__name__)

RENEW = 0.5
"""Seconds after which a hold without a motor of ours is sent again: a camera's drive stops by itself after 1 s."""
DEAD_MAN = 0.4
"""Seconds after the last `keep` was read until it stops."""
GOOD = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.SENT, OutcomeKind.SUPERSEDED})
End = Callable[[str, Outcome], Awaitable[None]]


@dataclass
class Hold:
    """One finger on one button."""

    id: str
    """Unique in the daemon: connection and the client's own id."""
    client_id: str
    device: str
    command: str
    args: Mapping[str, Any]
    actor: Actor
    end: End
    timer: Timer | None = None
    tasks: set[asyncio.Future[None]] = field(default_factory=set["asyncio.Future[None]"])
    over: bool = False
    sent: float = 0.0
    """When its command was last given to the lane, monotonic seconds."""


class Holds:
    """All holds of the room: at most one for each device."""

    def __init__(self, clock: Clock, dispatch: Dispatch) -> None:
        self._clock = clock
        self._dispatch = dispatch
        self._by_id: dict[str, Hold] = {}
        self._by_device: dict[str, Hold] = {}
        dispatch.owner_of = self.owner
        dispatch.hold_alive = self.alive
        dispatch.on_stop = self._stopped

    def owner(self, device: str) -> Actor | None:
        """Return who holds a device, or None."""
        hold = self._by_device.get(device)
        return None if hold is None else hold.actor

    def alive(self, hold_id: str) -> bool:
        """Return whether a hold may still send."""
        return hold_id in self._by_id

    def start(  # noqa: PLR0917  # what a hold message holds, in its order
        self,
        client_id: str,
        device: str,
        command: str,
        args: Mapping[str, Any],
        actor: Actor,
        end: End,
    ) -> Outcome | None:
        """Begin a hold; `end(client_id, outcome)` is called once when it is over.

        Returns:
            A refusal at once (somebody else holds it, a rule forbids it), or None.
        """
        hold_id = f"{actor.client}/{client_id}"
        owner = self._by_device.get(device)
        if owner is not None:
            return refused("owned", device=device, who=owner.actor.user)
        if hold_id in self._by_id:
            return refused("hold_lost", device=device)
        hold = Hold(hold_id, client_id, device, command, args, actor, end)
        self._by_id[hold_id] = self._by_device[device] = hold
        refusal = self._dispatch.check(self._command(hold))
        if refusal is None and not self._holdable(hold):
            refusal = refused("unknown_command", device=device, command=command)
        if refusal is not None:
            self._forget(hold)
            return refusal
        self._rearm(hold)
        self._spawn(hold, self._drive(hold))
        return None

    def keep(self, client: str, client_id: str, args: Mapping[str, Any] | None) -> bool:
        """Note that the finger is still there; False where the hold is over (`hold_lost`)."""
        hold = self._by_id.get(f"{client}/{client_id}")
        if hold is None:
            return False
        self._rearm(hold)
        changed = args is not None and dict(args) != dict(hold.args)
        if args is not None:
            hold.args = args
        if changed or (not self._has_motor(hold) and self._clock.monotonic() - hold.sent > RENEW):
            self._spawn(hold, self._drive(hold))
        return True

    def release(self, client: str, client_id: str) -> bool:
        """The finger is gone: stop. False where the hold was over already."""
        hold = self._by_id.get(f"{client}/{client_id}")
        if hold is None:
            return False
        self._finish(hold, None)
        return True

    def lose_client(self, client: str, reason: str) -> None:
        """Stop all that a connection holds: it closed, or its session lost its right."""
        for hold in [h for h in self._by_id.values() if h.actor.client == client]:
            self._finish(hold, reason)

    def lose_device(self, device: str, reason: str) -> None:
        """Stop a device's hold: STOP was pressed, its longest run is over, or it goes."""
        hold = self._by_device.get(device)
        if hold is not None:
            self._finish(hold, reason)

    def lose_all(self, reason: str) -> None:
        """Stop every hold."""
        for hold in list(self._by_id.values()):
            self._finish(hold, reason)

    def _stopped(self, device: str | None) -> None:
        if device is None:
            self.lose_all("stopped")
        else:
            self.lose_device(device, "stopped")

    # -- inside ---------------------------------------------------------------------------------------------------

    def _holdable(self, hold: Hold) -> bool:
        device = self._dispatch.devices[hold.device]
        return device.commands[hold.command].run is not None and "stop" in device.commands

    def _has_motor(self, hold: Hold) -> bool:
        device = self._dispatch.devices.get(hold.device)
        return device is not None and device.motor is not None

    def _rearm(self, hold: Hold) -> None:
        if hold.timer is not None:
            hold.timer.cancel()
        hold.timer = self._clock.call_later(DEAD_MAN, lambda: self._finish(hold, "hold_lost"))

    def _command(self, hold: Hold) -> Command:
        return Command(hold.device, hold.command, hold.args, hold.actor, hold=hold.id)

    async def _drive(self, hold: Hold) -> None:
        hold.sent = self._clock.monotonic()
        outcome = await self._dispatch.run(self._command(hold))
        if outcome.kind not in GOOD and not hold.over:
            # It did not start, or ended by itself: the finger may stay, nothing starts again.
            self._finish(hold, None, outcome)

    def _finish(self, hold: Hold, reason: str | None, outcome: Outcome | None = None) -> None:
        if hold.over:
            return
        hold.over = True
        self._forget(hold)
        self._spawn(hold, self._stop(hold, reason, outcome))

    async def _stop(self, hold: Hold, reason: str | None, outcome: Outcome | None) -> None:
        stopped = await self._dispatch.run(
            Command(hold.device, "stop", {}, hold.actor, priority=Priority.SAFETY)
        )
        if outcome is None:
            outcome = (
                stopped
                if reason is None
                else Outcome(OutcomeKind.CANCELLED, reason, {"device": hold.device})
            )
        await hold.end(hold.client_id, outcome)

    def _forget(self, hold: Hold) -> None:
        self._by_id.pop(hold.id, None)
        if self._by_device.get(hold.device) is hold:
            del self._by_device[hold.device]
        if hold.timer is not None:
            hold.timer.cancel()

    def _spawn(self, hold: Hold, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        hold.tasks.add(task)
        task.add_done_callback(hold.tasks.discard)
        _running.add(task)
        task.add_done_callback(_running.discard)


_running: set[asyncio.Future[None]] = set()
"""Keeps tasks whose hold is already forgotten from being collected."""
