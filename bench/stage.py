"""What a benchmark stands on: sinks, broker, floor and roomd, all running at once, so that rounds can alternate."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench import children, rooms
from bench.children import BenchError, Child
from bench.figures import FLOOR, ROOMD, Result
from bench.panels import PATIENCE, Crowd, Panel
from bench.sinks import Arrivals, Camera, Lamps, PtyLine, free_port

LAMPS = 50
"""Lights of the group."""
TAPPERS = 4
"""Panels that take turns at tapping: one may send 50 messages a second."""


@dataclass
class Run:
    """What the command line asked for, and where results go."""

    rounds: int
    """1 or more."""
    quick: bool
    """Few samples: to see that everything works."""
    folder: Path
    """Empty, for files of programs."""
    tell: Callable[[str], None]
    """Says what goes on."""
    results: list[Result] = field(default_factory=list[Result])
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def samples(self, many: int) -> int:
        """Return how many samples a round takes where `many` are wished."""
        return max(3, many // 10) if self.quick else many

    def take(self, *results: Result) -> None:
        """Take finished results."""
        self.results += results

    def place(self) -> Path:
        """Return a new folder for one set of programs."""
        place = self.folder / str(next(self._numbers))
        place.mkdir()
        return place


@dataclass(frozen=True)
class Wanted:
    """Which devices a room has."""

    camera: bool = False
    """A VISCA camera on UDP, id `camera`."""
    gap: float | None = None
    """A device on a tty with so many seconds between frames, id `line`; None: none."""
    lamps: int = 0
    """Lights on MQTT, ids `lamp0` and so on, all of them in the zone `all`."""
    sensor: bool = False
    """A sensor on MQTT, id `event`."""

    @property
    def mqtt(self) -> bool:
        """Return whether a broker is needed."""
        return self.sensor or self.lamps > 0


@dataclass
class Sinks:
    """Where the commands of one side end."""

    camera: Camera | None
    line: PtyLine | None
    lamps: Arrivals | None
    say: Callable[[bytes], None]
    """Publishes an event that goes to all panels."""

    def line_there(self) -> PtyLine:
        """Return the line of a room that has one."""
        assert self.line is not None
        return self.line


@dataclass
class Side:
    """One of the two programs, with panels that are connected and its sinks."""

    name: str
    child: Child
    url: str
    token: str
    panels: list[Panel]
    sinks: Sinks
    event: int = 0
    """Number of the last event."""
    _turn: int = 0

    def panel(self) -> Panel:
        """Return the panel whose turn it is."""
        self._turn += 1
        return self.panels[self._turn % len(self.panels)]

    async def crowd(self, count: int) -> Crowd:
        """Connect so many further panels."""
        return await Crowd.gather(self.url, self.token, count)

    def happen(self) -> int:
        """Publish the next event; return its number."""
        self.event += 1
        self.sinks.say(b"%d" % self.event)
        return self.event


@dataclass
class Stage:
    """Both sides."""

    floor: Side
    roomd: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Return both, the floor first."""
        return self.floor, self.roomd


@asynccontextmanager
async def stage(run: Run, wanted: Wanted) -> AsyncGenerator[Stage]:
    """Set up the devices that are wanted, and both programs; ends them all."""
    folder = run.place()
    async with AsyncExitStack() as stack:
        mqtt, subscriber = None, None
        if wanted.mqtt:
            mqtt = await stack.enter_async_context(children.broker(folder))
            subscriber = await Lamps.open(mqtt)
            stack.callback(subscriber.close)
        bare = await _sinks(FLOOR, wanted, subscriber, stack)
        real = await _sinks(ROOMD, wanted, subscriber, stack)
        both = Stage(
            await _start_floor(folder, wanted, bare, mqtt, stack),
            await _start_roomd(folder, wanted, real, mqtt, stack),
        )
        await all_online(both.roomd.url, both.roomd.token)
        yield both


async def _sinks(
    side: str, wanted: Wanted, subscriber: Lamps | None, stack: AsyncExitStack
) -> Sinks:
    camera = await Camera.open() if wanted.camera else None
    line = None if wanted.gap is None else PtyLine()
    for sink in (camera, line):
        if sink is not None:
            stack.callback(sink.close)
    base = "bare" if side == FLOOR else "zigbee2mqtt"

    def say(payload: bytes) -> None:
        assert subscriber is not None
        subscriber.publish(f"bench/{side}", payload)

    return Sinks(camera, line, None if subscriber is None else subscriber.arrivals[base], say)


async def _start_floor(
    folder: Path, wanted: Wanted, sinks: Sinks, mqtt: int | None, stack: AsyncExitStack
) -> Side:
    port = free_port()
    facts: dict[str, Any] = {"port": port, "lamps": wanted.lamps}
    if sinks.camera is not None:
        facts["udp"] = sinks.camera.port
    if sinks.line is not None:
        facts["tty"] = sinks.line.path
    if mqtt is not None:
        facts["mqtt"] = mqtt
    child = children.floor(folder, facts)
    stack.push_async_callback(child.stop)
    await child.start()
    await child.line()
    return await _side(child, port, "", sinks, stack)


async def _start_roomd(
    folder: Path, wanted: Wanted, sinks: Sinks, mqtt: int | None, stack: AsyncExitStack
) -> Side:
    port = free_port()
    names = [f"lamp{n}" for n in range(wanted.lamps)]
    devices = {name: rooms.lamp(name) for name in names}
    if sinks.camera is not None:
        devices["camera"] = rooms.camera(sinks.camera.port)
    if sinks.line is not None:
        devices["line"] = rooms.line(sinks.line.path, wanted.gap or 0.0)
    if wanted.sensor:
        devices["event"] = rooms.sensor(f"bench/{ROOMD}")
    zones = {"all": {"name": {"zh": "全部", "en": "All"}, "devices": names}} if names else {}
    rooms.write(folder, devices, port=port, mqtt=mqtt, zones=zones)
    child = children.roomd(folder)
    stack.push_async_callback(child.stop)
    await child.start()
    token = await children.token(child, folder, "presenter")
    return await _side(child, port, token, sinks, stack)


async def _side(child: Child, port: int, token: str, sinks: Sinks, stack: AsyncExitStack) -> Side:
    url = f"http://127.0.0.1:{port}"
    panels = [await Panel.open(url, token) for _ in range(TAPPERS)]
    for panel in panels:
        stack.push_async_callback(panel.close)
    return Side(child.name, child, url, token, panels, sinks)


async def all_online(url: str, token: str) -> None:
    """Wait until every device of the room at `url` is online.

    Raises:
        BenchError: some are not in time.
    """
    offline: list[str] = ["all"]
    end = asyncio.get_running_loop().time() + PATIENCE
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        while asyncio.get_running_loop().time() < end:
            async with session.get(f"{url}/api/v1/state") as answer:
                points: dict[str, Any] = (await answer.json())["points"]
            online = {path: point for path, point in points.items() if path.endswith(".online")}
            offline = [path for path, point in online.items() if point["value"] is not True]
            if online and not offline:
                return
            await asyncio.sleep(0.02)
    raise BenchError(f"not online: {', '.join(offline[:10])}")
