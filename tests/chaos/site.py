"""A site of the test's own: motors on real ptys and a matrix on TCP, which outlive the daemon that drives them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from drivers.clock import LoopClock
from drivers.registry import find
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import PtyWire, TcpWire
from roomd.options import Options
from tests.support.daemon import free_port
from tests.support.small_room import HEAD

MOTION = frozenset({"dd", "ee"})
"""Last byte of a frame that sets a motor in motion."""
STOP = "cc"


@dataclass
class Site:
    """See the module."""

    folder: Path
    line: PtyWire
    screen: Simulator
    box: TcpWire
    port: int
    """Where `roomd run` serves the room."""

    @property
    def file(self) -> Path:
        """Return the room file."""
        return self.folder / "room.yaml"

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.folder / "data"

    def frames(self, since: int = 0) -> list[str]:
        """Return the operation byte of each frame on the motor's line, after the first `since`."""
        heard = [f.data.hex() for f in self.screen.frames if f.direction == "rx"]
        return [frame[-2:] for frame in heard[since:]]

    def moving(self) -> bool:
        """Return whether the motor runs."""
        return str(self.screen.state.moving) != "none"

    def write(self, *, travel: int = 30, inputs: int = 8, more: str = "") -> None:
        """Write the room file."""
        self.file.write_text(
            f"""{HEAD}web: {{port: {self.port}}}
northbound: {{mdns: {{enabled: false}}}}
links:
  bus: {{port: {{path: "{self.line.path}"}}, baud: 9600, gap: 20ms}}
devices:
  screen.main:
    driver: screen_ff5
    link: bus
    name: {{zh: 幕布, en: Screen}}
    options: {{address: "01 EF 02", travel_up: {travel}s, travel_down: {travel}s}}
  matrix.main:
    driver: matrix_sis
    link: {{tcp: "127.0.0.1:{self.box.port}"}}
    name: {{zh: 矩阵, en: Matrix}}
    options: {{inputs: {inputs}, outputs: 4}}
{more}""",
            "utf-8",
        )


def daemon_options(place: Site) -> Options:
    """Return how a daemon inside the test is started on the site's lines."""
    return Options(
        config=place.file,
        data=place.data,
        socket=place.data / "control.sock",
        host="127.0.0.1",
        port=0,
        hosts=frozenset({"127.0.0.1"}),
        announce=False,
    )


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """Build the site, with its room file."""
    line = PtyWire(LoopClock(), 9600)
    screen = _simulator(
        "screen_ff5", "serial", address="01 EF 02", travel_up="600s", travel_down="600s"
    )
    line.attach(screen)
    box = TcpWire(LoopClock())
    box.attach(_simulator("matrix_sis", "tcp"))
    await line.open()
    await box.open()
    try:
        made = Site(folder, line, screen, box, free_port())
        made.write()
        yield made
    finally:
        await box.close()
        await line.close()


def _simulator(driver: str, transport: str, **options: object) -> Simulator:
    spec = find(driver)
    assert spec is not None
    assert spec.simulator is not None
    return spec.simulator(spec.settings.model_validate(options), transport, LoopClock())
