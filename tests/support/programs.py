"""Programs that others wrote and tests run: found, or missed by name.

On a developer's machine a missing program skips the test and says which. With `CI` or
`ROOMD_REQUIRE_PEERS` in the environment it fails: a green run must have asked the peers.
"""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Debian keeps daemons where an ordinary user's PATH does not look."""


def peers_are_required() -> bool:
    """Say whether a missing peer is a failure."""
    return bool(os.environ.get("CI") or os.environ.get("ROOMD_REQUIRE_PEERS"))


def find_program(name: str) -> str | None:
    """Return the path of a program, or None."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS))
    return shutil.which(name, path=path)


def require_program(name: str) -> str:
    """Return the path of a program; without it skip the test, in CI fail it."""
    found = find_program(name)
    if found is None:
        miss(f"program {name} is not installed (scripts/bootstrap --for test installs it)")
    assert found is not None
    return found


def require_module(name: str) -> None:
    """Make sure that a Python peer is installed; without it skip the test, in CI fail it."""
    if importlib.util.find_spec(name) is None:
        miss(f"Python module {name} is not installed (dependency group `peers`)")


def miss(reason: str) -> None:
    """Skip the test with a reason; where peers are required, fail it."""
    if peers_are_required():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
