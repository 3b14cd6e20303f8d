"""Each module is covered by its own test, at the place where one looks for it."""

from __future__ import annotations

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


def needs_test(module: Module) -> bool:
    """Say whether a module does anything: one without functions is names, numbers and shapes."""
    return module.has_functions and module.path.name not in {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("module", [m for m in modules() if needs_test(m)], ids=lambda m: m.name)
def test_a_module_has_its_own_test(module: Module) -> None:
    if module.name not in allowed():
        assert own_test(module).is_file(), f"{own_test(module).relative_to(ROOT)} is missing"


def test_the_list_is_true() -> None:
    known = {m.name: m for m in modules()}
    for name, reason in allowed().items():
        assert reason, f"{name}: no reason"
        assert name in known, f"{name} is no module"
        assert not own_test(known[name]).is_file(), f"{name} has a test by now"


def test_the_list_stays_short() -> None:
    assert len(allowed()) <= 30
