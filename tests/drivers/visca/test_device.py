"""A camera from the command to where it looks, on every line."""

from __future__ import annotations

import pytest

from drivers.commands import OutcomeKind
from drivers.session import PortState
from tests.drivers.visca.stage import CONFIRMED, FAILED, KINDS, staged

EVERY_LINE = pytest.mark.parametrize("kind", KINDS)
STOP, ZOOM_STOP = "81 01 06 01 01 01 03 03 ff", "81 01 04 07 00 ff"


@EVERY_LINE
async def test_it_is_read_at_link_up(kind: str) -> None:
    async with staged(kind) as stage:
        assert stage.rig.state("c") is PortState.ONLINE
        assert stage.value("power") == ("on", "confirmed")
        assert stage.value("pan") == stage.value("tilt") == (0, "confirmed")
        assert stage.value("zoom") == (0.0, "confirmed")
        assert stage.value("autofocus") == (True, "confirmed")


@EVERY_LINE
async def test_it_is_driven_and_stopped(kind: str) -> None:
    async with staged(kind) as stage:
        stage.forget()
        outcome = await stage.do("drive", pan=-0.5, tilt=1, zoom=1)
        assert (outcome.kind, outcome.tx) == (CONFIRMED, 2)
        assert stage.sent() == ["81 01 06 01 0c 14 01 01 ff", "81 01 04 07 27 ff"]
        assert stage.value("moving") == (True, "confirmed")
        state = stage.camera.state
        assert (state.pan_speed, state.tilt_speed, state.zoom_speed) == (-0.5, 1.0, 1.0)
        await stage.wait(0.3)
        assert (await stage.do("stop")).kind is CONFIRMED
        assert stage.sent()[2:] == [STOP, ZOOM_STOP]
        assert not stage.turns()
        assert stage.value("moving") == (False, "confirmed")
        await stage.wait(0.5)
        assert stage.value("pan")[0] == round(state.pan) < 0 < round(state.tilt)
        assert stage.camera.abuse == []


@EVERY_LINE
async def test_it_goes_to_a_preset_and_says_so_when_it_is_there(kind: str) -> None:
    async with staged(kind) as stage:
        stage.camera.set_by_hand({"pan": 900.0, "tilt": 100.0})
        assert (await stage.do("preset_save", preset=3)).kind is CONFIRMED
        assert stage.camera.state.presets == {3: (900.0, 100.0, 0.0)}
        stage.camera.set_by_hand({"pan": 0.0, "tilt": 0.0})
        task = stage.begin("preset_recall", preset=3)
        await stage.wait(0.5)
        assert not task.done()
        assert stage.value("moving") == (True, "confirmed")
        assert (await stage.end(task)).kind is CONFIRMED
        assert stage.value("preset") == (3, "confirmed")
        await stage.wait(0.5)
        assert stage.value("pan") == (900, "confirmed")
        assert stage.value("moving") == (False, "confirmed")
        assert (await stage.do("preset_clear", preset=3)).kind is CONFIRMED
        assert stage.camera.state.presets == {}


@EVERY_LINE
async def test_absolute_moves_are_confirmed_by_where_it_is(kind: str) -> None:
    async with staged(kind) as stage:
        stage.forget()
        assert (await stage.do("goto", pan=100, tilt=-50)).kind is CONFIRMED
        assert stage.sent() == ["81 01 06 02 12 0e 00 00 06 04 0f 0f 0c 0e ff"]
        assert (stage.value("pan"), stage.value("tilt")) == ((100, "confirmed"), (-50, "confirmed"))
        assert (await stage.do("zoom_to", zoom=50)).kind is CONFIRMED
        assert stage.sent()[1:] == ["81 01 04 47 02 00 00 00 ff"]
        assert stage.value("zoom") == (50.0, "confirmed")
        assert (await stage.do("home")).kind is CONFIRMED
        assert (stage.camera.state.pan, stage.camera.state.tilt) == (0.0, 0.0)


@EVERY_LINE
async def test_power_is_confirmed_by_asking(kind: str) -> None:
    async with staged(kind) as stage:
        assert (await stage.do("power_off")).kind is CONFIRMED
        assert stage.value("power") == ("off", "confirmed")
        outcome = await stage.do("power_on")
        assert outcome.kind is CONFIRMED
        assert outcome.ms > 3900
        assert stage.value("power") == ("on", "confirmed")
        assert stage.camera.state.on


@EVERY_LINE
async def test_focus(kind: str) -> None:
    async with staged(kind) as stage:
        refused = await stage.do("focus_step", direction="far")
        assert (refused.kind, refused.params) == (FAILED, {"device_code": "not_now"})
        assert (await stage.do("focus", auto=False)).kind is CONFIRMED
        assert stage.value("autofocus") == (False, "confirmed")
        stage.forget()
        assert (await stage.do("focus_step", direction="far")).kind is CONFIRMED
        assert (await stage.do("focus_step", direction="near")).kind is CONFIRMED
        far, near, still = (f"81 01 04 08 0{n} ff" for n in (2, 3, 0))
        assert stage.sent() == [far, still, near, still]
        assert not stage.turns()
        assert (await stage.do("focus", auto=True)).kind is CONFIRMED


async def test_stop_during_a_focus_step_stops_the_focus_too() -> None:
    async with staged("tcp") as stage:
        await stage.do("focus", auto=False)
        task = stage.begin("focus_step", direction="far")
        await stage.wait(0.05)
        assert (await stage.do("stop")).kind is CONFIRMED
        assert (await stage.end(task)).kind is OutcomeKind.CANCELLED
        assert stage.camera.state.focus_speed == 0


