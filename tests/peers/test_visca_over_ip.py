"""visca-over-ip 0.5.2 of PyPI as client of our camera: numbered messages over UDP.

Its ways, which our simulator bears with where they are harmless and the driver does not follow: it sends inquiries as
type 0100, power four times, RESET with number 1, and gives each retry a new number. It answers for nothing that comes
later than its own timeout of 100 ms.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from drivers.clock import LoopClock
from drivers.commands import OutcomeKind
from drivers.transport.udp import Udp
from drivers.visca import DRIVER
from tests.drivers.rig import eventually, rigged
from tests.peers.visca_camera import Stand, on_udp
from tests.support.programs import require_module

pytestmark = pytest.mark.peers
T = TypeVar("T")
CAMERA = "127.0.0.2"
"""Not where the client's own socket for inquiries is, which wants the camera's port."""


class LoopbackSocket(socket.socket):
    """A socket that binds to loopback where the client would bind to all addresses."""

    def bind(self, address: Any) -> None:
        """Bind to this machine alone."""
        super().bind(("127.0.0.1", address[1]))


def peer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return its package, whose sockets stay on this machine."""
    require_module("visca_over_ip")
    import visca_over_ip  # noqa: PLC0415  # a peer may be missing
    import visca_over_ip.camera as module  # noqa: PLC0415  # as above

    names = ("AF_INET", "SOCK_DGRAM", "SOL_SOCKET", "SO_REUSEADDR", "timeout")
    known = {name: getattr(socket, name) for name in names}
    monkeypatch.setattr(module, "socket", SimpleNamespace(socket=LoopbackSocket, **known))
    return visca_over_ip


@asynccontextmanager
async def client(package: Any, stand: Stand) -> AsyncIterator[Any]:
    """Connect it; its calls block, so that they belong into a thread (`ask`)."""
    port = int(stand.wire.address.rpartition(":")[2])
    camera = await asyncio.to_thread(package.Camera, CAMERA, port)
    try:
        yield camera
    finally:
        camera.close_connection()


async def ask(call: Callable[..., T], *args: Any, **named: Any) -> T:
    """Run a blocking call of its beside our loop."""
    return await asyncio.to_thread(call, *args, **named)


async def test_it_resets_and_clears_when_it_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    package = peer(monkeypatch)
    async with on_udp("sony", CAMERA) as stand, client(package, stand) as camera:
        assert stand.heard() == [
            "02 00 00 01 00 00 00 01 01",
            "01 00 00 05 00 00 00 02 81 01 00 01 ff",
        ]
        assert camera.num_missed_responses == 1  # it does not know the answer to RESET


async def test_it_drives_zooms_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    package = peer(monkeypatch)
    async with on_udp("sony", CAMERA, lenient=True) as stand, client(package, stand) as camera:
        await ask(camera.pantilt, 12, -10)
        # Its description says otherwise, of both axes.
        assert (stand.state.pan_speed, stand.state.tilt_speed) == (0.5, 0.5)
        await ask(camera.zoom, 7)
        assert stand.state.zoom_speed == 1
        await ask(camera.pantilt, 0, 0)
        await ask(camera.zoom, 0)
        assert not stand.camera.camera.moving
        await ask(camera.pantilt, 24, 20, pan_position=60, tilt_position=-45)
        await eventually(lambda: not stand.camera.camera.moving)
        assert await ask(camera.get_pantilt_position) == (60, -45)
        await ask(camera.save_preset, 3)
        assert stand.state.presets[3][:2] == (60, -45)
        await ask(camera.pantilt_home)
        await eventually(lambda: not stand.camera.camera.moving)
        assert await ask(camera.get_pantilt_position) == (0, 0)
        await ask(camera.recall_preset, 3)
        await eventually(lambda: not stand.camera.camera.moving)
        assert (stand.state.pan, stand.state.tilt) == (60, -45)
        await ask(camera.zoom_to, 0.05)
        await eventually(lambda: not stand.camera.camera.moving)
        assert await ask(camera.get_zoom_position) == round(0.05 * 16384)


async def test_it_focuses(monkeypatch: pytest.MonkeyPatch) -> None:
    package = peer(monkeypatch)
    async with on_udp("sony", CAMERA, lenient=True) as stand, client(package, stand) as camera:
        assert await ask(camera.get_focus_mode) == "auto"
        with pytest.raises(package.exceptions.ViscaException, match="not executable"):
            await ask(camera.manual_focus, 3)
        await ask(camera.set_focus_mode, "manual")
        assert await ask(camera.get_focus_mode) == "manual"
        await ask(camera.manual_focus, -7)
        assert stand.state.focus_speed == 1
        await ask(camera.manual_focus, 0)
        assert stand.state.focus_speed == 0


async def test_it_switches_off_and_on_four_times_over(monkeypatch: pytest.MonkeyPatch) -> None:
    package = peer(monkeypatch)
    async with on_udp("sony", CAMERA) as stand, client(package, stand) as camera:
        await ask(camera.set_power, False)
        assert not stand.state.on
        with pytest.raises(package.exceptions.ViscaException, match="not executable"):
            await ask(camera.pantilt, 1, 0)
        await ask(camera.set_power, True)
        assert sum("81 01 04 00 02 ff" in text for text in stand.heard()) >= 4
        await eventually(lambda: stand.state.on)


async def test_a_strict_camera_takes_no_inquiry_of_its(monkeypatch: pytest.MonkeyPatch) -> None:
    package = peer(monkeypatch)
    async with on_udp("sony", CAMERA) as stand, client(package, stand) as camera:
        with pytest.raises(package.exceptions.NoQueryResponse):
            await ask(camera.get_zoom_position)
        await ask(camera.zoom, 1)
        assert stand.state.zoom_speed > 0
        await ask(camera.zoom, 0)


async def test_the_driver_and_it_see_the_same_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    package = peer(monkeypatch)
    async with on_udp("sony", CAMERA, lenient=True) as stand:
        host, _, port = stand.wire.address.rpartition(":")
        async with rigged(LoopClock(), Udp(host, int(port)), DRIVER, {"c": {}}) as rig:
            assert (await rig.do("c.goto", pan=40, tilt=0)).kind is OutcomeKind.CONFIRMED
        async with client(package, stand) as camera:
            assert await ask(camera.get_pantilt_position) == (40, 0)
            await ask(camera.pantilt, 24, 20, pan_position=0, tilt_position=20)
            await eventually(lambda: not stand.camera.camera.moving)
        async with rigged(LoopClock(), Udp(host, int(port)), DRIVER, {"c": {}}) as rig:
            assert rig.value("c.tilt") == (20, "confirmed")
            assert (await rig.do("c.preset_save", preset=1)).kind is OutcomeKind.CONFIRMED
        assert stand.state.presets[1][:2] == (0, 20)
