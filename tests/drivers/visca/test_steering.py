"""A driven camera stops, whatever becomes of the command that drove it."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from drivers.commands import Outcome, OutcomeKind
from drivers.errors import Unreachable
from drivers.job import Denial
from drivers.visca.steering import SELF_STOP
from tests.drivers.visca.stage import CONFIRMED, FAILED, KINDS, TIMEOUT, Stage, staged

EVERY_LINE = pytest.mark.parametrize("kind", KINDS)
STOP, ZOOM_STOP = "81 01 06 01 01 01 03 03 ff", "81 01 04 07 00 ff"


@EVERY_LINE
async def test_a_drive_that_nobody_renews_stops_after_a_second(kind: str) -> None:
    async with staged(kind) as stage:
        stage.forget()
        began = stage.now
        assert (await stage.do("drive", pan=1, tilt=0)).kind is CONFIRMED
        await stage.wait(SELF_STOP - 0.1)
        assert stage.turns()
        await stage.wait(0.2)
        assert not stage.turns()
        assert stage.value("moving") == (False, "confirmed")
        times = {text: at for at, text in stage.timed()}
        assert SELF_STOP <= times[STOP] - began <= SELF_STOP + 0.05


@EVERY_LINE
async def test_renewed_every_half_second_it_goes_on(kind: str) -> None:
    async with staged(kind) as stage:
        for _ in range(6):
            assert (await stage.do("drive", pan=0.2, tilt=0)).kind is CONFIRMED
            await stage.wait(0.45)
            assert stage.turns()
        assert stage.value("moving") == (True, "confirmed")
        assert (await stage.do("stop")).kind is CONFIRMED
        await stage.wait(2)
        assert not stage.turns()


async def test_its_position_is_asked_for_every_second_while_it_moves() -> None:
    async with staged("tcp") as stage:
        seen: list[float] = []
        for _ in range(8):
            await stage.do("drive", pan=0.2, tilt=0)
            await stage.wait(0.45)
            seen.append(stage.value("pan")[0])
        assert len(set(seen)) >= 3
        assert seen == sorted(seen)


async def test_a_hundred_joystick_events_become_one_frame_each_50_ms_and_the_last_one_counts() -> (
    None
):
    async with staged("udp") as stage:
        stage.forget()
        tasks: list[asyncio.Task[Outcome]] = []
        for step in range(100):
            tasks.append(stage.begin("drive", pan=(step + 1) / 100, tilt=0))
            await stage.wait(0.005)
        await stage.until(tasks[-1].done)
        drives = [(at, text) for at, text in stage.timed() if text.startswith("81 01 06 01")]
        assert len(drives) <= 12
        assert drives[-1][1] == "81 01 06 01 18 01 02 03 ff"
        assert min(b - a for (a, _), (b, _) in itertools.pairwise(drives)) >= 0.0499
        assert stage.camera.state.pan_speed == 1
        kinds = [task.result().kind for task in tasks]
        assert set(kinds) == {CONFIRMED, OutcomeKind.SUPERSEDED}
        assert stage.camera.abuse == []


async def test_standing_still_as_a_drive_is_a_stop() -> None:
    async with staged("tcp") as stage:
        await stage.do("drive", pan=1, tilt=0, zoom=1)
        assert (await stage.do("drive", pan=0, tilt=0)).kind is CONFIRMED
        assert not stage.turns()


async def test_the_zoom_is_told_only_when_it_is_meant() -> None:
    async with staged("tcp") as stage:
        stage.forget()
        await stage.do("drive", pan=1, tilt=0)
        await stage.do("drive", pan=1, tilt=0, zoom=-1)
        await stage.do("drive", pan=1, tilt=0)
        await stage.do("drive", pan=0.5, tilt=0)
        zooms = [text for text in stage.sent() if text.startswith("81 01 04 07")]
        assert zooms == ["81 01 04 07 37 ff", ZOOM_STOP]


async def test_a_drive_replaced_by_one_that_a_rule_refuses_still_stops() -> None:
    async with staged("tcp") as stage:
        await stage.do("drive", pan=1, tilt=0)
        refused = await stage.do("drive", gate=lambda: Denial("interlocked"), pan=-1, tilt=0)
        assert refused.kind is OutcomeKind.REFUSED
        assert stage.turns()
        await stage.wait(1.1)
        assert not stage.turns()


async def test_a_drive_that_was_executed_but_never_acknowledged_stops() -> None:
    async with staged("tcp") as stage:
        stage.fault("mute", seconds=0.5)
        assert (await stage.do("drive", pan=1, tilt=0)).kind is TIMEOUT
        assert stage.turns()
        await stage.wait(1.2)
        assert not stage.turns()


async def test_a_preset_after_a_drive_is_not_stopped() -> None:
    async with staged("tcp") as stage:
        stage.camera.state.presets[1] = (1500.0, 0.0, 0.0)
        await stage.do("drive", pan=-0.1, tilt=0, zoom=1)
        task = stage.begin("preset_recall", preset=1)
        await stage.wait(1.4)
        assert stage.turns()
        assert (await stage.end(task)).kind is CONFIRMED
        assert (stage.camera.state.pan, stage.camera.state.zoom) == (1500.0, 0.0)


async def test_a_preset_that_is_refused_leaves_the_drive_its_stop() -> None:
    async with staged("tcp") as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.fault("refuse", 1)
        assert (await stage.do("preset_recall", preset=1)).kind is FAILED
        assert stage.value("moving") == (True, "confirmed")
        await stage.wait(1.1)
        assert not stage.turns()
        assert stage.value("moving") == (False, "confirmed")


async def test_a_preset_that_is_refused_while_it_stands_moves_nothing() -> None:
    async with staged("tcp") as stage:
        stage.fault("refuse", 1)
        assert (await stage.do("preset_recall", preset=1)).kind is FAILED
        assert stage.value("moving") == (False, "confirmed")


async def test_a_replaced_preset_is_seen_to_arrive_by_its_position() -> None:
    async with staged("tcp") as stage:
        stage.camera.state.presets[1] = (900.0, 0.0, 0.0)
        first = stage.begin("preset_recall", preset=1)
        await stage.wait(0.2)
        refused = stage.begin("goto", gate=lambda: Denial("interlocked"), pan=0, tilt=0)
        await stage.end(refused)
        assert (await stage.end(first)).kind is OutcomeKind.SUPERSEDED
        assert stage.value("moving") == (True, "confirmed")
        await stage.wait(35)
        assert stage.camera.state.pan == 900
        assert stage.value("moving") == (False, "confirmed")


@EVERY_LINE
async def test_stop_overtakes_and_its_first_byte_is_quick(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("drive", pan=1, tilt=0)
        for number in range(20):
            stage.begin("preset_save", preset=number % 8)
        stage.begin("drive", pan=-1, tilt=0)
        await stage.wait(0.003)
        stage.forget()
        asked = stage.now
        task = stage.begin("stop")
        assert (await stage.end(task)).kind is CONFIRMED
        at, text = stage.timed()[0]
        assert text == STOP
        assert at - asked <= 0.05 + 9 * 10 / 9600
        assert not stage.turns()
        await stage.wait(1)
        moves = [t for t in stage.sent() if t.startswith("81 01 06 01") and t != STOP]
        assert moves == []


@EVERY_LINE
async def test_stop_during_an_unacknowledged_drive_is_not_taken_for_acknowledged(kind: str) -> None:
    async with staged(kind) as stage:
        stage.forget()
        drive = stage.begin("drive", pan=1, tilt=0)
        await stage.until(lambda: stage.sent() != [])
        outcome = await stage.do("stop")
        assert outcome.kind is CONFIRMED
        assert (await stage.end(drive)).kind is OutcomeKind.CANCELLED
        assert not stage.turns()
        assert stage.camera.state.executed == 3
        assert (await stage.do("preset_save", preset=1)).kind is CONFIRMED
        assert stage.camera.state.executed == 4


@EVERY_LINE
async def test_a_stop_is_repeated_every_100_ms_for_a_second(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("drive", pan=1, tilt=0)
        await stage.wait(0.5)
        stage.deafen()
        stage.forget()
        outcome = await stage.do("stop")
        assert outcome.kind is TIMEOUT
        assert 1000 <= outcome.ms <= 1100
        end = stage.timed()[0][0] + 0.45  # later, the stop of the drive itself is among them
        for stop in (STOP, ZOOM_STOP):
            times = [at for at, text in stage.timed() if text == stop and at < end]
            assert min(b - a for a, b in itertools.pairwise(times)) >= 0.0999
            assert max(b - a for a, b in itertools.pairwise(times)) <= 0.101
            assert len(times) >= 4


@EVERY_LINE
async def test_a_drive_that_crosses_a_stop_is_never_called_still_while_it_turns(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.fault("slow", 60)
        stop = stage.begin("stop")
        await stage.wait(0.01)
        drive = stage.begin("drive", pan=-1, tilt=0)
        assert (await stage.end(stop)).kind is CONFIRMED
        await stage.end(drive)
        for _ in range(30):
            await stage.wait(0.1)
            assert stage.value("moving") == (True, "confirmed") or not stage.turns()
        assert stage.value("moving") == (False, "confirmed")


async def test_what_is_owed_when_the_line_is_gone_is_kept() -> None:
    async with staged("serial") as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.rig.link.drop(Unreachable("gone"))
        assert owes(stage)
        await stage.wait(3)
        assert not owes(stage)
        assert not stage.turns()


def owes(stage: Stage) -> bool:
    return stage.device.owes_stop
