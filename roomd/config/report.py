"""Problems as people read them: place, path, both languages, the source line with a caret."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from roomd.config.places import Place, Problem
from roomd.messages import both

_SECRET = re.compile(
    r"(?i)((?:pass\w*|pwd|pin|secret|token|psk|key|credential|community|auth\w*|密码|口令)\w*"
    r"[\"']?\s*[:=]\s*)([^\s,}\]#][^,}\]#]*)"
)
MASK = "***"
MAX_SHOWN = 120
"""Columns of a source line that are shown."""


def report(problems: Iterable[Problem], files: Mapping[str, bytes]) -> str:
    """Return all problems as text.

    Args:
        problems: in the order in which they are shown.
        files: file name -> bytes, for the source lines; a file that is not in it is shown without.
    """
    sources = {name: raw.decode("utf-8", "replace").splitlines() for name, raw in files.items()}
    return "".join(_one(problem, sources) for problem in problems)


def _one(problem: Problem, sources: Mapping[str, list[str]]) -> str:
    path = f"{problem.dotted}: " if problem.path else ""
    mark = "" if problem.severity == "error" else "提醒 warning: "
    text = f"{problem.place}: {path}{mark}{both(problem.code, problem.params)}\n"
    lines = sources.get(problem.place.file, [])
    if not 1 <= problem.place.line <= len(lines):
        return text
    return text + _caret(lines[problem.place.line - 1], problem.place)


def _caret(line: str, place: Place) -> str:
    shown, start = masked(line, place.column - 1)
    end = masked(line, place.column - 1 + place.length)[1]
    first = max(0, start - MAX_SHOWN + 20)
    shown = shown[first : first + MAX_SHOWN]
    marked = shown[start - first : end - first] or " "
    margin = " " * len(str(place.line))
    space = " " * width(shown[: start - first])
    caret = "^" * max(1, width(marked))
    return f"  {place.line} | {shown}\n  {margin} | {space}{caret}\n"


def masked(line: str, offset: int) -> tuple[str, int]:
    """Return a source line without what may be a secret, and where `offset` is in it now."""
    text, at, moved = "", 0, offset
    for match in _SECRET.finditer(line):
        start, end = match.span(2)
        if line[start:end].startswith(("!secret", "!env")):
            continue
        text += line[at:start] + MASK
        at = end
        if offset >= end:
            moved += len(MASK) - (end - start)
        elif offset > start:
            moved -= offset - start
    return _printable(text + line[at:]), moved


def width(text: str) -> int:
    """Return the columns that a text takes in a terminal; Han characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
