"""The shape of the code, measured: this repository's row of the style guide, and its limits."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Iterable, Sequence

import pytest

from tests.support.source_tree import Function, Module, import_graph, modules

FILE_AIM, FILE_LIMIT = 400, 600
FUNCTION_AIM, FUNCTION_LIMIT = 40, 60

TABLES: frozenset[str] = frozenset()
"""Modules that are tables, not logic, and may be long; each by name."""


class LongCode(UserWarning):
    """Above the aim, below the limit: to be cut when somebody is there anyway."""


def names(found: Iterable[Module | Function]) -> list[str]:
    return [f"{f.module}:{f.name}" if isinstance(f, Function) else f.name for f in found]


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


def test_the_row_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\n| project | files | median | p90 | longest | cycles (largest)", end="")  # noqa: T201  # the row is the output
        print(" | module doc | public doc | annotated | fn |")  # noqa: T201  # the row is the output
        print(row())  # noqa: T201  # the row is the output


def test_no_module_is_part_of_a_cycle() -> None:
    assert cycles(import_graph()) == []


def test_every_module_says_what_it_holds() -> None:
    assert names(m for m in modules() if not m.documented) == []


def test_every_public_class_is_documented() -> None:
    assert [
        f"{m.name}:{n}" for m in modules() for n, documented in m.classes if not documented
    ] == []


def test_every_public_function_is_documented() -> None:
    assert names(f for f in functions() if f.public and not f.documented) == []


def test_every_function_is_annotated() -> None:
    assert names(f for f in functions() if not f.annotated) == []


@pytest.mark.filterwarnings("default::UserWarning")
def test_files_and_functions_stay_small() -> None:
    logic = [m for m in modules() if m.name not in TABLES]
    for found in (m for m in logic if FILE_AIM < m.lines <= FILE_LIMIT):
        warnings.warn(f"{found.name} has {found.lines} lines", LongCode, stacklevel=1)
    for function in (f for f in functions() if FUNCTION_AIM < f.lines <= FUNCTION_LIMIT):
        warnings.warn(f"{function.module}:{function.name} is long", LongCode, stacklevel=1)
    assert names(m for m in logic if m.lines > FILE_LIMIT) == []
    assert names(f for f in functions() if f.lines > FUNCTION_LIMIT) == []


def test_tables_that_are_named_exist() -> None:
    assert {m.name for m in modules()} >= TABLES


# -- the measure itself ----------------------------------------------------------------------------


def test_a_cycle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert cycles(graph) == [["a", "b", "c"]]
