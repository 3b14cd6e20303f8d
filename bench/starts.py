"""From nothing to a room that answers; and how much memory it then takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench import children, rooms
from bench.children import Child
from bench.figures import ROOMD, Result, at_most
from bench.panels import Panel, within
from bench.sinks import Arrivals, Camera, Lamps, free_port
from bench.stage import LAMPS, Run, all_online

DEMO_READY = 3.0
"""Seconds to the demo's ready line, once it is installed."""
PANEL_ANSWERS = 2.0
"""Seconds to the first page, whatever devices do."""
MEGABYTE = 1e6


async def start(run: Run) -> None:
    """Start to the first tap on the wire, with 50 lamps; memory of a room at rest."""
    tap = Result("start", f"to the first tap, {LAMPS} lamps", "s")
    memory = Result("start", f"resident memory, {LAMPS} lamps", "MB")
    folder = run.place()
    camera = await Camera.open()
    try:
        async with children.broker(folder) as mqtt:
            lamps = await Lamps.open(mqtt)
            devices = {f"lamp{n}": rooms.lamp(f"lamp{n}") for n in range(LAMPS)}
            devices["camera"] = rooms.camera(camera.port)
            port = free_port()
            rooms.write(folder, devices, port=port, mqtt=mqtt)
            token = await _first_start(folder)
            for number in range(run.rounds):
                bare = children.floor(folder, {"port": port, "udp": camera.port, "lamps": 0})
                for child in (bare, children.roomd(folder)):
                    seconds, size, cpu = await _tap_at_start(child, port, token, camera)
                    tap.add(child.name, number, [seconds], cpu * 1e6)
                    memory.add(child.name, number, [size / MEGABYTE])
            lamps.close()
    finally:
        camera.close()
    run.take(tap, memory)


async def _first_start(folder: Path) -> str:
    """Start once: tokens are made, and Python's compiled files are there. Returns the presenter's token."""
    child = children.roomd(folder)
    await child.start()
    try:
        return await children.token(child, folder, "presenter")
    finally:
        await child.stop()


async def _tap_at_start(
    child: Child, port: int, token: str, camera: Camera
) -> tuple[float, int, float]:
    """Start one side and tap as soon as it answers.

    Returns:
        Seconds from the start to the datagram, bytes of resident memory once all is quiet, and seconds of processor
        time until the datagram.
    """
    url = f"http://127.0.0.1:{port}"
    await child.start()
    try:
        await child.answers(f"{url}/healthz")
        panel = await Panel.open(url, token)
        seconds = await _first_tap(panel, camera.arrivals) - child.started
        cpu = child.cpu()
        if child.name == ROOMD:
            await all_online(url, token)
        await asyncio.sleep(0.2)
        size = child.rss()
        await panel.close()
        return seconds, size, cpu
    finally:
        await child.stop()


async def _first_tap(panel: Panel, arrivals: Arrivals) -> float:
    """Tap until it arrives: the room's devices may not be made yet when its panel answers."""
    while True:
        arrived = arrivals.expect()
        outcome = await panel.send("camera", "focus", auto=True)
        either: set[asyncio.Future[Any]] = {arrived, outcome}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if arrived.done() or (await outcome).get("outcome") != "refused":
            return float(await within(arrived, "the first tap"))
        await asyncio.sleep(0.005)


async def demo(run: Run) -> None:
    """`roomd demo --json` to its ready line, and to the panel's page."""
    ready = Result("demo", "to the ready line", "s", base="", goal=at_most(DEMO_READY))
    page = Result("demo", "to the panel's page", "s", base="")
    folder = run.place()
    await _demo(folder / "warm")
    for number in range(run.rounds):
        started = await _demo(folder / str(number))
        page.add(ROOMD, number, [started.page])
        ready.add(ROOMD, number, [started.ready], started.cpu * 1e6)
    run.take(ready, page)


async def dead(run: Run) -> None:
    """The demo with every simulator dead: to the panel's page, and to a snapshot."""
    page = Result("dead", "to the panel's page", "s", base="", goal=at_most(PANEL_ANSWERS))
    shown = Result("dead", "to a panel's snapshot", "s", base="", goal=at_most(PANEL_ANSWERS))
    folder = run.place()
    devices = (await _demo(folder / "warm")).devices
    faults = [word for device in devices for word in ("--fail", device)]
    for number in range(run.rounds):
        started = await _demo(folder / str(number), *faults)
        page.add(ROOMD, number, [started.page])
        shown.add(ROOMD, number, [started.shown], started.cpu * 1e6)
    page.note = f"{len(devices)} devices"
    run.take(page, shown)


@dataclass(frozen=True)
class Started:
    """A demo that started; seconds from its start."""

    page: float
    """To the panel's page."""
    ready: float
    """To the ready line."""
    shown: float
    """To a panel's snapshot."""
    cpu: float
    """Of processor time until then, the broker's not counted."""
    devices: list[str]


async def _demo(folder: Path, *arguments: str) -> Started:
    """Start a demo with its files in `folder`, and end it."""
    await asyncio.to_thread(folder.mkdir)
    port = free_port()
    child = children.demo(folder, "--port", str(port), *arguments)
    await child.start()
    try:
        page = asyncio.create_task(child.answers(f"http://127.0.0.1:{port}/"))
        facts = orjson.loads(await child.line())
        ready = time.perf_counter() - child.started
        panel = await Panel.open(str(facts["url"]), str(facts["tokens"]["presenter"]))
        shown = time.perf_counter() - child.started
        cpu = child.cpu()
        await panel.close()
        return Started(await page, ready, shown, cpu, list(facts["simulators"]))
    finally:
        await child.stop()
