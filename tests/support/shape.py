"""The row of the style guide for this repository, printed at the end of a run that measured it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import pytest

from tests.support.source_tree import Function, import_graph, modules

HEAD = (
    "| project | files | median | p90 | longest | cycles (largest) | module doc | public doc"
    " | annotated | fn |"
)


def functions() -> list[Function]:
    return [function for module in modules() for function in module.functions]


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return groups of modules that import each other (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            at = stack.index(node)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                groups.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return groups


def share(part: int, whole: int) -> int:
    return 100 if whole == 0 else 100 * part // whole


def percentile(values: Sequence[int], percent: int) -> int:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def row() -> str:
    """Return this repository's row for the table of the style guide."""
    files = [m.lines for m in modules() if m.lines > 1]
    public = [f.documented for f in functions() if f.public]
    public += [documented for m in modules() for _, documented in m.classes]
    body = [f.lines for f in functions()]
    groups = cycles(import_graph())
    cells = (
        "roomd",
        len(files),
        f"{statistics.median(files):.0f}",
        percentile(files, 90),
        max(files),
        f"{len(groups)} ({max(map(len, groups), default=0)})",
        share(sum(m.documented for m in modules()), len(modules())),
        share(sum(public), len(public)),
        share(sum(f.annotated for f in functions()), len(functions())),
        f"{statistics.median(body):.0f}/{percentile(body, 95)}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the row where the architecture was part of the run."""
    reports = [r for found in terminalreporter.stats.values() for r in found]
    if any("test_architecture.py" in str(getattr(r, "nodeid", "")) for r in reports):
        terminalreporter.section("shape of the code")
        terminalreporter.line(HEAD)
        terminalreporter.line(row())
