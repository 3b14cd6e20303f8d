"""npm's visca-over-ip 1.0.16 as client of our camera: bare packets over UDP.

Its own faults, neither followed nor taken for truth: zoom with a speed is cut to the standard drive of the speed's
number (`cameraZoomIn(3)` sends `07 03`, which is wide), it counts tilt downwards, and of an answer of several bytes it
takes the first for something else.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drivers.visca import codec
from tests.drivers.rig import eventually
from tests.peers.visca_camera import Stand, on_udp
from tests.support import npm_peers

pytestmark = pytest.mark.peers

SCRIPT = Path(__file__).with_name("visca_client.js")
DONE = ["ack", ["complete", []]]


async def visit(stand: Stand, *steps: list[Any]) -> list[dict[str, Any]]:
    """Return what the client sent and was told at each step."""
    port = stand.wire.address.rpartition(":")[2]
    async with npm_peers.running(SCRIPT, port, json.dumps(steps)) as process:
        out, errors = await process.communicate()
    assert errors == b""
    return [json.loads(line) for line in out.splitlines()]


async def test_each_command_is_acknowledged_and_completed() -> None:
    async with on_udp("raw") as stand:
        told = await visit(
            stand,
            ["cameraPanTilt", 24, 0],
            ["cameraPanTilt", 0, 0],
            ["cameraZoomIn"],
            ["cameraZoomStop"],
            ["cameraPanTiltDirect", 24, 20, 45, -30],
            ["cameraPresetSet", 3],
            ["cameraPanTiltHome"],
            ["cameraPresetRecall", 3],
            ["cameraZoomDirect", 400],
            ["cameraPower", False],
        )
        assert [step["told"] for step in told] == [DONE] * 10
        assert stand.state.presets[3][:2] == (45, -30)
        assert (stand.state.pan, stand.state.tilt, stand.state.zoom) == (45, -30, 400)
        assert not stand.state.on
        assert stand.state.executed == 10
        assert stand.camera.abuse == []


async def test_its_frames_are_ours() -> None:
    async with on_udp("raw") as stand:
        told = await visit(
            stand,
            ["cameraPanTiltDirect", 12, 10, 100, -50],
            ["cameraPanTiltHome"],
            ["cameraPresetSet", 3],
            ["cameraPresetRecall", 3],
            ["cameraPresetReset", 3],
            ["cameraZoomStop"],
            ["cameraZoomDirect", 0x200],
            ["cameraPanTilt", 24, -20],
            ["cameraPower", False],
            ["cameraPower", True],
        )
        where = codec.Position(100, -50, wide=False)
        assert [bytes.fromhex(step["sent"]) for step in told] == [
            codec.go_to(1, where, pan_speed=12, tilt_speed=10),
            codec.home(1),
            codec.preset(1, 1, 3),
            codec.preset(1, 2, 3),
            codec.preset(1, 0, 3),
            codec.zoom(1, 0),
            codec.zoom_to(1, 0x200),
            codec.drive(1, 1, 1),  # it counts tilt downwards
            codec.power(1, on=False),
            codec.power(1, on=True),
        ]
        await eventually(lambda: stand.state.on)


async def test_its_zoom_with_a_speed_is_not_what_it_says() -> None:
    async with on_udp("raw") as stand:
        (told,) = await visit(stand, ["cameraZoomIn", 3])
        assert told["sent"] == "8101040703ff"
        assert stand.state.zoom_speed < 0
        assert codec.zoom(1, 3 / 7).hex() == "8101040723ff"


async def test_it_asks_and_is_refused() -> None:
    async with on_udp("raw") as stand:
        power, standby, refused = (
            ["inquiry", 4, [0x00]],
            ["cameraPower", False],
            ["cameraPanTilt", 1, 0],
        )
        told = await visit(stand, power, standby, power, refused)
        assert told[0]["told"] == [["complete", [2]]]
        assert told[2]["told"] == [["complete", [3]]]
        assert told[3]["told"] == [["refused", "VISCA ERROR: command failed"]]
        assert not stand.camera.camera.moving
