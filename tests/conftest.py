"""What all tests share: loopback only, strict peers, hypothesis profiles."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from tests.support import programs

pytest_plugins = ["tests.support.loopback", "tests.support.skips", "tests.support.shape"]

# No deadline in any profile: the machines are shared, and a slow minute is not a bug.
settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture
def require_program() -> Callable[[str], str]:
    """Give the function that finds a program, or skips (in CI: fails) by name."""
    return programs.require_program
