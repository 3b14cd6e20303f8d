"""What the commands stand on: link-up, inquiries, reading back."""

from __future__ import annotations

import asyncio

import pytest

from drivers.commands import OutcomeKind, Priority, RetryClass
from drivers.job import Job, current_job
from drivers.session import PortState
from drivers.visca import codec
from drivers.visca.dialogue import LOOK_AGAIN, LOOKS, Dialogue
from drivers.visca.line import BufferFull
from drivers.visca.raw_replies import RawReplies
from drivers.visca.sony_replies import SonyReplies
from tests.drivers.visca.stage import CHAIN, CONFIRMED, FAILED, KINDS, staged


@pytest.mark.parametrize("kind", KINDS)
async def test_each_line_has_its_decoder(kind: str) -> None:
    async with staged(kind, {"c": {"address": 1}}) as stage:
        assert isinstance(stage.device, Dialogue)
        assert isinstance(stage.device.decoder(), SonyReplies if kind == "sony" else RawReplies)
        assert stage.device.decoder() is stage.device.decoder()


async def test_a_camera_in_standby_is_asked_for_nothing_but_power() -> None:
    async with staged("tcp") as stage:
        await stage.do("power_off")
        await stage.wait(16)
        stage.rig.ears.traces.clear()
        await stage.wait(32)
        assert {data.hex(" ") for data in stage.rig.sent()} == {"81 09 04 00 ff"}


async def test_a_moving_camera_is_not_asked_how_it_focuses() -> None:
    async with staged("tcp") as stage:
        stage.camera.state.presets[1] = (2000.0, 0.0, 0.0)
        stage.begin("preset_recall", preset=1)
        await stage.wait(0.1)
        stage.rig.ears.traces.clear()
        await stage.wait(1.5)
        asked = {data.hex(" ") for data in stage.rig.sent()}
        assert asked == {"81 09 04 00 ff", "81 09 06 12 ff", "81 09 04 47 ff"}


async def test_reading_back_is_patient_for_a_while() -> None:
    async with staged("tcp") as stage:
        stage.fault("wrong_state")
        task = stage.begin("focus", auto=False)
        await stage.wait(0.8)
        stage.camera.set_by_hand({"autofocus": False})
        assert (await stage.end(task)).kind is CONFIRMED
        task = stage.begin("focus", auto=True)
        outcome = await stage.end(task)
        assert (outcome.kind, outcome.code) == (FAILED, "mismatch")
        assert outcome.params == {"point": "autofocus", "wish": True, "value": False}
        assert outcome.ms >= (LOOKS - 1) * LOOK_AGAIN * 1000


async def test_switching_on_ends_when_the_camera_says_so_though_it_never_completes() -> None:
    async with staged("tcp") as stage:
        await stage.do("power_off")
        task = stage.begin("power_on")
        await stage.wait(0.5)
        stage.camera.camera.busy.clear()  # its completion is lost
        outcome = await stage.end(task)
        assert outcome.kind is CONFIRMED
        assert 4000 < outcome.ms < 8000


async def test_an_answer_that_makes_no_sense_is_not_believed() -> None:
    async with staged("tcp") as stage:
        usual = stage.camera.camera._answer
        stage.camera.camera._answer = lambda q: b"\x50\x07" if q == [4, 0] else usual(q)  # type: ignore[method-assign,assignment]  # another make
        await stage.wait(40)
        assert stage.value("power") == ("on", "confirmed")
        assert stage.rig.state("c") is PortState.ONLINE  # it answers, whatever it says


async def test_news_of_a_chain_means_nothing_on_a_network() -> None:
    async with staged("tcp") as stage:
        stage.camera.emit(bytes.fromhex("90 38 ff"))
        await stage.wait(1)
        assert stage.rig.link.reconnects == 0


async def test_slow_commands_wait_for_each_other_so_that_a_socket_stays_free() -> None:
    async with staged("serial") as stage:
        stage.camera.state.presets[1] = (900.0, 0.0, 0.0)
        recall = stage.begin("preset_recall", preset=1)
        await stage.wait(0.1)
        zoom = stage.begin("zoom_to", zoom=10)
        await stage.wait(0.2)
        assert len(stage.camera.camera.busy) == 1
        assert (await stage.do("preset_save", preset=2)).kind is CONFIRMED
        assert not recall.done()
        assert (await stage.end(recall)).kind is CONFIRMED
        assert (await stage.end(zoom)).kind is CONFIRMED
        assert stage.camera.abuse == []


async def test_stop_reaches_a_camera_that_is_on_its_way_to_a_preset() -> None:
    async with staged("serial", CHAIN) as stage:
        stage.cameras["b"].state.presets[1] = (2000.0, 0.0, 0.0)
        task = stage.begin("preset_recall", of="b", preset=1)
        await stage.wait(0.3)
        assert (await stage.do("stop", of="b")).kind is CONFIRMED
        assert (await stage.end(task)).kind is OutcomeKind.CANCELLED
        assert not stage.cameras["b"].camera.moving
        assert stage.value("moving", of="b") == (False, "confirmed")
        assert (await stage.do("preset_recall", of="b", preset=1)).kind is CONFIRMED


async def test_what_is_too_late_is_not_sent_once_more() -> None:
    async with staged("tcp") as stage:
        stage.fault("buffer_full")
        long_ago = stage.now - 10
        job = Job("c", "drive", Priority.USER, RetryClass.MOTION, long_ago, ttl=3.0, timeout=1.0)
        current_job.set(job)
        task = asyncio.create_task(stage.device._do(codec.home(1)))
        await stage.until(task.done)
        with pytest.raises(BufferFull):
            task.result()
        assert job.tx == 1


async def test_two_commands_at_once_keep_polls_waiting_for_both() -> None:
    async with staged("sony") as stage:
        stage.rig.ears.traces.clear()
        tasks = [stage.begin("preset_save", preset=1), stage.begin("focus", auto=False)]
        stage.device.link.look()
        for task in tasks:
            assert (await stage.end(task)).kind is CONFIRMED
        kinds = [data[9] for data in stage.rig.sent()]
        assert kinds[:2] == [1, 1]
