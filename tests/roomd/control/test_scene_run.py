"""Order, waiting, failures and motion inside one run."""

from __future__ import annotations

from tests.roomd.control.scene_room import outcomes, scene_room
from tests.support.lamp_room import ANNA

UP = {"device": "d", "command": "up"}


async def test_what_is_so_already_is_skipped_and_the_rest_is_set() -> None:
    async with scene_room() as room:
        room.use(bright=[{"set": {"lamps": {"level": 70}}}])
        run = await room.run("bright")
        assert run.result == "ok"
        assert sorted(outcomes(run)) == [("1", "a", "confirmed"), ("1", "c", "confirmed")]
        again = await room.run("bright")
        assert [o for _, _, o in outcomes(again)] == ["skipped", "skipped"]
        assert room.sent("l1") == ["a level 70"]


async def test_devices_go_at_once_and_one_device_in_the_order_of_the_file() -> None:
    async with scene_room() as room:
        room.use(
            s=[
                {"device": "a", "command": "set", "args": {"level": 1}},
                {"delay": "2s"},
                {"device": "a", "command": "set", "args": {"level": 2}},
                {"device": "c", "command": "set", "args": {"level": 3}},
            ]
        )
        run = room.scenes.start("s", ANNA)
        await room.pass_(0.5)
        assert room.sent("l1") == ["a level 1", "a level 2"]
        assert room.sent("l3") == ["c level 3"]
        await room.finish(run)
        assert run.result == "ok"


async def test_seq_waits_and_after_waits() -> None:
    async with scene_room() as room:
        room.use(
            s=[
                {"id": "slow", "seq": [{"delay": "1s"}, {"set": {"a": {"level": 9}}}]},
                {"device": "c", "command": "set", "args": {"level": 3}, "after": ["slow"]},
            ]
        )
        run = room.scenes.start("s", ANNA)
        await room.pass_(0.5)
        assert room.sent("l3") == []
        await room.finish(run)
        assert room.sent("l1") == ["a level 9"]
        assert room.sent("l3") == ["c level 3"]


async def test_a_branch_is_taken_by_what_is_so() -> None:
    async with scene_room() as room:
        room.use(
            s=[
                {
                    "if": {"a.level": {"above": 50}},
                    "then": [{"set": {"c": {"level": 1}}}],
                    "else": [{"set": {"c": {"level": 2}}}],
                }
            ]
        )
        await room.run("s")
        assert room.sent("l3") == ["c level 2"]
        await room.room.do("a.set", level=80)
        await room.run("s")
        assert room.sent("l3") == ["c level 2", "c level 1"]


async def test_a_scene_in_a_scene() -> None:
    async with scene_room() as room:
        room.use(inner=[{"set": {"a": {"level": 4}}}], outer=[{"scene": "inner"}])
        run = await room.run("outer")
        assert outcomes(run) == [("1.1", "a", "confirmed")]


async def test_a_failed_step_makes_it_partial_and_a_critical_one_failed() -> None:
    async with scene_room() as room:
        room.room.lines["l1"].answer = lambda text: f"{text} no"
        steps = [{"set": {"a": {"level": 9}}}, {"set": {"c": {"level": 8}}}]
        room.use(s=steps, hard=[{**steps[0], "critical": True}, {"set": {"c": {"level": 7}}}])
        run = await room.run("s")
        assert run.result == "partial"
        assert sorted(outcomes(run)) == [("1", "a", "failed"), ("2", "c", "confirmed")]
        assert (await room.run("hard")).result == "failed"


