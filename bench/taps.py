"""From a tap to the wire: the command on the WebSocket to the first byte at a sink that knows nothing of roomd."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.figures import Result, above_floor, times_floor
from bench.panels import within
from bench.sinks import Arrivals
from bench.stage import LAMPS, Run, Side, Wanted, stage

TAPS = 300
"""Taps of one side in one round."""
GROUPS = 20
"""Group commands of one side in one round."""
PACE = 0.006
"""Seconds between taps at least: 4 panels may send 200 a second together."""
SOFTWARE = above_floor(1.5, 5.0)
"""The goal for the software's part, in milliseconds, on an idle machine."""

Tap = tuple[str, str, dict[str, Any]]
"""Device, command, arguments."""


async def udp(run: Run) -> None:
    """Tap to a VISCA camera on UDP."""
    await _taps(
        run,
        "tap-udp",
        Wanted(camera=True),
        lambda n: ("camera", "focus", {"auto": n % 2 == 0}),
        _camera,
    )


async def pty(run: Run) -> None:
    """Tap to a device on a tty."""
    await _taps(
        run,
        "tap-pty",
        Wanted(gap=0.0),
        lambda n: ("line", "set", {"level": n % 256}),
        _line,
    )


async def mqtt(run: Run) -> None:
    """Tap to one of fifty lamps on MQTT."""
    await _taps(
        run,
        "tap-mqtt",
        Wanted(lamps=LAMPS),
        lambda n: (f"lamp{n % LAMPS}", "off" if n // LAMPS % 2 else "on", {}),
        _lamps,
    )


async def group(run: Run) -> None:
    """One command for fifty lamps on MQTT, to the last of its messages."""
    result = Result("group", f"last of {LAMPS} MQTT lamps", "ms", goal=times_floor(8))
    async with stage(run, Wanted(lamps=LAMPS)) as both:
        for number in range(-1, run.rounds):
            for side in both.sides:
                count = run.samples(GROUPS)
                values, cpu = await _round(side, count, _everyone, _lamps, arrivals=LAMPS)
                if number >= 0:
                    result.add(side.name, number, values, cpu)
    run.take(result)


def _everyone(number: int) -> Tap:
    return ("all", "off" if number % 2 else "on", {})


async def _taps(
    run: Run, name: str, wanted: Wanted, tap: Callable[[int], Tap], sink: Callable[[Side], Arrivals]
) -> None:
    result = Result(name, "tap to wire", "ms", goal=SOFTWARE)
    async with stage(run, wanted) as both:
        # Round -1 warms up and is not counted.
        for number in range(-1, run.rounds):
            for side in both.sides:
                values, cpu = await _round(side, run.samples(TAPS), tap, sink)
                if number >= 0:
                    result.add(side.name, number, values, cpu)
    run.take(result)


async def _round(
    side: Side,
    count: int,
    tap: Callable[[int], Tap],
    sink: Callable[[Side], Arrivals],
    arrivals: int = 1,
) -> tuple[list[float], float]:
    """Tap `count` times, each after the last one's outcome.

    Returns:
        Milliseconds to the `arrivals`-th arrival of each tap, and the server's microseconds of processor time a tap.
    """
    found: list[float] = []
    cpu = side.child.cpu()
    for number in range(count):
        device, command, args = tap(number)
        arrived = sink(side).expect(arrivals)
        panel = side.panel()
        began = time.perf_counter()
        outcome = await panel.send(device, command, **args)
        found.append((await within(arrived, f"{command} at {device}") - began) * 1000)
        await within(outcome, f"the outcome of {command}")
        await asyncio.sleep(max(0.0, PACE - (time.perf_counter() - began)))
    return found, (side.child.cpu() - cpu) * 1e6 / count


def _camera(side: Side) -> Arrivals:
    assert side.sinks.camera is not None
    return side.sinks.camera.arrivals


def _line(side: Side) -> Arrivals:
    return side.sinks.line_there().arrivals


def _lamps(side: Side) -> Arrivals:
    assert side.sinks.lamps is not None
    return side.sinks.lamps
