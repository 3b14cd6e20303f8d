"""Wait until points say what they must, or a time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from drivers.clock import Clock
from drivers.points import Quality
from roomd.control.conditions import Condition, Truth
from roomd.state.points import PointState
from roomd.state.store import Store


async def wait_until(
    clock: Clock,
    store: Store,
    needed: Iterable[Condition],
    qualities: frozenset[Quality],
    timeout: float,
) -> bool:
    """Return True once all conditions hold, False when `timeout` seconds are over."""
    all_of = tuple(needed)
    paths = {c.path for c in all_of}
    there = asyncio.Event()

    def hold() -> bool:
        return all(c.judge(store, qualities) is Truth.YES for c in all_of)

    def look(path: str, _state: PointState) -> None:
        if path in paths and hold():
            there.set()

    end = store.subscribe(look)
    if hold():
        there.set()
    waiting = asyncio.ensure_future(there.wait())
    over = asyncio.ensure_future(clock.sleep(timeout))
    try:
        await asyncio.wait({waiting, over}, return_when=asyncio.FIRST_COMPLETED)
        return there.is_set()
    finally:
        end()
        waiting.cancel()
        over.cancel()
