"""Interlocks: whether a command may leave right now, and why not. Pure: reads a view, does no I/O.

Unknown, stale and suspect inputs never permit. `stop` is never judged: it is always allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.points import Quality
from roomd.config.models.rules import Rule as RuleEntry
from roomd.config.models.rules import Satisfy, Target
from roomd.control.conditions import Condition, Requirement, Truth, View, conditions, requirement

UNATTENDED = frozenset({"schedule", "occupancy", "mqtt"})
"""Origins behind which no person stands."""
STOP = "stop"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: one command of one device, by whom."""

    device: str
    kind: str
    command: str
    origin: str
    moves: bool = False
    """A command of class motion."""
    id: str | None = None
    """Id of the command, whose own wishes do not count against it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which commands a rule is about; None means all."""

    devices: frozenset[str] | None = None
    """Zones are already taken apart."""
    kinds: frozenset[str] | None = None
    commands: frozenset[str] | None = None
    origins: frozenset[str] | None = None

    def takes_device(self, device: str, kind: str) -> bool:
        """Return whether it is about that device."""
        if self.devices is None and self.kinds is None:
            return False
        named = self.devices is not None and device in self.devices
        return named or (self.kinds is not None and kind in self.kinds)

    def takes(self, ask: Ask) -> bool:
        """Return whether it is about that command."""
        if ask.command == STOP or not self.takes_device(ask.device, ask.kind):
            return False
        if self.commands is not None and ask.command not in self.commands:
            return False
        return self.origins is None or ask.origin in self.origins


@dataclass(frozen=True, slots=True)
class Rule:
    """One interlock, ready to be judged."""

    id: str
    say: Mapping[str, str]
    scope: Scope
    need: Requirement | None = None
    """What must be so; None: nothing helps while the scope fits (`origin` rules)."""
    qualities: frozenset[Quality] = frozenset({Quality.CONFIRMED, Quality.OBSERVED})
    mutex: frozenset[str] | None = None
    latch: tuple[Condition, ...] | None = None
    guard: bool = True
    satisfy: Satisfy | None = None
    override: str | None = None
    """Role that may pass it for one command."""
    reset: str = "admin"
    entry: RuleEntry | None = None
    """As written; None for what is built in."""


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What one rule says to one command."""

    rule: str
    denies: bool
    say: Mapping[str, str]
    points: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """Point -> value, quality and what is needed, for those that decided."""
    satisfy: Satisfy | None = None
    """The plan that is offered."""
    override: str | None = None
    others: tuple[str, ...] = ()
    """Mutex: who runs."""
    latched: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as `GET /api/v1/why` and refusals show it."""
        shown: dict[str, Any] = {
            "id": self.rule,
            "verdict": "deny" if self.denies else "pass",
            "points": {path: dict(point) for path, point in self.points.items()},
            "say": dict(self.say),
        }
        if self.satisfy is not None:
            shown["satisfy"] = True
            shown["plan"] = _told(self.satisfy)
        if self.override is not None:
            shown["override"] = self.override
        if self.others:
            shown["running"] = list(self.others)
        if self.latched:
            shown["latched"] = True
        return shown


UNATTENDED_MOTION = Rule(
    "no_unattended_motion",
    {"zh": "无人值守时不允许运动", "en": "No motion while nobody attends"},
    Scope(kinds=frozenset({"lift"}), origins=UNATTENDED),
)
"""Built in; a room file can tighten it, never remove it."""


