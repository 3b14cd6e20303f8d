"""Run what a refusing rule offers, then the command itself. Only ever because a person accepted the offer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from drivers.clock import Clock
from drivers.commands import Outcome, OutcomeKind
from roomd.control.commands import Command, refused
from roomd.control.conditions import conditions
from roomd.control.dispatch import Dispatch
from roomd.control.interlocks import Rule
from roomd.control.safety import Safety
from roomd.control.waiting import wait_until
from roomd.state.store import Store

ROUNDS = 4
"""Rules that may have to be satisfied one after another for one command."""
GOOD = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.SENT})
DONE = "satisfied"
"""Code of the outcome where the plan is done and a finger has to do the rest."""


class Plans:
    """See the module."""

    def __init__(self, clock: Clock, store: Store, dispatch: Dispatch, safety: Safety) -> None:
        self._clock = clock
        self._store = store
        self._dispatch = dispatch
        self._safety = safety

    async def run(self, command: Command) -> Outcome:
        """Make the rules content, then run `command`; what must be held down is left to the finger."""
        for _ in range(ROUNDS):
            rule = self._next(command)
            if rule is None:
                break
            outcome = await self._satisfy(rule, command)
            if outcome is not None:
                return outcome
        if self._needs_finger(command):
            denial = self._safety.denial(command)
            if denial is not None:
                return refused(denial.code, **denial.params)
            return Outcome(OutcomeKind.CONFIRMED, DONE, {"device": command.device})
        return await self._dispatch.run(command)

    def _next(self, command: Command) -> Rule | None:
        """Return the first rule that refuses and offers a plan."""
        denial = self._safety.denial(command)
        if denial is None:
            return None
        rule = self._safety.interlocks.rule(str(denial.params["rule"]))
        return rule if rule is not None and rule.satisfy is not None else None

    async def _satisfy(self, rule: Rule, command: Command) -> Outcome | None:
        """Run one rule's plan; return why it came to nothing, or None."""
        plan = rule.satisfy
        if plan is None:
            return None
        steps = [
            replace(Command(d, call.command, dict(call.args), command.actor), origin=command.origin)
            for d, call in plan.steps.items()
        ]
        outcomes = await asyncio.gather(*(self._dispatch.run(step) for step in steps))
        for step, outcome in zip(steps, outcomes, strict=True):
            if outcome.kind not in GOOD:
                return replace(
                    outcome, params={**outcome.params, "step": step.device, "rule": rule.id}
                )
        needed = conditions(plan.wait) if plan.wait is not None else ()
        if not needed and rule.need is not None:
            needed = rule.need.every
        if await wait_until(self._clock, self._store, needed, rule.qualities, plan.timeout):
            return None
        return Outcome(
            OutcomeKind.TIMEOUT,
            "satisfy_timeout",
            {"rule": rule.id, "seconds": round(plan.timeout)},
        )

    def _needs_finger(self, command: Command) -> bool:
        device = self._dispatch.devices.get(command.device)
        if device is None or device.motor is None or command.hold is not None:
            return False
        spec = device.commands.get(command.command)
        return spec is not None and spec.run == "hold"
