"""Figures of a benchmark: rounds, their medians, the ratio to the bare floor, and whether a goal is met. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

FLOOR, ROOMD = "floor", "roomd"
"""The two sides of most benchmarks: the bare program, and the product."""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of `values` (one or more); `share` is 0..1."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Round:
    """What one side gave in one round."""

    side: str
    number: int
    """Rounds count from 0."""
    values: tuple[float, ...]
    """One or more, in the unit of the result."""
    cpu_us: float | None = None
    """Microseconds of processor time per operation, user and system, of the server's process."""

    def as_json(self) -> dict[str, Any]:
        """Return the round's line, without the name of its benchmark."""
        return {
            "side": self.side,
            "round": self.number,
            "samples": len(self.values),
            "p50": _short(percentile(self.values, 0.5)),
            "p99": _short(percentile(self.values, 0.99)),
            "worst": _short(max(self.values)),
            "cpu_us": None if self.cpu_us is None else _short(self.cpu_us),
        }


@dataclass(frozen=True)
class Spread:
    """One side's rounds in short: medians over the rounds; `worst` is the worst of all."""

    p50: float
    p99: float
    worst: float
    cpu_us: float | None
    samples: int

    def as_json(self) -> dict[str, Any]:
        """Return it as part of a result's line."""
        return {
            "p50": _short(self.p50),
            "p99": _short(self.p99),
            "worst": _short(self.worst),
            "cpu_us": None if self.cpu_us is None else _short(self.cpu_us),
            "samples": self.samples,
        }


@dataclass(frozen=True)
class Goal:
    """A figure to reach."""

    words: str
    """As the table prints it."""
    met: Callable[[Result], bool]


@dataclass
class Result:
    """One line of the table: one thing measured, against its floor in the same run.

    Args:
        bench: name of the benchmark, as `--only` takes it.
        case: which of its lines.
        unit: of all values.
        base: the side that the ratio is taken to, or empty where there is none.
        side: the side that is judged.
    """

    bench: str
    case: str
    unit: str
    base: str = FLOOR
    side: str = ROOMD
    goal: Goal | None = None
    note: str = ""
    rounds: list[Round] = field(default_factory=list[Round])

    def add(
        self, side: str, number: int, values: Sequence[float], cpu_us: float | None = None
    ) -> None:
        """Take what one side gave in round `number`."""
        self.rounds.append(Round(side, number, tuple(values), cpu_us))

    def spread(self, side: str) -> Spread | None:
        """Return one side in short, or None where it was not measured."""
        mine = [r for r in self.rounds if r.side == side]
        if not mine:
            return None
        cpu = [r.cpu_us for r in mine if r.cpu_us is not None]
        return Spread(
            median(percentile(r.values, 0.5) for r in mine),
            median(percentile(r.values, 0.99) for r in mine),
            max(max(r.values) for r in mine),
            median(cpu) if cpu else None,
            sum(len(r.values) for r in mine),
        )

    @property
    def floor(self) -> Spread | None:
        """Return the base in short, or None where there is none."""
        return self.spread(self.base) if self.base else None

    @property
    def measured(self) -> Spread:
        """Return the judged side in short.

        Raises:
            LookupError: it was not measured.
        """
        found = self.spread(self.side)
        if found is None:
            raise LookupError(f"{self.bench} {self.case}: nothing was measured")
        return found

    @property
    def ratio(self) -> float | None:
        """Return p50 to the base's p50, or None where there is no base."""
        floor = self.floor
        return None if floor is None or floor.p50 <= 0 else self.measured.p50 / floor.p50

    @property
    def met(self) -> bool | None:
        """Return whether the goal is met, or None where there is none."""
        return None if self.goal is None else self.goal.met(self)

    def as_json(self) -> dict[str, Any]:
        """Return the result's line."""
        floor, ratio = self.floor, self.ratio
        return {
            "kind": "result",
            "bench": self.bench,
            "case": self.case,
            "unit": self.unit,
            "base": self.base or None,
            "floor": None if floor is None else floor.as_json(),
            "measured": self.measured.as_json(),
            "ratio": None if ratio is None else _short(ratio),
            "goal": None if self.goal is None else self.goal.words,
            "met": self.met,
            "note": self.note,
        }

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of all rounds, then the result's."""
        names = {"kind": "round", "bench": self.bench, "case": self.case, "unit": self.unit}
        return [*({**names, **r.as_json()} for r in self.rounds), self.as_json()]


def above_floor(p50: float, p99: float) -> Goal:
    """Return the goal of being at most so much above the floor, in the unit of the result."""

    def met(result: Result) -> bool:
        floor, mine = result.floor, result.measured
        return floor is not None and mine.p50 - floor.p50 <= p50 and mine.p99 - floor.p99 <= p99

    return Goal(f"p50 ≤ floor + {p50:g}, p99 ≤ floor + {p99:g}", met)


def times_floor(most: float) -> Goal:
    """Return the goal of a p50 of at most `most` times the floor's."""
    return Goal(f"p50 ≤ {most:g} × floor", lambda r: r.ratio is not None and r.ratio <= most)


def at_most(most: float) -> Goal:
    """Return the goal that not even the worst value is above `most`."""
    return Goal(f"worst ≤ {most:g}", lambda r: r.measured.worst <= most)


def _short(value: float) -> float:
    """Return a figure with four significant digits: more is noise."""
    return float(f"{value:.4g}")
