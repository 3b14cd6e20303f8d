"""What starts by itself goes through the same scenes and rules as a tap, and never moves a lift."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from drivers.points import PointSpec, Quality, Report
from roomd.config.models import RoomFile
from roomd.control.unattended import Unattended
from tests.roomd.control.scene_room import SceneRoom, scene_room
from tests.support.lamp_room import ANNA
from tests.support.waiting import until

UP_LIFT, UP_SCREEN = {"device": "b", "command": "up"}, {"device": "d", "command": "up"}
LIGHT = {"set": {"a": {"level": 9}}}
OCCUPANCY = {"from": ["pir.value"], "vacant_for": "1min", "warn": "10s", "scene": "light"}


class Night:
    """A room of scenes that is left alone."""

    def __init__(self, room: SceneRoom, folder: Path) -> None:
        self.room, self.folder = room, folder
        self.clock = room.room.clock
        self.told: list[Any] = []
        self.warned: dict[str, Any] = {}
        room.room.store.declare("pir", (PointSpec("value", "bool"),))
        self.parts = Unattended(
            self.clock,
            room.room.store,
            room.room.dispatch,
            room.scenes,
            {},
            self.told.append,
            self._warn,
        )

    def _warn(self, code: str, *, on: bool, **params: Any) -> None:
        self.warned[code] = params["name"] if on else None

    async def use(self, **file: Any) -> None:
        named = {"id": "r1", "name": {"zh": "房", "en": "Room"}}
        given = {"schema": "roomd.room/1", "room": named, **file}
        await self.parts.use(RoomFile.model_validate_json(json.dumps(given)), self.folder)

    def say(self, value: bool) -> None:  # a value, not a switch
        self.room.room.store.report(Report("pir", "value", value, Quality.OBSERVED))

    def seconds(self) -> Any:
        """Return what the last countdown message said."""
        return self.told[-1]["seconds"]

    def scenes(self) -> list[tuple[str, str, str]]:
        runs = self.room.scenes.runs.values()
        return [(r.scene, r.actor.user, r.order.origin) for r in runs]


@asynccontextmanager
async def night(folder: Path) -> AsyncIterator[Night]:
    async with scene_room() as room:
        room.use(light=[LIGHT], lift=[UP_LIFT], screen=[UP_SCREEN])
        alone = Night(room, folder)
        try:
            yield alone
        finally:
            await alone.parts.close()


async def test_a_schedule_starts_its_scene(tmp_path: Path) -> None:
    async with night(tmp_path) as alone:
        # The virtual clock begins at 08:16:40 in Shanghai.
        await alone.use(schedules=[{"at": "08:17", "scene": "light"}])
        await alone.clock.advance(30)
        assert alone.scenes() == [("light", "schedule", "schedule")]
        assert alone.room.sent("l1") == ["a level 9"]


async def test_a_lift_stays_where_it_is(tmp_path: Path) -> None:
    async with night(tmp_path) as alone:
        await alone.use(schedules=[{"at": "08:17", "scene": "lift"}])
        await alone.clock.advance(30)
        assert alone.scenes() == []
        assert alone.room.sent("l2") == []


async def test_an_empty_room_ends_and_a_scene_by_a_person_keeps_it(tmp_path: Path) -> None:
    async with night(tmp_path) as alone:
        await alone.use(occupancy=OCCUPANCY)
        alone.say(False)
        await alone.clock.advance(65)
        assert alone.seconds() == 5
        await alone.room.finish(alone.room.scenes.start("screen", ANNA))
        assert alone.seconds() is None
        await alone.clock.advance(90)
        assert alone.scenes()[1:] == [("light", "occupancy", "occupancy")]


async def test_a_command_or_a_hold_keeps_it(tmp_path: Path) -> None:
    async with night(tmp_path) as alone:
        await alone.use(occupancy=OCCUPANCY)
        alone.say(False)
        await alone.clock.advance(65)
        await alone.room.room.do("a.set", level=3)
        assert alone.seconds() is None
        await alone.clock.advance(63)
        assert alone.seconds() == 7
        alone.room.room.hold("h1", "b.up")
        await alone.clock.advance(0.1)
        assert alone.seconds() is None


async def test_a_trigger_starts_its_scene_but_moves_nothing(tmp_path: Path) -> None:
    async with night(tmp_path) as alone:
        alone.say(False)
        when = {"pir.value": True}
        await alone.use(triggers=[{"when": when, "scene": s} for s in ("light", "screen", "gone")])
        alone.say(True)
        await alone.clock.advance(1)
        assert alone.scenes() == [("light", "trigger", "mqtt")]
        assert alone.room.sent("l4") == []


async def test_files_that_cannot_be_read_are_told_and_the_room_goes_on(tmp_path: Path) -> None:
    async with night(tmp_path) as alone:
        (tmp_path / "days.txt").write_text("tomorrow\n", "utf-8")
        await alone.use(calendar={"ics": "gone.ics", "holidays": "days.txt"})
        await until(lambda: alone.warned.get("calendar_unreadable"))
        assert alone.warned == {
            "calendar_unreadable": "gone.ics",
            "holidays_unreadable": "days.txt",
        }
        (tmp_path / "days.txt").write_text("2026-11-24 closed\n", "utf-8")
        entry = {"at": "08:17", "scene": "light", "holidays": "skip"}
        await alone.use(calendar={"holidays": "days.txt"}, schedules=[entry])
        assert alone.warned == {"calendar_unreadable": None, "holidays_unreadable": None}
        await alone.clock.advance(30)
        assert alone.scenes() == []
