"""Verbs set logging up for their process; here the process is the tests'."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave logging as it was; meanwhile it goes to standard error, as verbs have it."""

    def set_up(**_: object) -> None:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

    kept = structlog.get_config()
    monkeypatch.setattr("roomd.logs.set_up", set_up)
    yield
    structlog.configure(**kept)
