"""Rooms of 10 to 10,000 devices: an event costs the same in all of them, the start grows with the number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench import children, rooms
from bench.children import BenchError
from bench.figures import Goal, Result
from bench.panels import PATIENCE, Crowd, Looker, within
from bench.sinks import Lamps, free_port
from bench.stage import Run

SIZES = (10, 100, 1000, 10_000)
"""Devices."""
QUICK_SIZES = (10, 100)
EVENTS = 200
"""Events of one round."""
LIMITS = {"devices": 10_000, "points": 200_000}
"""The hard maximum of each."""
ONE_MORE = 1.0
"""Milliseconds that each further device may add to the start."""
FLAT = 1.5
"""Times the smallest room's figure that an event may cost in the largest."""


@dataclass(frozen=True)
class Measured:
    """One room in one round."""

    size: int
    number: int
    start: float
    """Seconds to a panel that shows all devices."""
    memory: float
    """Resident megabytes."""
    event: tuple[float, ...]
    """Milliseconds to the panel."""
    cpu_us: float
    """Microseconds of processor time an event."""


async def growth(run: Run) -> None:
    """Rooms of 10 to 10,000 sensors: start, memory, and an event to a panel."""
    sizes = QUICK_SIZES if run.quick else SIZES
    found = [await _one(run, size, number) for number in range(run.rounds) for size in sizes]
    for size in sizes:
        base = "" if size == sizes[0] else str(sizes[0])
        start = Result("growth", f"start, {size} devices", "s", base, str(size))
        memory = Result("growth", f"memory, {size} devices", "MB", base, str(size))
        event = Result("growth", f"event to a panel, {size} devices", "ms", base, str(size))
        for one in (m for m in found if m.size in (size, sizes[0])):
            start.add(str(one.size), one.number, [one.start])
            memory.add(str(one.size), one.number, [one.memory])
            event.add(str(one.size), one.number, one.event, one.cpu_us)
        if size == sizes[-1]:
            _judge(start, memory, event, size - sizes[0])
        run.take(start, memory, event)


def _judge(start: Result, memory: Result, event: Result, more: int) -> None:
    start.goal = Goal(
        f"≤ {ONE_MORE:g} ms a further device", lambda r: _each(r, more) * 1000 <= ONE_MORE
    )
    start.note = f"{_each(start, more) * 1000:.2f} ms a further device"
    memory.note = f"{_each(memory, more) * 1000:.1f} kB a further device"
    event.goal = Goal(f"p50 and CPU ≤ {FLAT:g} × the smallest room's", _flat)


def _each(result: Result, more: int) -> float:
    """Return what each of `more` further devices adds to the smallest room's figure."""
    floor = result.floor
    return 0.0 if floor is None else (result.measured.p50 - floor.p50) / more


def _flat(result: Result) -> bool:
    floor, mine = result.floor, result.measured
    if floor is None or floor.cpu_us is None or mine.cpu_us is None:
        return False
    return mine.p50 <= FLAT * floor.p50 and mine.cpu_us <= FLAT * floor.cpu_us


async def _one(run: Run, size: int, number: int) -> Measured:
    folder, port = run.place(), free_port()
    url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        mqtt = await stack.enter_async_context(children.broker(folder))
        voice = await Lamps.open(mqtt)
        stack.callback(voice.close)
        topics = [f"bench/{n}" for n in range(size)]
        devices = {f"s{n}": rooms.sensor(topic) for n, topic in enumerate(topics)}
        rooms.write(folder, devices, port=port, mqtt=mqtt, limits=LIMITS)
        child = children.roomd(folder, huge=True)
        stack.push_async_callback(child.stop)
        await child.start()
        token = await children.token(child, folder, "presenter")
        crowd = Crowd()
        looker = await Looker.open(url, token, crowd)
        stack.callback(looker.close)
        crowd.lookers.append(looker)
        await _shows(looker, f'"s{size - 1}"'.encode())
        start = time.perf_counter() - child.started
        first = await _listening(voice, topics, crowd)
        memory = child.rss() / 1e6
        cpu = child.cpu()
        event = await _events(voice, topics, crowd, range(first, first + run.samples(EVENTS)))
        spent = (child.cpu() - cpu) * 1e6 / len(event)
    return Measured(size, number, start, memory, tuple(event), spent)


async def _shows(looker: Looker, device: bytes) -> None:
    """Wait for a snapshot that has `device`."""
    end = time.perf_counter() + PATIENCE
    while device not in looker.snapshot:
        if time.perf_counter() > end:
            raise BenchError("a panel does not show all devices")
        await asyncio.sleep(0.002)


async def _listening(voice: Lamps, topics: Sequence[str], crowd: Crowd) -> int:
    """Wait until the last sensors are heard; return the number of the next event."""
    for number in range(1, 1000):
        seen = crowd.expect(number)
        for topic in (topics[0], topics[-1]):
            voice.publish(topic, b"%d" % number)
        await asyncio.wait({seen}, timeout=0.1)
        if seen.done():
            await asyncio.sleep(1.0)
            return number + 1
    raise BenchError("no event reaches the panel")


async def _events(voice: Lamps, topics: Sequence[str], crowd: Crowd, numbers: range) -> list[float]:
    found: list[float] = []
    for number in numbers:
        seen = crowd.expect(number)
        began = time.perf_counter()
        voice.publish(topics[number * 37 % len(topics)], b"%d" % number)
        found.append((await within(seen, "an event at the panel") - began) * 1000)
        await asyncio.sleep(0.002)
    return found
