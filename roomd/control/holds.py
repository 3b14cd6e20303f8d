"""Hold to run: something moves only while a finger stays on it, and stops when anything at all is in doubt.

The daemon stops at `release`, 400 ms after the last `keep` was read, when the socket closes, when the session ends or
loses its role, on a longest run, and on STOP. A dead hold id stays dead: a late `keep` starts nothing.

A hold ends in one outcome: after `release` that of its stop; where it never started what kept it from starting;
otherwise `cancelled` with the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
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
    over: bool = False
    taken: bool = False
    """The device has taken its command once."""
    sent: float = 0.0
    """When its command was last given to the lane, monotonic seconds."""


class Holds:
    """All holds of the room: at most one for each device."""

    def __init__(self, clock: Clock, dispatch: Dispatch) -> None:
        self._clock = clock
        self._dispatch = dispatch
        self._by_id: dict[str, Hold] = {}
        self._by_device: dict[str, Hold] = {}
        self._running: set[asyncio.Task[None]] = set()
        """Commands and stops under way."""
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
            return refused("hold_lost", device=device)  # it holds another device
        hold = Hold(hold_id, client_id, device, command, args, actor, end)
        self._by_id[hold_id] = self._by_device[device] = hold
        if self._holdable(hold):
            refusal = self._dispatch.check(self._command(hold))
        else:
            refusal = refused("unknown_command", device=device, command=command)
        if refusal is not None:
            self._forget(hold)
            return refusal
        self._rearm(hold)
        self._spawn(self._drive(hold))
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
            self._spawn(self._drive(hold))
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

    async def settle(self, seconds: float) -> None:
        """Wait until all stops under way have ended, at most `seconds`."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)

    def _stopped(self, device: str | None) -> None:
        for hold in list(self._by_id.values()):
            if device in (None, hold.device):
                # Its stop is on the way already: another one would only take that one's place.
                hold.over = True
                self._forget(hold)
                self._spawn(self._end(hold, _cancelled(hold, "stopped")))

    # -- inside ---------------------------------------------------------------------------------------------------

    def _holdable(self, hold: Hold) -> bool:
        """Return whether a command is one that moves and can be stopped; what does not exist is told by dispatch."""
        device = self._dispatch.devices.get(hold.device)
        spec = None if device is None else device.commands.get(hold.command)
        if device is None or spec is None:
            return True
        return spec.run is not None and "stop" in device.commands

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
        if outcome.kind in GOOD:
            hold.taken = True
        elif not hold.over:
            # It did not start, or ended by itself: the finger may stay, nothing starts again.
            why = outcome.code or outcome.kind.value
            self._finish(hold, None, _cancelled(hold, why) if hold.taken else outcome)

    def _finish(self, hold: Hold, reason: str | None, outcome: Outcome | None = None) -> None:
        if hold.over:
            return
        hold.over = True
        self._forget(hold)
        if outcome is None and reason is not None:
            outcome = _cancelled(hold, reason)
        self._spawn(self._stop(hold, outcome))

    async def _stop(self, hold: Hold, outcome: Outcome | None) -> None:
        stopped = await self._dispatch.run(
            Command(hold.device, "stop", {}, hold.actor, priority=Priority.SAFETY)
        )
        await self._end(hold, stopped if outcome is None else outcome)

    async def _end(self, hold: Hold, outcome: Outcome) -> None:
        await hold.end(hold.client_id, outcome)

    def _forget(self, hold: Hold) -> None:
        self._by_id.pop(hold.id, None)
        if self._by_device.get(hold.device) is hold:
            del self._by_device[hold.device]
        if hold.timer is not None:
            hold.timer.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def _cancelled(hold: Hold, reason: str) -> Outcome:
    return Outcome(OutcomeKind.CANCELLED, reason, {"device": hold.device})