@EVERY_LINE
async def test_in_standby_it_moves_nothing_and_says_why(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("power_off")
        outcome = await stage.do("drive", pan=1, tilt=0)
        assert (outcome.kind, outcome.code) == (FAILED, "refused_by_device")
        assert outcome.params == {"device_code": "not_now"}
        assert (await stage.do("stop")).kind is CONFIRMED  # nothing moves


async def test_stop_refused_by_a_camera_that_is_on_is_a_failure() -> None:
    async with staged("tcp") as stage:
        stage.fault("refuse")
        outcome = await stage.do("stop")
        assert (outcome.kind, outcome.params) == (FAILED, {"device_code": "not_now"})


@pytest.mark.parametrize("command", ["preset_recall", "preset_save", "preset_clear"])
async def test_special_presets_are_refused_unless_allowed(command: str) -> None:
    async with staged("tcp", {"c": {"presets": 255}}) as stage:
        stage.forget()
        for preset in (0x5A, 0x63):
            outcome = await stage.do(command, preset=preset)
            assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "unsupported")
            assert outcome.params == {"preset": preset}
        assert stage.sent() == []
        for preset in (0x59, 0x64):
            assert (await stage.do(command, preset=preset)).kind is CONFIRMED
    async with staged("tcp", {"c": {"presets": 255, "allow_special": True}}) as stage:
        assert (await stage.do(command, preset=0x5A)).kind is CONFIRMED


async def test_as_many_presets_as_the_room_offers() -> None:
    async with staged("tcp", {"c": {"presets": 4}}) as stage:
        for name in ("preset_recall", "preset_save", "preset_clear"):
            assert stage.device.command_specs()[name].args["preset"].maximum == 3
        assert stage.device.capabilities == ("Power", "PanTiltZoom", "Presets")


async def test_upside_down() -> None:
    async with staged("tcp", {"c": {"invert": True}}) as stage:
        await stage.do("drive", pan=1, tilt=1)
        assert stage.camera.state.pan_speed < 0 > stage.camera.state.tilt_speed
        await stage.do("stop")
        assert (await stage.do("goto", pan=100, tilt=-50)).kind is CONFIRMED
        assert (stage.camera.state.pan, stage.camera.state.tilt) == (-100.0, 50.0)


async def test_a_place_beyond_its_end_is_a_mismatch() -> None:
    async with staged("tcp") as stage:
        outcome = await stage.do("goto", pan=20000, tilt=0)
        assert (outcome.kind, outcome.code) == (FAILED, "mismatch")
        assert outcome.params == {"point": "pan", "wish": 20000, "value": 2448}


async def test_a_drive_takes_the_camera_away_from_its_preset() -> None:
    async with staged("tcp") as stage:
        await stage.do("preset_recall", preset=1)
        assert stage.value("preset") == (1, "confirmed")
        await stage.do("drive", pan=1, tilt=0)
        assert stage.value("preset") == (None, "confirmed")


async def test_somebody_with_the_remote_control_is_seen() -> None:
    async with staged("tcp") as stage:
        stage.camera.set_by_hand({"on": False})
        await stage.wait(17)
        assert stage.value("power") == ("off", "confirmed")


async def test_a_camera_that_counts_pan_in_five_nibbles_is_spoken_to_so() -> None:
    async with staged("tcp") as stage:
        place = bytes.fromhex("50 0f 0f 0f 0f 0e 00 00 00 03")
        usual = stage.camera.camera._answer
        stage.camera.camera._answer = lambda q: place if q == [6, 0x12] else usual(q)  # type: ignore[method-assign,assignment]  # another make
        await stage.wait(16)
        assert stage.value("pan") == (-2, "confirmed")
        stage.forget()
        stage.begin("goto", pan=-1, tilt=0)
        await stage.wait(0.1)
        assert stage.sent() == ["81 01 06 02 12 0e 0f 0f 0f 0f 0f 00 00 00 00 ff"]


@EVERY_LINE
async def test_the_frames_of_last_resort_stop_it_without_the_driver(kind: str) -> None:
    async with staged(kind) as stage:
        await stage.do("drive", pan=1, tilt=0, zoom=1)
        for _ in range(2):  # a camera whose sockets are busy takes the next copy
            for frame in stage.device.stop_frames():
                stage.camera.receive(frame, ("127.0.0.1", 3), "")
            await stage.wait(0.12)
        assert not stage.turns()


@EVERY_LINE
async def test_on_a_real_line(kind: str) -> None:
    async with staged(kind, real=True) as stage:
        assert stage.rig.state("c") is PortState.ONLINE
        assert (await stage.do("drive", pan=1, tilt=0)).kind is CONFIRMED
        assert stage.camera.state.pan_speed == 1
        assert (await stage.do("stop")).kind is CONFIRMED
        assert (await stage.do("zoom_to", zoom=10)).kind is CONFIRMED
        assert (await stage.do("power_off")).kind is CONFIRMED
        assert not stage.camera.state.on


@pytest.mark.parametrize("baud", [2400, 38400])
async def test_deadlines_hold_at_every_speed_of_the_line(baud: int) -> None:
    async with staged("serial", baud=baud) as stage:
        assert (await stage.do("goto", pan=100, tilt=0)).kind is CONFIRMED
        assert (await stage.do("drive", pan=1, tilt=0, zoom=1)).kind is CONFIRMED
        stage.forget()
        assert (await stage.do("stop")).kind is CONFIRMED
        assert stage.sent() == [STOP, ZOOM_STOP]
        assert stage.camera.abuse == []
