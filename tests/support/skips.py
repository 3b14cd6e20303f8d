"""Every skip has a reason, and in CI every reason stands in `tests/allowed_skips.txt`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

ALLOWED = Path(__file__).parents[1] / "allowed_skips.txt"

_reasons: set[str] = set()


def unlisted(reasons: set[str], patterns: list[str]) -> list[str]:
    """Return the reasons that no pattern matches from its start."""
    return sorted(r for r in reasons if not any(re.match(p, r) for p in patterns))


def allowed_patterns() -> list[str]:
    """Return the regular expressions of the file, without comments."""
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect why tests were skipped."""
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        _reasons.add(report.longrepr[2].removeprefix("Skipped: "))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a green CI run with an unlisted skip into a failed one."""
    if hasattr(session.config, "workerinput") or not os.environ.get("CI"):
        return
    left = unlisted(_reasons, allowed_patterns())
    if left and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    for reason in left:
        print(f"\nskip not listed in tests/allowed_skips.txt: {reason}")  # noqa: T201  # for people
