"""Each module has a test at the place where one looks for it.

`drivers/visca/codec.py` is tested by `tests/drivers/visca/test_codec.py`, or, where several small
modules make one thing, by a test beside it that imports the module.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.support.source_tree import Module, modules

ROOT = Path(__file__).parents[1]
ALLOWED = ROOT / "tests/without_own_test.txt"


def allowed() -> dict[str, str]:
    """Return the modules of the list, each with its reason."""
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {name.strip(): reason.strip() for name, _, reason in pairs}


def own_test(module: Module) -> Path:
    """Return where the test of a module belongs."""
    path = module.path.relative_to(ROOT)
    return ROOT / "tests" / path.parent / f"test_{path.name}"


def imported(path: Path) -> frozenset[str]:
    """Return what a test file imports, inside functions too; `from a import b` as `a.b` and `a`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def asked_in(folder: Path) -> frozenset[str]:
    """Return the modules that tests of a folder import."""
    return frozenset(name for path in folder.glob("test_*.py") for name in imported(path))


def has_test(module: Module) -> bool:
    """Say whether a module has its own test, or one beside that imports it."""
    place = own_test(module)
    return place.is_file() or module.name in asked_in(place.parent)


def needs_test(module: Module) -> bool:
    """Say whether a module does anything: one without functions is names, numbers and shapes."""
    return module.has_functions and module.path.name not in {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("module", [m for m in modules() if needs_test(m)], ids=lambda m: m.name)
def test_a_module_has_its_own_test(module: Module) -> None:
    if module.name not in allowed():
        assert has_test(module), f"{own_test(module).relative_to(ROOT)} is missing"


def test_the_list_is_true() -> None:
    known = {m.name: m for m in modules()}
    for name, reason in allowed().items():
        assert reason, f"{name}: no reason"
        assert name in known, f"{name} is no module"
        assert not has_test(known[name]), f"{name} has a test by now"


def test_the_list_stays_short() -> None:
    assert len(allowed()) <= 30


def test_an_import_inside_a_function_counts(tmp_path: Path) -> None:
    path = tmp_path / "test_x.py"
    path.write_text("def test_x():\n    from drivers import units\n")
    assert "drivers.units" in imported(path)