@dataclass
class Interlocks:
    """All rules of the room.

    Args:
        rules: those of the room file, in its order.
        running: whether a motor runs, or has just been stopped and still has its pause.
        latched: whether a latch is down.
    """

    rules: tuple[Rule, ...] = ()
    running: Callable[[str], bool] = lambda _device: False
    latched: Callable[[str], bool] = lambda _rule: False
    _about: dict[tuple[str, str, str], tuple[Rule, ...]] = field(
        default_factory=dict[tuple[str, str, str], tuple[Rule, ...]], repr=False
    )
    _about_rules: tuple[Rule, ...] | None = field(default=None, repr=False)
    """The rules that `_about` was made of."""

    def judge(
        self, ask: Ask, view: View, passed: frozenset[str] = frozenset()
    ) -> list[RuleVerdict]:
        """Return what every rule that is about this command says, also those that pass.

        Args:
            ask: the command.
            view: the points.
            passed: ids of rules that a person overrode for this command; only rules that allow it heed this.
        """
        if ask.command == STOP:
            return []
        return [v for r in self._all() if (v := self._verdict(r, ask, view, passed)) is not None]

    def denial(
        self, ask: Ask, view: View, passed: frozenset[str] = frozenset()
    ) -> RuleVerdict | None:
        """Return the first rule that forbids the command, or None."""
        if ask.command == STOP:
            return None
        for rule in self.about(ask.device, ask.kind, ask.command):
            verdict = self._verdict(rule, ask, view, passed)
            if verdict is not None and verdict.denies:
                return verdict
        return None

    def about(self, device: str, kind: str, command: str) -> tuple[Rule, ...]:
        """Return the rules that can have a say in a command, whoever asks; remembered: every byte asks for them."""
        asked = (device, kind, command)
        found = self._about.get(asked)
        if found is None or self._about_rules is not self.rules:
            if self._about_rules is not self.rules:
                self._about, self._about_rules = {}, self.rules
            found = tuple(r for r in self._all() if _concerns(r, device, kind, command))
            self._about[asked] = found
        return found

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule by its id, or None."""
        return next((r for r in self._all() if r.id == rule_id), None)

    def to_stop(self, path: str, view: View) -> list[tuple[Rule, Scope]]:
        """Return the guarding rules that point `path` has just made definitely false."""
        return [
            (rule, rule.scope)
            for rule in self.rules
            if rule.guard
            and rule.need is not None
            and any(c.path == path for c in rule.need.conditions)
            and rule.need.judge(view, rule.qualities) is Truth.NO
        ]

    def _all(self) -> Iterable[Rule]:
        yield UNATTENDED_MOTION
        yield from self.rules

    def _verdict(
        self, rule: Rule, ask: Ask, view: View, passed: frozenset[str]
    ) -> RuleVerdict | None:
        if rule.mutex is not None:
            return self._mutex(rule, ask)
        if not rule.scope.takes(ask):
            return None
        if rule.latch is not None:
            return self._latch(rule, ask, view)
        if rule.need is None:
            return RuleVerdict(rule.id, denies=True, say=rule.say)
        denies = rule.need.judge(view, rule.qualities, ask.id) is not Truth.YES
        if rule.override is not None and rule.id in passed:
            denies = False
        points = {c.path: _shown(c, view, rule.qualities, ask.id) for c in rule.need.conditions}
        return RuleVerdict(
            rule.id,
            denies,
            rule.say,
            points,
            satisfy=rule.satisfy,
            override=rule.override,
        )

    def _mutex(self, rule: Rule, ask: Ask) -> RuleVerdict | None:
        members = rule.mutex or frozenset()
        if not ask.moves or ask.device not in members:
            return None
        others = tuple(sorted(d for d in members if d != ask.device and self.running(d)))
        return RuleVerdict(rule.id, bool(others), rule.say, others=others)

    def _latch(self, rule: Rule, ask: Ask, view: View) -> RuleVerdict:
        """Judge a latch: down, or its input unreadable, denies what moves; the rest only while it is down."""
        down = self.latched(rule.id)
        truths = [c.judge(view, rule.qualities, ask.id) for c in rule.latch or ()]
        unclear = Truth.UNCLEAR in truths and Truth.NO not in truths
        points = {c.path: _shown(c, view, rule.qualities, ask.id) for c in rule.latch or ()}
        falling = all(t is Truth.YES for t in truths)
        denies = down or falling or (unclear and ask.moves)
        return RuleVerdict(rule.id, denies, rule.say, points, latched=down)


def _concerns(rule: Rule, device: str, kind: str, command: str) -> bool:
    """Return whether a rule can be about a command; its origin, and whether it moves, count when it is judged."""
    if rule.mutex is not None:
        return device in rule.mutex
    scope = rule.scope
    return scope.takes_device(device, kind) and (
        scope.commands is None or command in scope.commands
    )


def _told(plan: Satisfy) -> dict[str, Any]:
    """Return a plan as people are asked whether they want it."""
    steps = [
        {"device": device, "command": call.command, "args": dict(call.args)}
        for device, call in plan.steps.items()
    ]
    return {"steps": steps, "timeout": plan.timeout}


def compiled(entry: RuleEntry, zones: Mapping[str, Iterable[str]]) -> Rule:
    """Return a rule of the room file, ready to be judged."""
    return Rule(
        id=entry.id,
        say={"zh": entry.say.zh, "en": entry.say.en},
        scope=scope_of(entry.deny, zones),
        need=None if entry.unless is None else requirement(entry.unless),
        qualities=frozenset(Quality(q) for q in entry.quality),
        mutex=None if entry.mutex is None else frozenset(entry.mutex),
        latch=None if entry.latch is None else conditions(entry.latch),
        guard=entry.guard == "stop",
        satisfy=entry.satisfy,
        override=None if entry.override is None else entry.override.role,
        reset=entry.reset.role,
        entry=entry,
    )


def scope_of(target: Target | None, zones: Mapping[str, Iterable[str]]) -> Scope:
    """Return which commands `deny:` means; zones are taken apart. None means: no command."""
    if target is None:
        return Scope(devices=frozenset())
    devices: set[str] = set()
    for name in target.device or ():
        devices.update(zones.get(name, (name,)))
    return Scope(
        frozenset(devices) if target.device is not None else None,
        _set(target.kind),
        _set(target.command),
        _set(target.origin),
    )


def _set(words: Iterable[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _shown(
    condition: Condition, view: View, qualities: frozenset[Quality], mine: str | None
) -> dict[str, Any]:
    point = view.get(condition.path)
    shown: dict[str, Any] = {
        "value": None if point is None else point.value,
        "quality": "unknown" if point is None else str(point.quality),
        "need": condition.shown(),
        "holds": condition.judge(view, qualities, mine).value,
    }
    if point is not None and point.pending:
        shown["desired"] = point.desired
    return shown
