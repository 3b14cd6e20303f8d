"""Starting, modes, cancelling, taking back, doing again, learning."""

from __future__ import annotations

import asyncio

import pytest

from roomd.control.scenes import NoRun
from tests.roomd.control.scene_room import outcomes, scene_room
from tests.support.lamp_room import ANNA, BORIS

UP = {"device": "d", "command": "up"}
SLOW = {"delay": "20s"}


async def test_what_would_be_refused_is_said_before_anything_happens() -> None:
    async with scene_room() as room:
        room.rules(
            {
                "id": "no",
                "deny": {"device": "d"},
                "unless": {"a.level": 1},
                "satisfy": {"a": {"command": "set", "args": {"level": 1}}},
            }
        )
        room.use(s=[{"set": {"c": {"level": 9}}}, UP])
        with pytest.raises(NoRun) as caught:
            room.scenes.start("s", ANNA)
        assert caught.value.code == "preflight"
        assert caught.value.params["step"] == "2"
        (step,) = caught.value.params["steps"]
        assert step["params"]["rule"] == "no"
        assert step["params"]["satisfy"] is True
        assert room.sent("l3") == []
        forced = await room.run("s", force=True)
        assert ("2", "d", "refused") in outcomes(forced)


async def test_a_dry_run_says_what_would_become_of_each_step_and_sends_nothing() -> None:
    async with scene_room() as room:
        room.rules({"id": "dark", "deny": {"device": "d"}, "unless": {"a.level": {"below": 10}}})
        room.use(s=[{"seq": [{"set": {"a": {"level": 2}}}, UP]}, {"set": {"c": {"level": 5}}}])
        await room.room.do("a.set", level=80)
        found = room.scenes.dry_run("s")
        assert [(f.step, f.device, f.verdict) for f in found] == [
            ("1.1", "a", "ok"),
            ("1.2", "d", "ok"),
            ("2", "c", "skipped"),
        ]
        room.room.store.lose("a")
        room.use(s=[UP])
        (step,) = room.scenes.dry_run("s")
        assert step.verdict == "cannot_tell"
        assert room.sent("l1") == ["a level 80"]


async def test_modes() -> None:
    async with scene_room() as room:
        room.use(
            restart=[SLOW],
            single={"mode": "single", "steps": [SLOW]},
            parallel={"mode": "parallel", "steps": [SLOW]},
            queue={"mode": "queue", "steps": [{"delay": "2s"}]},
        )
        first = room.scenes.start("restart", ANNA)
        second = room.scenes.start("restart", BORIS)
        await room.pass_(0.5)
        assert (first.result, second.state) == ("superseded", "running")
        room.scenes.start("single", ANNA)
        with pytest.raises(NoRun, match="scene_running"):
            room.scenes.start("single", ANNA)
        assert room.scenes.start("parallel", ANNA) is not room.scenes.start("parallel", ANNA)
        one = room.scenes.start("queue", ANNA)
        assert room.scenes.start("queue", ANNA) is one
        assert room.scenes.start("queue", ANNA) is one
        await room.pass_(3)
        assert one.result == "ok"
        assert sum(run.scene == "queue" for run in room.scenes.running) == 1
        await room.pass_(3)
        assert sum(run.scene == "queue" for run in room.scenes.running) == 0


async def test_in_a_group_the_newest_wins() -> None:
    async with scene_room() as room:
        room.use(
            on={"group": "power", "steps": [SLOW]},
            off={"group": "power", "steps": [{"delay": "1s"}]},
            other=[SLOW],
        )
        first, other = room.scenes.start("on", ANNA), room.scenes.start("other", ANNA)
        last = room.scenes.start("off", ANNA)
        await room.finish(last)
        assert (first.result, last.result, other.state) == ("superseded", "ok", "running")


