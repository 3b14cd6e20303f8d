"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK = 0.005


async def until(condition: Callable[[], object], within: float = 20.0) -> None:
    """Wait until `condition` is true; the limit in seconds only ends a test that fails."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110  # any condition, also one that no event tells of
            await asyncio.sleep(LOOK)
