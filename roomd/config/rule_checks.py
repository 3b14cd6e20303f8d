"""Rules against the room: unknown names, a rule that forbids STOP, rules that wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from roomd.config.models.conditions import Condition
from roomd.config.models.rules import Reaction, Rule, Satisfy, Target
from roomd.config.nodes import Node, locate
from roomd.config.places import KeyPath, PathPart, Problem
from roomd.config.references import References, Wrong

STOP = "stop"
Step = tuple[str, str]
"""Device and command."""


def check_rules(rules: Sequence[Rule], node: Node | None, known: References) -> list[Problem]:
    """Return everything that is wrong with the rules of a room, each at its place.

    Args:
        rules: the rules as models.
        node: the tree they were read from, for places.
        known: what the room has.
    """
    if node is None:
        return []
    checker = _Checker(node, known)
    seen: dict[str, int] = {}
    for index, rule in enumerate(rules):
        if rule.id in seen:
            checker.add((index, "id"), ("rule_twice", {"id": rule.id}))
        seen.setdefault(rule.id, index)
        checker.rule(index, rule)
    if not checker.problems:
        checker.circles(rules)
    return checker.problems


class _Checker:
    def __init__(self, node: Node, known: References) -> None:
        self.node = node
        self.known = known
        self.problems: list[Problem] = []

    def add(self, loc: tuple[PathPart, ...], wrong: Wrong | None) -> None:
        """Note what is wrong at `loc`, a path below `rules`."""
        if wrong is not None:
            spot = locate(self.node, loc)
            path: KeyPath = ("rules", *spot.path)
            self.problems.append(Problem(spot.node.place, path, *wrong))

    def rule(self, index: int, rule: Rule) -> None:
        """Check one rule."""
        if rule.deny is not None:
            self._target((index, "deny"), rule.deny)
        for loc, path, need in _conditions(index, rule):
            self.add((*loc, path), self.known.condition(path, need))
        for place, device in enumerate(rule.mutex or ()):
            self.add((index, "mutex", place), self._motor(device))
        for place, reaction in enumerate(rule.do):
            self._reaction((index, "do", place), reaction)
        if rule.satisfy is not None:
            self._satisfy((index, "satisfy"), rule.satisfy)

    def _target(self, loc: tuple[PathPart, ...], target: Target) -> None:
        for command in target.command or ():
            if command == STOP:
                self.add((*loc, "command"), ("rule_denies_stop", {}))
        self._devices(loc, target.device, target.kind)
        for device in self._meant(target.device, target.kind):
            for command in target.command or ():
                if target.device is not None and command != STOP:
                    self.add((*loc, "command"), self._of_some(target, device, command))

    def _of_some(self, target: Target, device: str, command: str) -> Wrong | None:
        """Return what is wrong, unless another device of the target has the command."""
        others = self._meant(target.device, target.kind)
        if any(self.known.command(other, command) is None for other in others):
            return None
        return self.known.command(device, command)

    def _devices(
        self, loc: tuple[PathPart, ...], names: Sequence[str] | None, kinds: Sequence[str] | None
    ) -> None:
        for place, name in enumerate(names or ()):
            self.add((*loc, "device", place), self.known.device(name))
        for place, kind in enumerate(kinds or ()):
            self.add((*loc, "kind", place), self.known.kind(kind))

    def _meant(self, names: Sequence[str] | None, kinds: Sequence[str] | None) -> list[str]:
        named = [
            d for n in names or () if self.known.device(n) is None for d in self.known.members(n)
        ]
        return [*named, *self.known.of_kinds(kinds or ())]

    def _motor(self, device: str) -> Wrong | None:
        wrong = self.known.device(device)
        if wrong is not None:
            return wrong
        shape = self.known.outline(device)
        if shape is not None and shape.motion is None:
            return "not_a_motor", {"device": device}
        return None

    def _reaction(self, loc: tuple[PathPart, ...], reaction: Reaction) -> None:
        self._devices(loc, reaction.device, reaction.kind)
        for device in self._meant(reaction.device, reaction.kind):
            if reaction.device is not None:
                self.add(
                    (*loc, "command"), self.known.command(device, reaction.command, reaction.args)
                )
            shape = self.known.outline(device)
            spec = None if shape is None else shape.commands.get(reaction.command)
            if spec is not None and spec.run is not None:
                self.add((*loc, "command"), ("rule_moves", {"command": reaction.command}))

    def _satisfy(self, loc: tuple[PathPart, ...], plan: Satisfy) -> None:
        for device, call in plan.steps.items():
            wrong = self.known.device(device)
            self.add((*loc, device), wrong)
            if wrong is None:
                self.add((*loc, device), self.known.command(device, call.command, call.args))
        for path, need in (plan.wait or {}).items():
            self.add((*loc, "wait", path), self.known.condition(path, need))

    # -- circles --------------------------------------------------------------------------------------------------

    def circles(self, rules: Sequence[Rule]) -> None:
        """Find commands that can never be allowed: each waits for another one that waits for it."""
        makers = self._makers()
        stuck = {step for rule in rules for step in self._denied(rule)}
        while True:
            free = {s for s in stuck if all(_can(n, makers, stuck) for n in self._needs(rules, s))}
            if not free:
                break
            stuck -= free
        for index, rule in enumerate(rules):
            mine = sorted(stuck & set(self._denied(rule)))
            if mine:
                device, command = mine[0]
                self.add((index, "id"), ("rule_circle", {"device": device, "command": command}))

    def _denied(self, rule: Rule) -> list[Step]:
        if rule.deny is None or rule.unless is None or rule.deny.origin is not None:
            return []
        found: list[Step] = []
        for device in self._meant(rule.deny.device, rule.deny.kind):
            shape = self.known.outline(device)
            commands = [] if shape is None else [c for c in shape.commands if c != STOP]
            found += [
                (device, c) for c in commands if rule.deny.command is None or c in rule.deny.command
            ]
        return found

    def _needs(self, rules: Sequence[Rule], step: Step) -> Iterator[tuple[str, Condition]]:
        for rule in rules:
            if step in self._denied(rule) and rule.unless is not None:
                yield from rule.unless.all.items()

    def _makers(self) -> dict[tuple[str, str], set[Step]]:
        """Return (point, value) -> the commands that bring it about."""
        found: dict[tuple[str, str], set[Step]] = {}
        for device in self.known.devices:
            shape = self.known.outline(device)
            if shape is None:
                continue
            for name, spec in shape.commands.items():
                for point, value in spec.wishes({}).items():
                    found.setdefault((f"{device}.{point}", str(value)), set()).add((device, name))
        return found


def _can(
    need: tuple[str, Condition], makers: Mapping[tuple[str, str], set[Step]], stuck: set[Step]
) -> bool:
    """Return whether somebody can bring a condition about; what nobody here makes true comes from outside."""
    path, wanted = need
    choices = wanted if isinstance(wanted, list) else [wanted]
    steps = set[Step]().union(*(makers.get((path, str(choice)), set()) for choice in choices))
    return not steps or bool(steps - stuck)


def _conditions(index: int, rule: Rule) -> Iterator[tuple[tuple[PathPart, ...], str, Condition]]:
    if rule.unless is not None:
        for path, need in rule.unless.all.items():
            yield (index, "unless"), path, need
        for place, group in enumerate(rule.unless.any):
            for path, need in group.items():
                yield (index, "unless", "any", place), path, need
    for path, need in (rule.latch or {}).items():
        yield (index, "latch"), path, need
