"""Bare packets: what is sent when an answer does not come."""

from __future__ import annotations

import pytest

from drivers.simulation.faults import clear_faults
from tests.drivers.visca.stage import CONFIRMED, TIMEOUT, Stage, staged

BARE = pytest.mark.parametrize("kind", ["serial", "tcp", "udp"])
VERSION = "81 09 00 02 ff"


def all_sent(stage: Stage) -> list[str]:
    """Return everything that left, inquiries too."""
    return [data.hex(" ") for data in stage.rig.sent()]


async def test_a_network_camera_is_cleared_first_and_has_no_address() -> None:
    async with staged("tcp", {"c": {"address": 5}}) as stage:
        assert all_sent(stage)[:2] == ["81 01 00 01 ff", "81 09 04 00 ff"]


@pytest.mark.parametrize("kind", ["tcp", "udp"])
async def test_a_camera_that_knows_no_clearing_is_used_all_the_same(kind: str) -> None:
    async with staged(kind) as stage:
        usual = stage.camera.camera.handle

        def handle(body: bytes, reply: object) -> None:
            if body == b"\x01\x00\x01":
                reply(b"\x60\x02")  # type: ignore[operator]  # as the simulator's own
            else:
                usual(body, reply)  # type: ignore[arg-type]  # as above

        stage.camera.camera.handle = handle  # type: ignore[method-assign]  # another make
        stage.rig.link.reconnect()
        await stage.wait(2)
        assert (await stage.do("preset_save", preset=1)).kind is CONFIRMED


@BARE
async def test_after_a_missing_answer_the_version_is_asked_for_before_anything_else(
    kind: str,
) -> None:
    async with staged(kind) as stage:
        stage.fault("mute", seconds=0.6)
        stage.rig.ears.traces.clear()
        assert (await stage.do("preset_save", preset=1)).kind is TIMEOUT
        await stage.wait(1)
        sent = all_sent(stage)
        first = sent.index(VERSION)
        assert set(sent[:first]) == {"81 01 04 3f 01 01 ff"}
        stage.rig.ears.traces.clear()
        assert (await stage.do("preset_save", preset=2)).kind is CONFIRMED
        assert VERSION not in all_sent(stage)


@BARE
async def test_a_camera_without_a_version_is_still_commanded(kind: str) -> None:
    async with staged(kind) as stage:
        usual = stage.camera.camera._answer
        stage.camera.camera._answer = lambda q: b"\x60\x02" if q == [0, 2] else usual(q)  # type: ignore[method-assign,assignment]  # another make
        stage.fault("mute", seconds=0.6)
        assert (await stage.do("preset_save", preset=1)).kind is TIMEOUT
        await stage.wait(0.5)
        kinds = [(await stage.do("preset_save", preset=n)).kind for n in range(4)]
        assert CONFIRMED in kinds
        await stage.wait(6)
        assert (await stage.do("preset_save", preset=5)).kind is CONFIRMED


async def test_a_command_leaves_even_when_the_fence_is_not_answered() -> None:
    async with staged("tcp") as stage:
        stage.fault("mute")
        assert (await stage.do("preset_save", preset=1)).kind is TIMEOUT
        stage.rig.ears.traces.clear()
        outcome = await stage.do("preset_save", preset=2)
        assert outcome.kind is TIMEOUT
        assert outcome.ms < 1000
        assert 2 in stage.camera.state.presets
        assert VERSION in all_sent(stage)


@BARE
async def test_a_stop_waits_for_no_fence(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.fault("mute")
        await stage.do("preset_save", preset=1)
        clear_faults(stage.camera)
        stage.rig.ears.traces.clear()
        outcome = await stage.do("stop")
        assert outcome.kind is CONFIRMED
        assert all_sent(stage)[0] == "81 01 06 01 01 01 03 03 ff"
        assert not stage.turns()


async def test_an_acknowledgement_that_comes_after_its_time_does_not_count_twice() -> None:
    async with staged("tcp") as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.fault("late", 70)
        outcome = await stage.do("stop")
        assert (outcome.kind, outcome.tx <= 5) == (CONFIRMED, True)
        clear_faults(stage.camera)
        await stage.wait(1)
        stage.deafen()
        assert (await stage.do("preset_save", preset=1)).kind is TIMEOUT


async def test_the_bus_is_opened_by_one_camera_and_stops_all_that_moved() -> None:
    options = {"a": {"address": 1}, "b": {"address": 2}}
    async with staged("serial", options) as stage:
        await stage.do("drive", of="a", pan=1, tilt=0)
        await stage.do("drive", of="b", pan=1, tilt=0, zoom=1)
        stage.forget()
        stage.rig.link.reconnect()
        await stage.wait(2)
        assert stage.sent()[:6] == [
            "81 01 06 01 01 01 03 03 ff",
            "81 01 04 07 00 ff",
            "82 01 06 01 01 01 03 03 ff",
            "82 01 04 07 00 ff",
            "88 30 01 ff",
            "88 01 00 01 ff",
        ]
        assert not any(c.camera.moving for c in stage.cameras.values())
