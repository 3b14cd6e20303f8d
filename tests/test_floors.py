"""The contracts of `pyproject.toml` hold, and each of them can be broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_tree import PACKAGES, ROOT

COMMAND = (sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()")


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source to be broken."""
    root = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            root / package,
            ignore=shutil.ignore_patterns("__pycache__", "_panel*"),
        )
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_every_contract_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name,line,contract",
    [
        ("roomd/errors.py", "import roomd.control", "each floor imports only from floors below"),
        ("drivers/errors.py", "import drivers.device", "families stand on the SDK"),
        ("drivers/units.py", "import roomd.state", "know nothing of roomd"),
        ("archive_bridge/added.py", "import drivers.errors", "do not know each other"),
        ("drivers/units.py", "import tests", "no package imports tests"),
        ("drivers/added/codec.py", "import asyncio", "codecs do no I/O"),
        (
            "drivers/added/simulator.py",
            "import drivers.added.codec",
            "simulators never import codecs",
        ),
        ("drivers/added.py", "x = 1", "not listed as layers"),
    ],
)
def test_a_breach_is_named(copy: Path, name: str, line: str, contract: str) -> None:
    path = copy / name
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    package = path.parent if path.parent.parent.name == "drivers" else None
    if package is not None and before is None:
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "codec.py").touch()
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        if before is not None:
            path.write_text(before, encoding="utf-8")
        else:
            path.unlink()
            if package is not None:
                shutil.rmtree(package)
    assert done.returncode != 0
    assert contract in done.stdout
