"""The daemon is killed, ended and started again while a motor runs: no frame that moves anything follows by itself."""

from __future__ import annotations

import signal
from pathlib import Path

import aiohttp
import pytest

from tests.chaos.site import MOTION, STOP, Site, site
from tests.support.daemon import Daemon
from tests.support.waiting import until


async def set_in_motion(place: Site, token: str) -> None:
    url = f"http://127.0.0.1:{place.port}/api/v1/devices/screen.main/up"
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={}, headers=headers) as answer,
    ):
        assert (await answer.json())["outcome"] == "sent"
    await until(place.moving)


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_killed_in_motion_then_ended_in_motion(tmp_path: Path) -> None:
    async with site(tmp_path) as place:
        async with Daemon.run(place.file, place.data) as first:
            token = await Daemon.token(place.data, "presenter")
            await until(lambda: place.frames() == [STOP] * 3)
            await set_in_motion(place, token)
            await first.end(signal.SIGKILL)
        assert place.moving(), "a killed program stops nothing"
        before = len(place.frames())

        async with Daemon.run(place.file, place.data) as second:
            await until(lambda: not place.moving())
            await until(lambda: len(place.frames(before)) >= 3)
            await set_in_motion(place, token)
            await until(lambda: place.frames(before).count("dd") == 2)  # the command's two copies
            frames = place.frames(before)
            assert set(frames[: frames.index("dd")]) == {STOP}, "a start moves nothing"

            moved = len(place.frames())
            assert await second.end(signal.SIGTERM) == 0
        assert not place.moving()
        assert MOTION.isdisjoint(place.frames(moved))
        assert STOP in place.frames(moved)