async def test_abort_ends_the_others_and_compensate_takes_back() -> None:
    async with scene_room() as room:
        room.room.lines["l1"].answer = lambda text: f"{text} no"
        fails = {"set": {"a": {"level": 9}}}
        later = {"seq": [{"delay": "30s"}, {"set": {"c": {"level": 8}}}]}
        room.use(
            stop=[{**fails, "on_fail": "abort"}, later],
            back={
                "steps": [{**fails, "on_fail": "compensate"}, later],
                "undo": [{"set": {"c": {"level": 33}}}],
            },
        )
        assert (await room.run("stop")).result == "failed"
        assert room.sent("l3") == []
        run = await room.run("back")
        assert run.result == "failed"
        assert room.sent("l3") == ["c level 33"]
        assert outcomes(run)[-1] == ("undo.1", "c", "confirmed")


async def test_a_wait_ends_with_what_is_waited_for_or_is_a_timeout() -> None:
    async with scene_room() as room:
        room.use(
            s=[{"seq": [{"wait": {"a.level": 50}, "timeout": "5s"}, {"set": {"c": {"level": 1}}}]}]
        )
        run = room.scenes.start("s", ANNA)
        await room.pass_(1)
        assert room.sent("l3") == []
        room.room.lines["l1"].feed("a is 50")
        await room.finish(run)
        assert run.result == "ok"
        await room.room.do("a.set", level=3)
        late = await room.run("s")
        assert (late.result, late.results[0].outcome) == ("partial", "timeout")


async def test_only_silence_is_tried_again_and_motion_never() -> None:
    async with scene_room() as room:
        room.room.lines["l1"].answer = lambda _text: None
        room.use(s=[{"device": "a", "command": "step", "retries": 1}])
        run = await room.run("s")
        assert run.results[0].outcome == "timeout"
        assert room.sent("l1") == ["a step", "a step"]


async def test_a_step_for_the_finger_waits_for_it() -> None:
    async with scene_room() as room:
        room.use(s=[{"seq": [{"device": "b", "command": "up"}, {"set": {"c": {"level": 1}}}]}])
        run = room.scenes.start("s", ANNA)
        await room.pass_(1)
        assert run.state == "waiting_hold"
        assert room.told[-1]["hold"] == {"device": "b", "command": "up"}
        assert room.sent("l2") == []
        assert room.room.hold("h1", "b.up") is None
        await room.room.finger("h1", 1.0)
        room.room.holds.release(ANNA.client, "h1")
        await room.finish(run)
        assert run.result == "ok"
        assert room.sent("l3") == ["c level 1"]


async def test_a_finger_that_never_comes_is_a_refusal() -> None:
    async with scene_room() as room:
        room.use(s=[{"device": "b", "command": "up"}])
        run = await room.run("s", limit=130)
        assert (run.result, run.results[0].code) == ("failed", "hold_required")
        assert room.sent("l2") == []


async def test_motion_that_fails_aborts() -> None:
    async with scene_room() as room:
        room.rules({"id": "no", "deny": {"device": "d"}, "unless": {"a.level": 1}})
        room.use(s=[{"seq": [UP, {"set": {"c": {"level": 1}}}]}])
        run = await room.run("s", force=True)
        assert (run.result, run.results[0].code) == ("failed", "interlocked")
        assert room.sent("l3") == []
        assert room.sent("l4") == []


async def test_what_an_abort_cuts_off_has_a_line_and_its_motor_stops() -> None:
    async with scene_room() as room:
        room.room.lines["l1"].answer = lambda _text: None
        fails = {"seq": [{"delay": "1s"}, {"device": "b", "command": "fly", "on_fail": "abort"}]}
        room.use(
            s=[UP, {"set": {"a": {"level": 9}}}, fails, {"wait": {"c.level": 99}, "timeout": "60s"}]
        )
        run = room.scenes.start("s", ANNA, force=True)
        await room.pass_(0.5)
        assert room.room.shown("d.moving")[0] == "up"
        await room.finish(run)
        assert run.result == "failed"
        assert sorted(outcomes(run)) == [
            ("1", "d", "sent"),
            ("2", "a", "cancelled"),
            ("3.2", "b", "refused"),
            ("4", "c.level", "cancelled"),
            ("stop", "d", "sent"),
        ]
        assert room.room.shown("d.moving")[0] == "none"
