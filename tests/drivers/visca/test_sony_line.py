"""Numbered messages: numbers, copies, RESET."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.simulation.faults import clear_faults
from tests.drivers.visca.stage import CONFIRMED, TIMEOUT, Stage, staged

RESET = "02 00 00 01 00 00 00 00 01"


def frames(stage: Stage) -> list[str]:
    """Return everything that left, headers too."""
    return [data.hex(" ") for data in stage.rig.sent()]


def numbers(stage: Stage) -> list[int]:
    """Return the numbers of all that left; RESET as -1."""
    return [
        -1 if data[:2] == b"\x02\x00" else int.from_bytes(data[4:8], "big")
        for data in stage.rig.sent()
    ]


def lose(stage: Stage, *, answers: int = 0, questions: int = 0) -> None:
    """Let the network lose the next answers or questions."""
    left = [answers, questions]
    usual_emit, usual_receive = stage.camera.emit, stage.camera.receive

    def emit(data: bytes, **how: Any) -> None:
        if left[0] > 0:
            left[0] -= 1
        else:
            usual_emit(data, **how)

    def receive(data: bytes, peer: object, topic: str) -> None:
        if left[1] > 0:
            left[1] -= 1
        else:
            usual_receive(data, peer, topic)

    stage.camera.emit = emit  # type: ignore[method-assign]  # the network's work
    stage.camera.receive = receive  # type: ignore[method-assign]  # the network's work


async def test_reset_comes_first_and_numbers_count_up() -> None:
    async with staged("sony") as stage:
        assert frames(stage)[:2] == [RESET, "01 10 00 05 00 00 00 01 81 09 04 00 ff"]
        assert numbers(stage) == [-1, 1, 2, 3, 4]
        stage.rig.ears.traces.clear()
        await stage.do("power_off")
        assert frames(stage)[0] == "01 00 00 06 00 00 00 05 81 01 04 00 03 ff"


async def test_numbers_wrap() -> None:
    async with staged("sony") as stage:
        stage.device._line._sequence = 0xFFFFFFFE  # type: ignore[attr-defined]  # a year later
        stage.camera._expected = None
        stage.rig.ears.traces.clear()
        for _ in range(3):
            assert (await stage.do("preset_save", preset=1)).kind is CONFIRMED
        assert numbers(stage) == [0xFFFFFFFF, 0, 1]


async def test_a_lost_question_is_sent_again_with_its_number() -> None:
    async with staged("sony") as stage:
        stage.rig.ears.traces.clear()
        lose(stage, questions=2)
        outcome = await stage.do("preset_save", preset=1)
        assert (outcome.kind, outcome.tx) == (CONFIRMED, 3)
        assert numbers(stage) == [5, 5, 5]
        assert 400 <= outcome.ms < 700
        assert stage.camera.state.executed == 1


async def test_four_copies_200_ms_apart_and_no_more() -> None:
    async with staged("sony") as stage:
        stage.rig.ears.traces.clear()
        stage.deafen()
        outcome = await stage.do("preset_save", preset=1)
        assert (outcome.kind, outcome.tx) == (TIMEOUT, 4)
        assert numbers(stage)[:4] == [5] * 4
        times = [at for at, text in stage.timed("c") if "3f" in text]
        assert [round(b - times[0], 3) for b in times] == [0, 0.2, 0.4, 0.6]


async def test_a_lost_acknowledgement_is_made_up_for_by_the_completion() -> None:
    async with staged("sony") as stage:
        lose(stage, answers=1)
        outcome = await stage.do("preset_save", preset=1)
        assert (outcome.kind, outcome.tx) == (CONFIRMED, 1)


async def test_a_copy_with_a_wrong_number_was_perhaps_executed_and_is_not_sent_anew() -> None:
    async with staged("sony") as stage:
        stage.rig.ears.traces.clear()
        lose(stage, answers=2)
        outcome = await stage.do("drive", pan=1, tilt=0)
        assert outcome.kind is TIMEOUT
        assert numbers(stage)[:3] == [5, 5, -1]
        assert stage.camera.state.executed == 1
        await stage.wait(2)
        assert not stage.turns()


async def test_a_slow_command_whose_acknowledgement_was_lost_ends_with_its_completion() -> None:
    async with staged("sony") as stage:
        stage.camera.state.presets[1] = (900.0, 0.0, 0.0)
        stage.rig.ears.traces.clear()
        lose(stage, answers=1)
        outcome = await stage.do("preset_recall", preset=1)
        assert outcome.kind is CONFIRMED
        assert outcome.ms > 1000
        assert numbers(stage)[:3] == [5, 5, -1]
        assert stage.camera.state.executed == 1


@pytest.mark.parametrize("command", ["preset_save", "drive", "stop"])
async def test_a_wrong_number_at_the_first_copy_means_reset_and_once_more(command: str) -> None:
    async with staged("sony") as stage:
        args: dict[str, Any] = {
            "preset_save": {"preset": 1},
            "drive": {"pan": 1, "tilt": 0},
            "stop": {},
        }[command]
        stage.rig.ears.traces.clear()
        stage.fault("seq_error", 1)
        assert (await stage.do(command, **args)).kind is CONFIRMED
        assert numbers(stage)[:3] == [5, -1, 1]
        executed = 2 if command == "stop" else 1
        assert stage.camera.state.executed == executed


async def test_numbers_that_stay_wrong_are_a_timeout() -> None:
    async with staged("sony") as stage:
        stage.fault("seq_error")
        assert (await stage.do("preset_save", preset=1)).kind is TIMEOUT
        assert (await stage.do("stop")).kind is TIMEOUT
        await stage.wait(50)
        clear_faults(stage.camera)
        await stage.wait(8)
        assert (await stage.do("preset_save", preset=1)).kind is CONFIRMED


async def test_an_inquiry_with_a_wrong_number_is_asked_again() -> None:
    async with staged("sony") as stage:
        stage.camera.set_by_hand({"on": False})
        stage.fault("seq_error", 1)
        await stage.wait(17)
        assert stage.value("power") == ("off", "confirmed")


async def test_after_three_unanswered_messages_the_numbers_begin_anew() -> None:
    async with staged("sony") as stage:
        stage.fault("deaf")
        for number in range(3):
            assert (await stage.do("preset_save", preset=number)).kind is TIMEOUT
        stage.rig.ears.traces.clear()
        assert (await stage.do("preset_save", preset=4)).kind is TIMEOUT
        assert -1 in numbers(stage)
        clear_faults(stage.camera)
        stage.rig.ears.traces.clear()
        assert (await stage.do("preset_save", preset=5)).kind is CONFIRMED


async def test_a_stop_waits_for_no_reset() -> None:
    async with staged("sony") as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.fault("deaf")
        for number in range(3):
            await stage.do("preset_save", preset=number)
        clear_faults(stage.camera)
        stage.rig.ears.traces.clear()
        asked = stage.now
        assert (await stage.do("stop")).kind is CONFIRMED
        at, text = stage.timed("c")[0]
        assert (text, at - asked < 0.01) == ("81 01 06 01 01 01 03 03 ff", True)


async def test_a_camera_that_rebooted_and_forgot_its_numbers_is_spoken_to_anew() -> None:
    async with staged("sony") as stage:
        stage.camera._expected = frozenset({1})
        assert (await stage.do("preset_save", preset=1)).kind is CONFIRMED


async def test_a_stop_that_overtakes_a_poll_leaves_the_numbers_in_order() -> None:
    async with staged("sony") as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.rig.ears.traces.clear()
        stage.device.link.look()
        for _ in range(6):
            await stage.wait(0.004)
            stage.begin("stop")
        await stage.wait(1)
        left = numbers(stage)
        assert left == list(range(left[0], left[0] + len(left)))


async def test_a_poll_waits_until_a_command_has_its_answer() -> None:
    async with staged("sony") as stage:
        stage.rig.ears.traces.clear()
        lose(stage, questions=1)
        task = stage.begin("preset_save", preset=1)
        await stage.wait(0.01)
        stage.device.link.look()
        assert (await stage.end(task)).kind is CONFIRMED
        await stage.wait(1)
        assert numbers(stage) == [5, 5, 6, 7, 8, 9]


async def test_a_copy_from_before_a_reset_is_not_sent_any_more() -> None:
    async with staged("sony") as stage:
        stage.rig.ears.traces.clear()
        stage.deafen()
        task = stage.begin("preset_save", preset=1)
        await stage.wait(0.05)
        stage.device._line._reset()  # type: ignore[attr-defined]  # as a stop does
        assert (await stage.end(task)).kind is TIMEOUT
        assert numbers(stage)[0] == 5
        assert 5 not in numbers(stage)[1:]


async def test_inquiries_have_their_own_type_and_a_strict_camera_takes_no_other() -> None:
    async with staged("sony") as stage:
        kinds = {data[:2].hex() for data in stage.rig.sent() if data[9:10] == b"\x09"}
        assert kinds == {"0110"}
