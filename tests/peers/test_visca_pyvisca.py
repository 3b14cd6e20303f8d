"""pyvisca 0.1.9 as client of our camera on a pty, in a process of its own, and as the maker of frames.

It is under GPL-3.0: a program that tests ask, never a part of the product. Its own faults, asserted as its own and left
out of the comparison: it reads for ever from a camera that is mute, takes a late acknowledgement for the answer to its
inquiry, moves to -2 where -1 was asked for, dies with TypeError at a zoom speed over 7, gives the axis that stands a
speed of 15h, and returns None where it promises True.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest

from drivers.simulation.faults import set_fault
from drivers.visca import codec
from tests.drivers.rig import eventually
from tests.peers.visca_camera import Stand, on_pty
from tests.support.programs import require_module

pytestmark = pytest.mark.peers

LIMIT = 10.0
"""Seconds for its process: it may never end by itself."""
SHORT = 1.5


async def run(stand: Stand, lines: str, limit: float = LIMIT) -> list[str] | None:
    """Run lines with `ptz`, a client on the camera's port; return what they print, or None where they do not end."""
    require_module("pyvisca")
    port = stand.wire.address
    script = f"from pyvisca import visca\nptz = visca.PTZ({port!r})\n{lines}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(limit):
            out, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
        return None
    assert process.returncode == 0, errors.decode()
    return out.decode().split()


async def test_it_asks() -> None:
    async with on_pty() as stand:
        stand.state.pan, stand.state.tilt, stand.state.zoom = 300, 45, 0x1234
        lines = "print(ptz.get_power(), ptz.get_pan(), ptz.get_tilt(), ptz.get_zoom())"
        assert await run(stand, lines) == ["1", "300", "45", str(0x1234)]
        stand.state.on = False
        assert await run(stand, "print(ptz.get_power())") == ["0"]


async def test_it_drives_and_stops() -> None:
    async with on_pty() as stand:
        assert await run(stand, "print(ptz.right(24))") == ["None"]
        await eventually(lambda: stand.state.pan_speed == 1)
        await run(stand, "ptz.stop()")
        await eventually(lambda: not stand.camera.camera.moving)
        await run(stand, "ptz.zoom_in(7)")
        await eventually(lambda: stand.state.zoom_speed == 1)
        await run(stand, "ptz.zoom_stop()")
        await eventually(lambda: not stand.camera.camera.moving)


async def test_it_saves_and_recalls() -> None:
    async with on_pty() as stand:
        stand.state.pan = 90.0
        await run(stand, "ptz.preset_set(3)")
        await eventually(lambda: 3 in stand.state.presets)
        await run(stand, "ptz.home()")
        await eventually(lambda: stand.state.pan == 0)
        await run(stand, "ptz.preset_recall(3)")
        await eventually(lambda: stand.state.pan == 90)
        await run(stand, "ptz.power(0)")
        await eventually(lambda: not stand.state.on)


async def test_its_fault_a_mute_camera_keeps_it_for_ever() -> None:
    async with on_pty() as stand:
        set_fault(stand.camera, "mute", True, None)
        assert await run(stand, "print(ptz.get_power())", SHORT) is None


async def test_its_fault_an_acknowledgement_is_an_answer_to_it() -> None:
    async with on_pty() as stand:
        lines = "ptz.home()\nprint(ptz.get_power())"
        found = await run(stand, lines)
        assert found in (["-1"], ["1"])  # which one comes is a matter of milliseconds
        assert stand.state.on


# -- frames --------------------------------------------------------------------------------------------------------


class Sink:
    """Keeps what is written to the port that is none."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data


def encoder() -> tuple[Any, Sink]:
    """Return a client that was never connected, and what it writes to."""
    require_module("pyvisca")
    from pyvisca import visca  # noqa: PLC0415  # a peer may be missing

    ptz: Any = visca.PTZ.__new__(visca.PTZ)
    sink = Sink()
    ptz._output = sink
    return ptz, sink


SAME: list[tuple[str, tuple[int, ...], bytes]] = [
    ("home", (), codec.home(1)),
    ("cancel", (), codec.clear(1)),  # its name for clearing
    ("zoom_stop", (), codec.zoom(1, 0)),
    ("focus_stop", (), codec.focus(1, 0)),
    ("autofocus", (), codec.autofocus(1, on=True)),
    *(("power", (on,), codec.power(1, on=bool(on))) for on in (0, 1)),
    *(("preset_set", (n,), codec.preset(1, 1, n)) for n in (0, 3, 89, 254)),
    *(("preset_recall", (n,), codec.preset(1, 2, n)) for n in (0, 3, 89, 254)),
    *(("zoom_in", (n,), codec.zoom(1, n / 7)) for n in range(1, 8)),
    *(("zoom_out", (n,), codec.zoom(1, -n / 7)) for n in range(1, 8)),
    *(("set_zoom", (n,), codec.zoom_to(1, n)) for n in (0, 0x2000, 0x4000)),
    *(("left_up", (n, n), codec.drive(1, -n / 24, n / 20)) for n in (1, 10, 20)),
    *(("right_down", (n, n), codec.drive(1, n / 24, -n / 20)) for n in (1, 10, 20)),
]


@pytest.mark.parametrize(
    "name, args, ours", SAME, ids=lambda v: str(v) if isinstance(v, str) else ""
)
def test_its_frames_are_ours(name: str, args: tuple[int, ...], ours: bytes) -> None:
    ptz, sink = encoder()
    assert getattr(ptz, name)(*args) is None
    assert sink.written == ours


@pytest.mark.parametrize(
    "act, its, ours",
    [
        (lambda p: p.left(7), "81 01 06 01 07 15 01 03 ff", "81 01 06 01 07 01 01 03 ff"),
        (lambda p: p.up(7), "81 01 06 01 15 07 03 01 ff", "81 01 06 01 01 07 03 01 ff"),
        (lambda p: p.stop(), "81 01 06 01 15 15 03 03 ff", "81 01 06 01 01 01 03 03 ff"),
    ],
)
def test_its_fault_a_speed_for_the_axis_that_stands(
    act: Callable[[Any], None], its: str, ours: str
) -> None:
    ptz, sink = encoder()
    act(ptz)
    assert sink.written.hex(" ") == its
    made = {codec.drive(1, -7 / 24, 0), codec.drive(1, 0, 7 / 20), codec.stop(1)}
    assert bytes.fromhex(ours) in made


def test_its_fault_minus_one_is_minus_two() -> None:
    ptz, sink = encoder()
    ptz.get_tilt = lambda: 0
    ptz.set_pan(-1, speed=5)
    assert sink.written.hex(" ") == "81 01 06 02 05 05 0f 0f 0f 0e 00 00 00 00 ff"
    ours = codec.go_to(1, codec.Position(-1, 0, wide=False), pan_speed=5, tilt_speed=5)
    assert ours.hex(" ") == "81 01 06 02 05 05 0f 0f 0f 0f 00 00 00 00 ff"


def test_its_fault_a_zoom_speed_too_high_is_a_type_error() -> None:
    ptz, _ = encoder()
    with pytest.raises(TypeError):
        ptz.zoom_in(9)
    with pytest.raises(ValueError, match="speed"):
        codec.zoom(1, 9 / 7)
