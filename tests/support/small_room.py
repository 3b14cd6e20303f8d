"""A small demo room inside the test: real daemon, sockets and ptys, simulators at hand, a command line beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from typer.testing import CliRunner

from drivers.clock import LoopClock
from drivers.simulation.simulator import Frame, Simulator
from roomd.cli import app as command_line
from roomd.demo.start import Demo, DemoOptions, started
from tests.support.daemon import Ended
from tests.support.waiting import until

HEAD = "schema: roomd.room/1\nroom: {id: r1, name: {zh: 会议室, en: Room}}\n"
BUS = "links:\n  bus: {port: {by_id: usb-none-if00-port0}, baud: 9600, gap: 20ms}\n"
LIFT = """\
  lift.main:
    driver: lift_ff5
    link: bus
    name: {zh: 升降屏, en: Lift}
    options: {address: "01 EF 01", travel_up: 20s, travel_down: 20s}
"""
SCREEN = """\
  screen.main:
    driver: screen_ff5
    link: bus
    name: {zh: 幕布, en: Screen}
    options: {address: "01 EF 02", travel_up: 20s, travel_down: 20s}
"""
MATRIX = """\
  matrix.main:
    driver: matrix_sis
    link: {tcp: "192.168.10.22:23"}
    name: {zh: 矩阵, en: Matrix}
    options: {inputs: 8, outputs: 4}
"""
COVE = """\
  lights.cove:
    driver: artnet
    link: {udp: "192.168.10.60"}
    name: {zh: 灯带, en: Cove}
    options: {universe: 0, channel: 1, fixture: dimmer}
"""
TABLE = """\
  lights.table:
    driver: zigbee2mqtt
    name: {zh: 桌灯, en: Table}
    options: {name: table}
"""
ROOM = f"{HEAD}{BUS}devices:\n{LIFT}{SCREEN}{MATRIX}{COVE}"
"""Serial, TCP and UDP; no broker."""
MQTT_ROOM = f"{HEAD}broker: managed\ndevices:\n{TABLE}"
GOES_UP, GOES_DOWN, STANDS = "dd", "ee", "cc"
"""Last byte of a lift's frame."""


@dataclass
class SmallRoom:
    """See the module."""

    demo: Demo
    file: Path
    session: aiohttp.ClientSession
    logged: Sequence[Mapping[str, Any]]
    """What the daemon logged so far; kept out of the output of the command line."""

    @property
    def data(self) -> Path:
        """Return its data folder."""
        return self.demo.app.options.data

    def write(self, text: str) -> None:
        """Change the room file."""
        self.file.write_text(text, "utf-8")

    def simulator(self, device: str) -> Simulator:
        """Return a simulated device."""
        return self.demo.simulated.simulator(device)

    def heard(self, device: str, since: int = 0) -> list[Frame]:
        """Return what the simulated device received, after the first `since` frames."""
        return [f for f in self.simulator(device).frames if f.direction == "rx"][since:]

    def state(self, device: str) -> str:
        """Return how the daemon sees a device: `online`, `offline`, `starting`, ..."""
        states = self.demo.app.supervisor.states
        return states[device][0] if device in states else "none"

    async def online(self, *devices: str) -> None:
        """Wait until devices are online."""
        await until(lambda: all(self.state(d) == "online" for d in devices))

    async def ask(
        self, method: str, path: str, role: str | None = "admin", body: Any = None
    ) -> tuple[int, Any]:
        """Return status and JSON (or text) of one request; a path without `/` in front is below the API."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.token(role)}"}
        url = self.demo.app.url + (path if path.startswith("/") else f"/api/v1/{path}")
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            is_json = answer.content_type.endswith("json")
            return answer.status, await (answer.json() if is_json else answer.text())

    async def do(self, device: str, command: str, **args: Any) -> str:
        """Run a command as presenter; return its outcome."""
        _, answer = await self.ask("POST", f"devices/{device}/{command}", "presenter", args)
        return str(answer.get("outcome") or answer.get("code"))

    async def point(self, path: str) -> Any:
        """Return a point as the API tells it."""
        _, state = await self.ask("GET", "state")
        return state["points"][path]

    def token(self, role: str) -> str:
        """Return a role's token."""
        return str(self.demo.ready["tokens"][role])

    async def cli(self, *args: str) -> Ended:
        """Run `roomd ARGS --data DATA` beside the daemon."""
        return await cli(*args, "--data", str(self.data))


@asynccontextmanager
async def small_room(
    folder: Path, text: str = ROOM, *, dead: Sequence[str] = ()
) -> AsyncIterator[SmallRoom]:
    """Run a room file with simulators."""
    file = folder / "room.yaml"
    file.write_text(text, "utf-8")
    options = DemoOptions(
        config=file, data=folder / "data", port=0, lan=False, dead=dead, standard_ports=False
    )
    with structlog.testing.capture_logs() as logged:
        async with (
            started(options, LoopClock(), signals=False) as demo,
            aiohttp.ClientSession() as session,
        ):
            yield SmallRoom(demo, file, session, logged)


async def cli(*args: str) -> Ended:
    """Run `roomd ARGS` in a thread, so that a daemon on this loop can answer it."""
    found = await asyncio.to_thread(lambda: CliRunner().invoke(command_line, list(args)))
    return Ended(found.exit_code, found.stdout, found.stderr)
