"""What the operation record holds of commands and scenes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from drivers.commands import OutcomeKind
from roomd.audit.ledger import Ledger, Place, open_database
from roomd.audit.record import Clockwork, Record
from roomd.audit.verify import verify
from roomd.control.commands import Command
from roomd.control.recording import CommandRecord, record_runs
from tests.roomd.audit.ledgers import folder_in, rows_of
from tests.roomd.control.scene_room import SceneRoom, scene_room
from tests.support.lamp_room import ANNA
from tests.support.waiting import until


@asynccontextmanager
async def recorded(path: Path) -> AsyncIterator[tuple[SceneRoom, Record]]:
    clock = Clockwork(UTC)
    folder = folder_in(path)
    record = Record(
        lambda: Ledger(open_database(folder / "record.db"), Place("r1", folder), clock.stamp), clock
    )
    record.start()
    async with scene_room() as room:
        CommandRecord(record, room.room.store, room.room.dispatch)
        room.scenes.told.append(record_runs(record))
        try:
            yield room, record
        finally:
            record.close()
    assert verify(rows_of(path)).sound


def rows(path: Path, act: str = "device.command") -> list[dict[str, Any]]:
    return [b for row in rows_of(path) if (b := json.loads(row[3]))["act"] == act]


async def test_a_command_is_two_rows_with_before_and_after(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (room, _):
        await room.room.do("a.set", level=40)
    asked, ended = rows(tmp_path)
    assert (asked["kind"], asked["actor"], asked["role"], asked["obj"]) == (
        "asked",
        "anna",
        "presenter",
        "a/set",
    )
    assert asked["detail"] == {"args": {"level": 40}, "origin": "panel", "before": {"level": 5}}
    assert (ended["kind"], ended["result"], ended["cmd"]) == ("ended", "confirmed", asked["cmd"])
    assert ended["detail"]["after"] == {"level": 40}


async def test_a_refusal_is_one_row_that_names_its_rule(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (room, _):
        room.rules({"id": "no", "deny": {"device": "c"}, "unless": {"a.level": 1}})
        await room.room.do("c.set", level=40)
    (row,) = rows(tmp_path)
    assert (row["kind"], row["result"], row["reason"]) == ("ended", "refused", "interlocked")
    assert row["detail"]["rule"] == "no"


async def test_an_override_and_its_reason_are_in_the_row(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (room, _):
        command = Command(
            "c", "set", {"level": 3}, ANNA, passes=frozenset({"no"}), reason="fire drill"
        )
        task = asyncio.create_task(room.room.dispatch.run(command))
        await room.pass_(1)
        assert task.result().kind is OutcomeKind.CONFIRMED
    asked = rows(tmp_path)[0]
    assert (asked["reason"], asked["detail"]["override"]) == ("fire drill", ["no"])


async def test_motion_waits_for_its_row_and_a_stop_for_nothing(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (room, record):
        held = asyncio.Event()
        loop = asyncio.get_running_loop()
        release = asyncio.Event()

        def block(_ledger: Ledger) -> None:
            loop.call_soon_threadsafe(held.set)
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

        asking = asyncio.create_task(record.ask(block))
        await held.wait()
        moving = room.room.begin("d.up")
        stopping = room.room.begin("b.stop")
        await until(lambda: "b stop" in room.sent("l2"))
        assert room.sent("l4") == []
        await until(lambda: room.sent("l4") != [], within=5)  # after 250 ms it goes on all the same
        release.set()
        await asking
        await room.pass_(2)
        assert moving.result().kind is OutcomeKind.SENT
        assert stopping.result().kind is OutcomeKind.SENT
    ended = next(r for r in rows(tmp_path) if r["obj"] == "d/up" and r["kind"] == "ended")
    assert ended["detail"]["late"] is True


async def test_a_scene_is_in_the_record_with_its_steps(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (room, _):
        room.room.lines["l1"].answer = lambda text: f"{text} no"
        room.use(s=[{"set": {"lamps": {"level": 70}}}])
        await room.run("s")
    begin, end = rows(tmp_path, "scene.run")
    assert (begin["kind"], end["kind"], end["result"]) == ("asked", "ended", "partial")
    assert end["detail"]["failed"] == ["1 a/set: failed"]
    assert {r["detail"].get("origin") for r in rows(tmp_path) if r["kind"] == "asked"} == {"scene"}
