"""Where something stands in a file, and what is wrong with it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

PathPart = str | int
KeyPath = tuple[PathPart, ...]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One spot of one file, as editors count: lines and columns from 1."""

    file: str
    line: int
    column: int
    length: int = 1
    """Characters that the caret marks, 1 or more."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place; `roomd.messages` turns `code` and `params` into words."""

    place: Place
    path: KeyPath
    """Keys from the top of the room file, for example `("devices", "lift.main", "options")`."""
    code: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    severity: Literal["error", "warning"] = "error"

    @property
    def dotted(self) -> str:
        """Return the path as people write it: `devices.lift.main.options`."""
        return dotted(self.path)

    def softened(self) -> Problem:
        """Return the same as a warning."""
        return replace(self, severity="warning")

    def as_json(self) -> dict[str, Any]:
        """Return the outer form: file, line, column, path, code, params."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "path": self.dotted,
            "code": self.code,
            "params": dict(self.params),
        }


class Unreadable(Exception):
    """A file that cannot be read any further; holds the problem that ended it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.place}: {problem.code}")
        self.problem = problem


def dotted(path: KeyPath) -> str:
    """Return a key path as text; list positions in brackets: `rules[2].deny`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return problems without repeats, sorted by file and place."""
    seen: dict[tuple[Place, KeyPath, str], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.place, problem.path, problem.code), problem)
    return tuple(sorted(seen.values(), key=lambda p: (p.place, p.dotted, p.code)))