async def test_cancel_stops_only_what_this_run_started() -> None:
    async with scene_room() as room:
        room.room.hold("h1", "b.up", BORIS)
        room.use(s=[UP, {"set": {"a": {"level": 9}}}, SLOW])
        run = room.scenes.start("s", ANNA)
        await room.room.finger("h1", 1.0, BORIS)
        assert room.room.shown("d.moving")[0] == "up"
        room.scenes.cancel(run.id)
        await room.room.finger("h1", 1.0, BORIS)
        assert run.result == "cancelled"
        assert room.room.shown("d.moving")[0] == "none"
        assert room.room.shown("b.moving")[0] == "up"
        assert room.room.shown("a.level")[0] == 9
        assert outcomes(run)[-1] == ("stop", "d", "sent")


async def test_stop_ends_runs_that_move_something_and_leaves_the_others() -> None:
    async with scene_room() as room:
        room.use(moves=[UP, SLOW], lights=[SLOW])
        moves, lights = room.scenes.start("moves", ANNA), room.scenes.start("lights", ANNA)
        await room.pass_(1)
        task = asyncio.create_task(room.room.dispatch.stop_all(BORIS))
        await room.pass_(2)
        await task
        assert (moves.result, lights.state) == ("cancelled", "running")
        assert room.room.shown("d.moving")[0] == "none"


async def test_undo_puts_back_what_was_confirmed() -> None:
    async with scene_room() as room:
        room.use(s=[{"set": {"lamps": {"level": 70}}}])
        await room.room.do("a.set", level=20)
        run = await room.run("s")
        back = await room.finish(room.scenes.undo(run.id, ANNA))
        assert back.result == "ok"
        assert room.sent("l1") == ["a level 20", "a level 70", "a level 20"]
        with pytest.raises(NoRun, match="run_not_ended"):
            room.scenes.undo(run.id, ANNA)


async def test_undo_is_offered_for_ten_seconds_and_never_moves() -> None:
    async with scene_room() as room:
        room.use(s=[{"set": {"a": {"level": 70}}}], motion=[UP])
        run = await room.run("s")
        await room.pass_(11)
        with pytest.raises(NoRun, match="undo_over"):
            room.scenes.undo(run.id, ANNA)
        moved = await room.run("motion")
        with pytest.raises(NoRun, match="nothing_to_undo"):
            room.scenes.undo(moved.id, ANNA)


async def test_retry_sends_only_what_failed() -> None:
    async with scene_room() as room:
        good = room.room.lines["l1"].answer
        room.room.lines["l1"].answer = lambda text: f"{text} no"
        room.use(s=[{"set": {"lamps": {"level": 70}}}])
        run = await room.run("s")
        assert run.result == "partial"
        room.room.lines["l1"].answer = good
        again = await room.finish(room.scenes.retry(run.id, ANNA))
        assert outcomes(again) == [("1", "a", "confirmed")]
        assert room.sent("l3") == ["c level 70"]
        with pytest.raises(NoRun, match="nothing_failed"):
            room.scenes.retry(again.id, ANNA)


async def test_learn_takes_what_can_be_set_again() -> None:
    async with scene_room() as room:
        await room.room.do("a.set", level=20)
        await room.room.do("c.set", level=30)
        assert room.scenes.learn() == {
            "steps": [{"set": {"a": {"level": 20}, "c": {"level": 30}}}],
            "left_out": ["b", "d"],
        }


async def test_a_run_has_a_longest_time() -> None:
    async with scene_room() as room:
        room.use(s={"timeout": "3s", "steps": [SLOW]})
        run = await room.run("s", limit=5)
        assert run.result == "failed"


async def test_what_is_not_there() -> None:
    async with scene_room() as room:
        for ask in (
            lambda: room.scenes.start("nothing", ANNA),
            lambda: room.scenes.dry_run("nothing"),
            lambda: room.scenes.cancel("r0"),
            lambda: room.scenes.undo("r0", ANNA),
            lambda: room.scenes.retry("r0", ANNA),
        ):
            with pytest.raises(NoRun, match="unknown"):
                ask()
        room.room.dispatch.stopping = True
        room.use(s=[SLOW])
        with pytest.raises(NoRun, match="stopping"):
            room.scenes.start("s", ANNA)
