"""The shape of the code, measured: this repository's row of the style guide, and its limits."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import pytest

from tests.support.shape import HEAD, cycles, functions, row
from tests.support.source_tree import Function, Module, import_graph, modules

FILE_AIM, FILE_LIMIT = 400, 600
FUNCTION_AIM, FUNCTION_LIMIT = 40, 60

TABLES: frozenset[str] = frozenset()
"""Modules that are tables, not logic, and may be long; each by name."""


class LongCode(UserWarning):
    """Above the aim, below the limit: to be cut when somebody is there anyway."""


def names(found: Iterable[Module | Function]) -> list[str]:
    return [f"{f.module}:{f.name}" if isinstance(f, Function) else f.name for f in found]


def test_the_row_has_as_many_cells_as_its_head() -> None:
    assert row().count("|") == HEAD.count("|")


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
