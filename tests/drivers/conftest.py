"""What tests of drivers share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.broker import Broker, broker_in


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """Run a mosquitto of this test's own."""
    folder = tmp_path / "broker"
    folder.mkdir()
    async with broker_in(folder) as running:
        yield running
