"""The room file changes while a motor runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog

from roomd.app import App
from roomd.control.commands import Actor, Command
from tests.chaos.site import MOTION, Site, daemon_options, site
from tests.support.waiting import until

ANNA = Actor("anna", "presenter")


@asynccontextmanager
async def daemon(place: Site) -> AsyncIterator[App]:
    """Run the daemon on the site's own lines."""
    app = App(daemon_options(place))
    with structlog.testing.capture_logs():
        await app.start()
        try:
            await until(lambda: len(place.frames()) == 3)
            await app.dispatch.run(Command("screen.main", "up", {}, ANNA))
            await until(place.moving)
            await until(lambda: len(place.frames()) == 5)
            yield app
        finally:
            await app.close()


async def reload(app: App) -> dict[str, Any]:
    return await app.keeper.reload()


async def test_another_device_changes_and_the_motor_runs_on(tmp_path: Path) -> None:
    async with site(tmp_path) as place, daemon(place) as app:
        known = len(place.frames())
        place.write(inputs=4)
        answer = await reload(app)
        assert (answer["changed"], answer["untouched"]) == (["matrix.main"], ["screen.main"])
        assert place.moving()
        assert place.frames(known) == []


async def test_a_broken_file_changes_nothing_and_stop_works(tmp_path: Path) -> None:
    async with site(tmp_path) as place, daemon(place) as app:
        known = len(place.frames())
        place.write(more="zones: {a: {name: {zh: 甲, en: A}, devices: [nobody]}}\n")
        assert (await reload(app))["applied"] is False
        assert place.moving()
        assert place.frames(known) == []
        outcomes = await app.dispatch.stop_all(ANNA)
        assert outcomes["screen.main"].kind.value == "sent"
        assert not place.moving()


async def test_the_motor_itself_changes_only_when_it_stands(tmp_path: Path) -> None:
    async with site(tmp_path) as place, daemon(place) as app:
        place.write(travel=40)
        known = len(place.frames())
        changing = asyncio.create_task(reload(app))
        await until(app.supervisor._changing.locked)
        assert place.moving()
        assert not changing.done()
        await app.dispatch.stop_all(ANNA)
        answer = await changing
        assert answer["changed"] == ["screen.main"]
        await until(lambda: app.supervisor.states["screen.main"][0] == "online")
        assert not place.moving()
        assert MOTION.isdisjoint(place.frames(known))


async def test_a_motor_that_is_taken_out_is_stopped_first(tmp_path: Path) -> None:
    async with site(tmp_path) as place, daemon(place) as app:
        known = len(place.frames())
        text = place.file.read_text("utf-8")
        start, end = text.index("  screen.main:"), text.index("  matrix.main:")
        place.file.write_text(text[:start] + text[end:], "utf-8")
        changing = asyncio.create_task(reload(app))
        await until(app.supervisor._changing.locked)
        assert place.moving()
        await app.dispatch.stop_all(ANNA)
        answer = await changing
        assert answer["removed"] == ["screen.main"]
        assert not place.moving()
        assert MOTION.isdisjoint(place.frames(known))
