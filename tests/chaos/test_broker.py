"""The broker dies, or falls silent with all connections open; commands go on coming all the while."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from drivers.commands import OutcomeKind
from tests.support.programs import require_program
from tests.support.small_room import MQTT_ROOM, SmallRoom, small_room
from tests.support.waiting import until

pytestmark = pytest.mark.slow
OUTCOMES = {kind.value for kind in OutcomeKind}
BACK_WITHIN, NOTICED_WITHIN = 7.0, 6.0
"""Seconds (protocols.md 8)."""


def broker_of(room: SmallRoom) -> int:
    """Return the process id of the room's broker."""
    managed = room.demo.app.broker.managed
    assert managed is not None
    assert managed.pid is not None
    return managed.pid


async def commanded_during(room: SmallRoom, wait: Callable[[], Awaitable[None]]) -> list[str]:
    """Command the lamp every 100 ms while `wait` lasts; return the outcome of each command."""
    commands: list[asyncio.Task[str]] = []

    async def keep_commanding() -> None:
        level = 0
        while True:
            level = level % 100 + 1
            commands.append(asyncio.create_task(room.do("lights.table", "set", level=level)))
            await asyncio.sleep(0.05)
            await asyncio.sleep(0.05)

    commanding = asyncio.create_task(keep_commanding())
    try:
        await wait()
    finally:
        commanding.cancel()
        await asyncio.wait({commanding})
    return await asyncio.gather(*commands)


async def test_a_killed_broker_is_back_within_seven_seconds(tmp_path: Path) -> None:
    require_program("mosquitto")
    async with small_room(tmp_path, MQTT_ROOM) as room:
        await room.online("lights.table")
        os.kill(broker_of(room), signal.SIGKILL)

        async def back() -> None:
            await until(lambda: room.state("lights.table") != "online", NOTICED_WITHIN)
            await until(lambda: room.state("lights.table") == "online", BACK_WITHIN)

        outcomes = await commanded_during(room, back)
        assert len(outcomes) > 5
        assert set(outcomes) <= OUTCOMES
        assert await room.do("lights.table", "set", level=42) == "confirmed"
        assert round(room.simulator("lights.table").state.level) == 42


async def test_a_silent_broker_is_noticed_within_six_seconds(tmp_path: Path) -> None:
    require_program("mosquitto")
    async with small_room(tmp_path, MQTT_ROOM) as room:
        await room.online("lights.table")
        pid = broker_of(room)
        os.kill(pid, signal.SIGSTOP)

        async def noticed() -> None:
            await until(lambda: room.state("lights.table") == "offline", NOTICED_WITHIN)

        try:
            outcomes = await commanded_during(room, noticed)
            assert set(outcomes) <= OUTCOMES
            assert "confirmed" not in outcomes, "nobody can have confirmed it"
        finally:
            os.kill(pid, signal.SIGCONT)
        await until(lambda: room.state("lights.table") == "online", BACK_WITHIN)
        assert await room.do("lights.table", "set", level=42) == "confirmed"
