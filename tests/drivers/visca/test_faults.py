"""Each way in which a camera or its line can fail, and what the driver then shows."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from drivers.commands import OutcomeKind
from drivers.session import PortState
from drivers.simulation.faults import clear_faults
from drivers.visca.camera import Task
from tests.drivers.visca.stage import CHAIN, CONFIRMED, FAILED, KINDS, TIMEOUT, staged

EVERY_LINE = pytest.mark.parametrize("kind", KINDS)
BARE = pytest.mark.parametrize("kind", ["serial", "tcp", "udp"])
POWER_OFF = "81 01 04 00 03 ff"


# -- silence -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, copies", [("serial", 2), ("udp", 2), ("tcp", 1), ("sony", 4)])
async def test_mute_is_a_timeout_within_a_second(kind: str, copies: int) -> None:
    async with staged(kind) as stage:
        stage.forget()
        stage.fault("mute")
        outcome = await stage.do("power_off")
        assert (outcome.kind, outcome.code, outcome.tx) == (TIMEOUT, "no_reply", copies)
        assert outcome.ms < 1000
        assert stage.sent() == [POWER_OFF] * copies
        clear_faults(stage.camera)
        await stage.wait(3)
        assert stage.value("power") == (
            "off",
            "confirmed",
        )  # it had acted: the query that follows says so


@EVERY_LINE
async def test_a_drive_that_is_not_acknowledged_is_not_repeated_but_stopped(kind: str) -> None:
    async with staged(kind) as stage:
        stage.forget()
        stage.fault("mute", seconds=1.1)
        outcome = await stage.do("drive", pan=1, tilt=0)
        assert outcome.kind is TIMEOUT
        assert outcome.tx == (4 if kind == "sony" else 1)  # copies of one number are executed once
        assert stage.turns()
        await stage.wait(2)
        assert not stage.turns()
        assert stage.value("moving") == (False, "confirmed")


@EVERY_LINE
async def test_silence_for_a_while_is_offline_and_it_comes_back(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("deaf")
        await stage.wait(60)
        assert stage.rig.state("c") is PortState.SILENT
        clear_faults(stage.camera)
        await stage.wait(8)
        assert stage.rig.state("c") is PortState.ONLINE
        assert (await stage.do("home")).kind is CONFIRMED


@EVERY_LINE
async def test_a_stop_that_stays_unanswered_is_sent_again_when_the_camera_answers(
    kind: str,
) -> None:
    async with staged(kind) as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.fault("deaf")
        outcome = await stage.do("stop")
        assert outcome.kind is TIMEOUT
        assert 1000 <= outcome.ms < 1300
        assert stage.value("moving") == (True, "confirmed")
        clear_faults(stage.camera)
        await stage.wait(20)
        assert not stage.turns()
        assert stage.value("moving") == (False, "confirmed")


@BARE
async def test_a_late_acknowledgement_never_ends_another_command(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("late", 1000)
        assert (await stage.do("preset_save", preset=1)).kind is TIMEOUT
        stage.deafen()
        outcome = await stage.do("preset_clear", preset=1)
        assert outcome.kind is TIMEOUT


@EVERY_LINE
async def test_a_late_answer_never_ends_the_next_command(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("late", 900)
        assert (await stage.do("focus", auto=False)).kind is TIMEOUT
        stage.deafen()
        assert (await stage.do("preset_save", preset=2)).kind is TIMEOUT
        assert (await stage.do("power_off")).kind is TIMEOUT
        assert (await stage.do("stop")).kind is TIMEOUT
        assert 2 not in stage.camera.state.presets


@EVERY_LINE
async def test_slow_makes_no_difference(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("slow", 100)
        assert (await stage.do("drive", pan=1, tilt=0)).kind is CONFIRMED
        assert (await stage.do("stop")).kind is CONFIRMED
        assert (await stage.do("goto", pan=50, tilt=0)).kind is CONFIRMED
        assert (await stage.do("power_off")).kind is CONFIRMED


# -- damage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["serial", "tcp"])
async def test_noise_is_counted_and_what_follows_is_read(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("garble", 0.3)
        kinds = [(await stage.do("preset_save", preset=n)).kind for n in range(8)]
        assert CONFIRMED in kinds
        assert set(kinds) <= {CONFIRMED, TIMEOUT, FAILED}
        assert sum(stage.device.link.junk.values()) > 0
        clear_faults(stage.camera)
        await stage.wait(6)
        assert (await stage.do("preset_save", preset=13)).kind is CONFIRMED


@BARE
@pytest.mark.parametrize("fault", ["split", "echo_twice"])
async def test_answers_in_pieces_and_twice_make_no_difference(kind: str, fault: str) -> None:
    if (kind, fault) == ("udp", "split"):
        kind = "tcp"  # a datagram is whole
    async with staged(kind) as stage:
        stage.fault(fault)
        assert (await stage.do("drive", pan=1, tilt=0, zoom=1)).kind is CONFIRMED
        assert (await stage.do("stop")).kind is CONFIRMED
        assert (await stage.do("preset_save", preset=1)).kind is CONFIRMED
        assert (await stage.do("preset_recall", preset=1)).kind is CONFIRMED
        assert (await stage.do("power_off")).kind is CONFIRMED


@pytest.mark.parametrize("kind", ["udp", "sony"])
async def test_datagrams_that_are_lost(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("lose_packets", 0.1)
        kinds = [(await stage.do("preset_save", preset=n)).kind for n in range(12)]
        assert kinds.count(CONFIRMED) > 6
        assert set(kinds) <= {CONFIRMED, TIMEOUT}
        for number, outcome in enumerate(kinds):
            assert outcome is TIMEOUT or number in stage.camera.state.presets
        clear_faults(stage.camera)
        await stage.wait(6)
        assert (await stage.do("preset_save", preset=12)).kind is CONFIRMED


# -- another way of speaking ---------------------------------------------------------------------------------------


@EVERY_LINE
@pytest.mark.parametrize("fault", ["no_ack", "socket_zero"])
async def test_cameras_that_tell_less_are_understood(kind: str, fault: str) -> None:
    async with staged(kind, faults={fault: True}) as stage:
        assert (await stage.do("drive", pan=1, tilt=0)).kind is CONFIRMED
        assert (await stage.do("stop")).kind is CONFIRMED
        assert not stage.turns()
        stage.camera.set_by_hand({"pan": 500.0})
        assert (await stage.do("preset_save", preset=1)).kind is CONFIRMED
        assert (await stage.do("home")).kind is CONFIRMED
        assert (await stage.do("goto", pan=30, tilt=0)).kind is CONFIRMED
        assert (await stage.do("power_off")).kind is CONFIRMED


async def test_without_sockets_a_drive_does_not_end_a_preset() -> None:
    async with staged("tcp", faults={"socket_zero": True}) as stage:
        stage.camera.set_by_hand({"zoom": 8000.0})
        task = stage.begin("zoom_to", zoom=100)
        await stage.wait(0.1)
        assert (await stage.do("focus", auto=False)).kind is CONFIRMED
        assert not task.done()
        assert (await stage.end(task)).kind is CONFIRMED
        assert stage.camera.state.zoom == 0x4000


@EVERY_LINE
async def test_an_intruder_changes_nothing(kind: str) -> None:
    async with staged(kind) as stage:
        stage.forget()
        stage.fault("intruder")
        await stage.wait(0.5)
        assert stage.rig.state("c") is PortState.ONLINE
        assert stage.value("power") == ("on", "confirmed")
        assert stage.value("moving") is None
        assert (await stage.do("drive", pan=1, tilt=0)).kind is CONFIRMED
        junk = stage.device.link.junk
        if kind == "sony":
            assert junk == {"unknown": 2, "bad_check": 1, "truncated": 1}
        else:
            assert junk == {"unknown": 4}


# -- refusals ------------------------------------------------------------------------------------------------------


@EVERY_LINE
async def test_a_refusal_is_told_and_not_repeated(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("refuse")
        outcome = await stage.do("preset_save", preset=1)
        assert (outcome.kind, outcome.code, outcome.tx) == (FAILED, "refused_by_device", 1)
        assert outcome.params == {"device_code": "not_now"}


@EVERY_LINE
@pytest.mark.parametrize(
    "command, args, point",
    [
        ("power_off", {}, "power"),
        ("goto", {"pan": 500, "tilt": 0}, "pan"),
        ("zoom_to", {"zoom": 80}, "zoom"),
        ("focus", {"auto": False}, "autofocus"),
    ],
)
async def test_what_is_acknowledged_and_not_done_is_never_confirmed(
    kind: str, command: str, args: dict[str, Any], point: str
) -> None:
    async with staged(kind) as stage:
        stage.fault("wrong_state")
        outcome = await stage.do(command, **args)
        assert (outcome.kind, outcome.code) == (FAILED, "mismatch")
        assert outcome.params["point"] == point
        assert outcome.ms < 5000


@EVERY_LINE
async def test_busy_sockets_are_waited_for_and_asked_once_more(kind: str) -> None:
    async with staged(kind) as stage:
        stage.fault("buffer_full", 1)
        outcome = await stage.do("preset_save", preset=1)
        assert (outcome.kind, outcome.tx) == (CONFIRMED, 2)
        stage.fault("buffer_full")
        outcome = await stage.do("preset_save", preset=1)
        assert (outcome.kind, outcome.params, outcome.tx) == (
            FAILED,
            {"device_code": "buffer_full"},
            2,
        )


@EVERY_LINE
async def test_the_third_command_leaves_when_one_has_completed(kind: str) -> None:
    async with staged(kind) as stage:
        stage.camera.set_by_hand({"pan": 450.0})
        recall = stage.begin("preset_recall", preset=1)
        await stage.wait(0.1)
        stage.camera.camera.busy[2] = Task(None)  # another controller's
        stage.forget()
        outcome = await stage.do("preset_save", preset=2)
        assert (outcome.kind, outcome.tx) == (CONFIRMED, 2)
        assert recall.done()
        first, second = (at for at, _ in stage.timed("c"))
        assert 0.2 < second - first < 0.6
        assert (await stage.end(recall)).kind is CONFIRMED


@EVERY_LINE
async def test_a_stop_knocks_at_busy_sockets_every_50_ms(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("drive", pan=1, tilt=0)
        stage.forget()
        stage.fault("buffer_full", seconds=0.4)
        outcome = await stage.do("stop")
        assert outcome.kind is CONFIRMED
        assert not stage.turns()
        times = [at for at, _ in stage.timed("c")]
        assert len(times) >= 7
        assert max(b - a for a, b in itertools.pairwise(times)) < 0.1


async def test_a_drive_does_not_wait_for_busy_sockets_beyond_its_time() -> None:
    async with staged("tcp") as stage:
        stage.fault("buffer_full")
        outcome = await stage.do("drive", pan=1, tilt=0)
        assert (outcome.kind, outcome.params) == (FAILED, {"device_code": "buffer_full"})
        assert outcome.ms < 3000


# -- the line goes away --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["serial", "tcp"])
async def test_unplugged_while_it_is_driven_the_first_frame_afterwards_is_stop(kind: str) -> None:
    async with staged(kind, real=True) as stage:
        assert (await stage.do("drive", pan=1, tilt=0, zoom=1)).kind is CONFIRMED
        stage.fault("unplug", seconds=2)
        await stage.wait(1)
        assert stage.rig.state("c") is PortState.OFFLINE
        assert (await stage.do("drive", pan=-1, tilt=0)).kind is OutcomeKind.OFFLINE
        stage.forget()
        await stage.wait(4)
        assert stage.rig.state("c") is PortState.ONLINE
        sent = stage.sent()
        stops = ["81 01 06 01 01 01 03 03 ff", "81 01 04 07 00 ff"]
        assert sent[:2] == stops if kind == "serial" else sent[1:3] == stops
        assert not stage.turns()
        assert not [text for text in sent if text.startswith("81 01 06 01") and text != stops[0]]
        assert stage.value("moving") == (False, "confirmed")


@EVERY_LINE
async def test_a_reboot_moves_nothing_and_everything_is_read_again(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("goto", pan=100, tilt=0)
        stage.forget()
        stage.fault("reboot", 3)
        await stage.wait(25)
        assert stage.rig.state("c") is PortState.ONLINE
        assert stage.value("pan") == (0, "confirmed")
        assert not [t for t in stage.sent() if t.startswith(("81 01 04", "81 01 06"))]
        assert not stage.turns()
        assert (await stage.do("goto", pan=100, tilt=0)).kind is CONFIRMED


# -- the chain -----------------------------------------------------------------------------------------------------


async def test_a_chain_is_numbered_and_cleared_once_before_anything_is_asked() -> None:
    async with staged("serial", CHAIN) as stage:
        assert stage.sent() == ["88 30 01 ff", "88 01 00 01 ff"]
        assert [stage.rig.state(d) for d in CHAIN] == [PortState.ONLINE] * 3


@pytest.mark.parametrize("mute, real", [("a", False), ("b", False), ("c", False), ("b", True)])
async def test_of_three_cameras_one_is_mute_and_two_are_unharmed(mute: str, *, real: bool) -> None:
    async with staged("serial", CHAIN, real=real) as stage:
        stage.cameras[mute].faults["mute"] = True
        well = [name for name in CHAIN if name != mute]
        await stage.wait(60)
        assert stage.rig.state(mute) is PortState.SILENT
        assert [stage.rig.state(name) for name in well] == [PortState.ONLINE] * 2
        for name in well:
            for _ in range(2):
                assert (await stage.do("drive", of=name, pan=1, tilt=0)).kind is CONFIRMED
                assert (await stage.do("stop", of=name)).kind is CONFIRMED
            outcome = await stage.do("goto", of=name, pan=40, tilt=0)
            assert outcome.kind is CONFIRMED
            assert stage.cameras[name].state.pan == 40
        assert (await stage.do("power_off", of=mute)).kind is TIMEOUT
        assert [stage.cameras[name].state.on for name in well] == [True, True]
        assert stage.rig.link.reconnects == 0
        del stage.cameras[mute].faults["mute"]
        await stage.wait(8)
        assert stage.rig.state(mute) is PortState.ONLINE


async def test_a_camera_that_comes_to_the_chain_has_it_numbered_anew() -> None:
    async with staged("serial", CHAIN) as stage:
        stage.forget()
        stage.cameras["b"].power_cycle()
        await stage.wait(1.5)
        assert stage.sent() == ["88 30 01 ff", "88 01 00 01 ff"]
        assert [stage.rig.state(d) for d in CHAIN] == [PortState.ONLINE] * 3
        assert (await stage.do("goto", of="b", pan=40, tilt=0)).kind is CONFIRMED


def nothing(packet: bytes, peer: object) -> None:
    """Answer no broadcast."""


async def test_a_chain_that_does_not_answer_to_numbering_is_used_all_the_same() -> None:
    async with staged("serial", CHAIN) as stage:
        for camera in stage.cameras.values():
            camera._for_all = nothing  # type: ignore[method-assign]  # fixed addresses
        stage.rig.link.reconnect()
        await stage.wait(4)
        assert [stage.rig.state(d) for d in CHAIN] == [PortState.ONLINE] * 3
        assert (await stage.do("goto", of="c", pan=40, tilt=0)).kind is CONFIRMED


async def test_seven_cameras_on_one_chain() -> None:
    options = {f"c{n}": {"address": n} for n in range(1, 8)}
    async with staged("serial", options) as stage:
        await stage.wait(3)
        for name, values in options.items():
            assert stage.rig.state(name) is PortState.ONLINE
            pan = 10 * values["address"]
            assert (await stage.do("goto", of=name, pan=pan, tilt=0)).kind is CONFIRMED
        places = [camera.state.pan for camera in stage.cameras.values()]
        assert places == [10, 20, 30, 40, 50, 60, 70]


async def test_neighbours_answers_are_nobody_elses() -> None:
    async with staged("serial", CHAIN) as stage:
        tasks = [stage.begin("preset_save", of=name, preset=n) for n, name in enumerate(CHAIN)]
        outcomes = [await stage.end(task) for task in tasks]
        assert [o.kind for o in outcomes] == [CONFIRMED] * 3
        assert [set(stage.cameras[n].state.presets) for n in CHAIN] == [{0}, {1}, {2}]
