"""Does a point say what it must? Judged by value, wish and quality together. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from drivers.points import PointValue, Quality
from roomd.config.models.conditions import Condition as ConditionEntry
from roomd.config.models.conditions import Span, Unless

Need = bool | int | str | tuple[bool | int | str, ...] | Span
"""What a point must be, as written."""


class Truth(enum.Enum):
    """What a condition comes to."""

    YES = "yes"
    NO = "no"
    """The point says otherwise, and can be trusted; or what is wished says otherwise."""
    UNCLEAR = "unclear"
    """Unknown, stale, suspect, or not trusted far enough."""


class Point(Protocol):
    """What is read of one point; `roomd.state.points.PointState` is one."""

    value: PointValue
    quality: Quality
    desired: PointValue
    pending: bool
    by: str | None


class View(Protocol):
    """Where points are looked up; the store is one, a preflight's copy another."""

    def get(self, path: str, /) -> Point | None:
        """Return a point, or None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Condition:
    """One point and what it must be."""

    path: str
    need: Need

    def holds_for(self, value: PointValue) -> bool:
        """Return whether `value` is what is needed."""
        if isinstance(self.need, Span):
            return _within(self.need, value)
        choices = self.need if isinstance(self.need, tuple) else (self.need,)
        return any(_equal(value, choice) for choice in choices)

    def shown(self) -> Any:
        """Return what is needed, ready for JSON."""
        if isinstance(self.need, Span):
            limits = {"above": self.need.above, "below": self.need.below}
            return {name: limit for name, limit in limits.items() if limit is not None}
        return list(self.need) if isinstance(self.need, tuple) else self.need

    def judge(self, view: View, qualities: frozenset[Quality], mine: str | None = None) -> Truth:
        """Return what it comes to now.

        Args:
            view: where the point is looked up.
            qualities: how far it must be trusted.
            mine: id of the command that asks: its own wish does not count against it.
        """
        point = view.get(self.path)
        if point is None or point.value is None:
            return Truth.UNCLEAR
        if point.quality not in qualities:
            return Truth.UNCLEAR
        if not self.holds_for(point.value):
            return Truth.NO
        # A wish under way counts as if it were true already: the worse of the two.
        if (
            point.pending
            and (mine is None or point.by != mine)
            and not self.holds_for(point.desired)
        ):
            return Truth.NO
        return Truth.YES


@dataclass(frozen=True, slots=True)
class Requirement:
    """Conditions that must all hold, and alternatives of which one must."""

    every: tuple[Condition, ...] = ()
    any_of: tuple[tuple[Condition, ...], ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return all conditions, alternatives included."""
        return (*self.every, *(c for group in self.any_of for c in group))

    def judge(self, view: View, qualities: frozenset[Quality], mine: str | None = None) -> Truth:
        """Return what it comes to now."""
        parts = [c.judge(view, qualities, mine) for c in self.every]
        if self.any_of:
            groups = [_all(c.judge(view, qualities, mine) for c in group) for group in self.any_of]
            parts.append(_any(groups))
        return _all(parts)


def requirement(unless: Unless) -> Requirement:
    """Return what `unless:` says."""
    return Requirement(conditions(unless.all), tuple(conditions(group) for group in unless.any))


def conditions(written: Mapping[str, ConditionEntry]) -> tuple[Condition, ...]:
    """Return the conditions of a mapping from point to what it must be."""
    return tuple(Condition(path, _need(need)) for path, need in written.items())


def _need(written: ConditionEntry) -> Need:
    return tuple(written) if isinstance(written, list) else written


def _all(parts: Iterable[Truth]) -> Truth:
    found = list(parts)
    if Truth.NO in found:
        return Truth.NO
    return Truth.UNCLEAR if Truth.UNCLEAR in found else Truth.YES


def _any(parts: list[Truth]) -> Truth:
    if Truth.YES in parts:
        return Truth.YES
    return Truth.UNCLEAR if Truth.UNCLEAR in parts else Truth.NO


def _within(span: Span, value: PointValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (span.above is None or value > span.above) and (span.below is None or value < span.below)


def _equal(value: PointValue, choice: bool | int | str) -> bool:  # noqa: FBT001  # a value, not a switch
    if isinstance(value, bool) or isinstance(choice, bool):
        return value is choice
    return value == choice
