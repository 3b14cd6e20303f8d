"""What a light, a mixer or an air conditioner is told again when it comes back: only where its entry says `restore`.

Only what was still so when it was lost: what somebody changed at the device meanwhile stays changed. Never for what
moves, and never after a restart of the daemon, which wishes nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from drivers.commands import CommandSpec, Outcome, OutcomeKind, RetryClass
from roomd.control.commands import Actor, Command
from roomd.control.dispatch import Dispatch
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

TAKEN = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.SENT})
ITSELF = Actor("restore", "rule")


@dataclass
class _Kept:
    """What is known of one device."""

    wishes: dict[str, Command] = field(default_factory=dict[str, Command])
    """Key of the command -> the last one that was taken."""
    again: list[Command] = field(default_factory=list[Command])
    """What was still so when it was lost."""


class Restorer:
    """See the module."""

    def __init__(self, store: Store, dispatch: Dispatch) -> None:
        self._store = store
        self._dispatch = dispatch
        self._kept: dict[str, _Kept] = {}
        dispatch.outcomes.append(self._ended)

    def lost(self, device: str) -> None:
        """Note what is still as it was wished; called before the device's points turn stale."""
        kept = self._kept.get(device)
        if kept is not None and not kept.again:
            kept.again = [c for c in kept.wishes.values() if self._is_so(c)]

    def back(self, device: str) -> None:
        """Wish it again: the device answers."""
        kept = self._kept.get(device)
        if kept is None:
            return
        again, kept.again = kept.again, []
        for command in again:
            if not self._is_so(command):
                log.info("device.restored", device=device, command=command.command)
                self._dispatch.begin(
                    Command(device, command.command, command.args, ITSELF, origin="rule")
                )

    def _ended(self, command: Command, outcome: Outcome) -> None:
        spec = self._spec(command)
        if spec is None or outcome.kind not in TAKEN or command.actor == ITSELF:
            return
        key = spec.key_for(command.args) or spec.name
        self._kept.setdefault(command.device, _Kept()).wishes[key] = command

    def _spec(self, command: Command) -> CommandSpec | None:
        """Return the command where it is one that may be wished again."""
        device = self._dispatch.devices.get(command.device)
        if device is None or not device.restore:
            return None
        spec = device.commands.get(command.command)
        if spec is None or spec.run is not None or spec.retry is not RetryClass.ABSOLUTE:
            return None
        return spec

    def _is_so(self, command: Command) -> bool:
        spec = self._spec(command)
        if spec is None:
            return False
        wishes = spec.wishes(command.args)
        points = {p: self._store.get(f"{command.device}.{p}") for p in wishes}
        return bool(wishes) and all(
            (state := points[p]) is not None and state.same(state.value, wish)
            for p, wish in wishes.items()
        )
