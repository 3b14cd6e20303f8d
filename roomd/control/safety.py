"""The room's rules at work: asked before every byte, watching while something moves, latching what must stay down.

`roomd.control.interlocks` decides; this module asks it for every command, stops motors whose condition turned false,
and runs what a fallen latch demands. It never starts a motor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from drivers.commands import Outcome, Priority
from drivers.job import Denial
from roomd.config.models.rules import Reaction
from roomd.control.commands import Actor, Command
from roomd.control.dispatch import Dispatch
from roomd.control.interlocks import STOP, Ask, Interlocks, Rule, RuleVerdict, Scope
from roomd.control.latches import Latches
from roomd.control.room import RoomDevice
from roomd.state.points import PointState
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)


class Safety:
    """See the module."""

    def __init__(self, store: Store, dispatch: Dispatch, latches: Latches) -> None:
        self._store = store
        self._dispatch = dispatch
        self.latches = latches
        self.interlocks = Interlocks(running=self._running, latched=latches.is_down)
        self._work: set[asyncio.Task[Outcome]] = set()
        dispatch.rules.append(self.denial)
        store.subscribe(self._changed)
        latches.on_fall.append(self._fell)

    def use(self, rules: tuple[Rule, ...]) -> None:
        """Go over to these rules, all at once; what they make false stops at once."""
        self.interlocks.rules = rules
        self.latches.look(rules, self._store)
        for path in {c.path for r in rules if r.need is not None for c in r.need.conditions}:
            self._guard(path)

    # -- asked before every byte ----------------------------------------------------------------------------------

    def denial(self, command: Command) -> Denial | None:
        """Return why a command may not leave right now, or None. Synchronous, for the gate."""
        device = self._dispatch.devices.get(command.device)
        if device is None or not (
            device.motor is not None
            or self.interlocks.about(device.id, device.kind, command.command)
        ):
            return None  # most often: a lamp that no rule is about
        for ask in self._asks(command):
            verdict = self.interlocks.denial(ask, self._store, command.passes)
            if verdict is not None:
                return Denial("interlocked", refusal(verdict, command.device))
        return None

    def why(self, command: Command) -> list[dict[str, Any]]:
        """Return what every rule says, those that pass included, ready for JSON."""
        found: dict[str, RuleVerdict] = {}
        for ask in self._asks(command):
            for verdict in self.interlocks.judge(ask, self._store, command.passes):
                known = found.get(verdict.rule)
                if known is None or (verdict.denies and not known.denies):
                    found[verdict.rule] = verdict
        return [verdict.as_json() for verdict in found.values()]

    def _asks(self, command: Command) -> Iterable[Ask]:
        device = self._dispatch.devices.get(command.device)
        if device is None:
            return
        # Whoever is a program, not a person, does not attend.
        origin = "mqtt" if command.actor.role == "integration" else command.origin
        for name in self._meant(device, command):
            spec = device.commands.get(name)
            moves = spec is not None and spec.run is not None
            yield Ask(device.id, device.kind, name, origin, moves, command.id)

    def _meant(self, device: RoomDevice, command: Command) -> Iterable[str]:
        """Return the command, and for a `goto` also the stroke that it comes to."""
        yield command.command
        if device.motor is not None and command.command == "goto":
            stroke = device.motor.towards(command.args.get("position"))
            if stroke is not None:
                yield stroke

    def _running(self, device: str) -> bool:
        found = self._dispatch.devices.get(device)
        return found is not None and found.motor is not None and found.motor.busy

    # -- while something moves ------------------------------------------------------------------------------------

    def _changed(self, path: str, _state: PointState) -> None:
        self.latches.look(self.interlocks.rules, self._store, path)
        self._guard(path)

    def _guard(self, path: str) -> None:
        for rule, scope in self.interlocks.to_stop(path, self._store):
            self._stop_running(rule, scope)

    def _stop_running(self, rule: Rule, scope: Scope) -> None:
        for device in self._dispatch.devices.values():
            motor = device.motor
            if motor is None or motor.running is None:
                continue
            if not scope.takes_device(device.id, device.kind):
                continue
            if scope.commands is None or scope.commands & {motor.running, "goto"}:
                log.warning("rule.stops", rule=rule.id, device=device.id)
                self._run(rule, device.id, STOP, {})

    # -- latches --------------------------------------------------------------------------------------------------

    def _fell(self, rule: Rule) -> None:
        if rule.guard:
            self._stop_running(rule, rule.scope)
        for reaction in () if rule.entry is None else rule.entry.do:
            for device in self._targets(reaction):
                if reaction.command in device.commands:
                    self._run(rule, device.id, reaction.command, reaction.args)

    def _targets(self, reaction: Reaction) -> list[RoomDevice]:
        named: set[str] = set()
        for name in reaction.device or ():
            zone = self._dispatch.zones.get(name)
            named.update(zone.devices if zone is not None else (name,))
        kinds = set(reaction.kind or ())
        return [d for d in self._dispatch.devices.values() if d.id in named or d.kind in kinds]

    def reset(self, rule_id: str) -> str | None:
        """End a latch; return the code of why not, or None."""
        rule = self.interlocks.rule(rule_id)
        if rule is None or rule.latch is None:
            return "unknown_rule"
        return None if self.latches.reset(rule, self._store) else "latch_input"

    def _run(self, rule: Rule, device: str, name: str, args: Mapping[str, Any]) -> None:
        priority = Priority.SAFETY if name == STOP else Priority.USER
        command = Command(
            device, name, args, Actor(f"rule:{rule.id}", "rule"), origin="rule", priority=priority
        )
        task = asyncio.get_running_loop().create_task(
            self._dispatch.run(command), name=f"rule {rule.id}"
        )
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def refusal(verdict: RuleVerdict, device: str) -> dict[str, Any]:
    """Return the parameters of `interlocked`: rule, sentence, deciding points, what is offered."""
    shown = verdict.as_json()
    return {
        "rule": shown.pop("id"),
        "device": device,
        **{k: v for k, v in shown.items() if k != "verdict"},
    }
