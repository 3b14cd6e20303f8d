"""A slow serial line: a dragged slider ends at its last value, and STOP overtakes a full queue."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bench.figures import Result, at_most
from bench.panels import Panel, within
from bench.rooms import FRAME_TIME, GAP
from bench.stage import Run, Side, Wanted, stage

VALUES = 100
"""Values of one drag."""
DRAG = 0.5
"""Seconds that a drag takes."""
FRAMES = 15
"""Frames that a drag may cost."""
QUEUED = 40
"""Commands that wait when STOP comes."""
STOPS = 12
"""STOPs of one round."""
SET, STEP, STOP = b"\xa5", b"\xb5", b"\xc5"
"""First bytes of frames (`bench/rooms.py`)."""
AFTERWARDS = 0.15
"""Seconds after a STOP in which nothing else may follow: two gaps and more."""


async def slider(run: Run) -> None:
    """Drag a slider over a line with a gap of 50 ms: 100 values in 0.5 s, and 100 at once."""
    paced = Result("slider", f"{VALUES} values in {DRAG} s", "frames", goal=at_most(FRAMES))
    burst = Result("slider", f"{VALUES} values at once", "frames", goal=at_most(FRAMES))
    late = Result("slider", "last value after the drag", "ms", base="")
    wrong = 0
    async with stage(run, Wanted(gap=GAP)) as both:
        for number in range(run.rounds):
            for side in both.sides:
                for result, pause in ((paced, DRAG / VALUES), (burst, 0.0)):
                    frames, last, delay = await _drag(side, pause)
                    result.add(side.name, number, [frames])
                    if side is both.roomd:
                        wrong += last != VALUES
                        late.add(side.name, number, [delay * 1000])
    paced.note = burst.note = f"{wrong} of {run.rounds * 2} ended at another value"
    if wrong:
        paced.goal = burst.goal = at_most(-1)
    run.take(paced, burst, late)


async def _drag(side: Side, pause: float) -> tuple[int, int, float]:
    """Drag from 1 to 100 with one panel.

    Returns:
        How many frames it cost, the last one's value, and the seconds from the last wish to the last frame.
    """
    line, panel = side.sinks.line_there(), side.panel()
    outcome = await panel.send("line", "set", level=0)
    await within(outcome, "the outcome before a drag")
    await asyncio.sleep(2 * (GAP + FRAME_TIME))
    line.frames.clear()
    began = time.perf_counter()
    outcomes = [outcome]
    for value in range(1, VALUES + 1):
        outcomes.append(await panel.send("line", "set", level=value))
        await asyncio.sleep(max(0.0, began + value * pause - time.perf_counter()) if pause else 0)
    ended = time.perf_counter()
    for outcome in outcomes:
        await within(outcome, "the outcome of a value")
    await asyncio.sleep(2 * (GAP + FRAME_TIME))
    at, frame = line.frames[-1]
    await asyncio.sleep(1.2)  # one panel may send 50 messages a second, 100 at once
    return len(line.frames), frame[1], at - ended


async def stop(run: Run) -> None:
    """STOP with 40 commands queued on a line with a gap of 50 ms, to its first byte."""
    result = Result("stop", f"STOP behind {QUEUED} commands", "ms")
    result.goal = at_most((GAP + 0.05) * 1000)
    after = 0
    async with stage(run, Wanted(gap=GAP)) as both:
        for number in range(run.rounds):
            for side in both.sides:
                values: list[float] = []
                for _ in range(run.samples(STOPS)):
                    value, more = await _stop(side, queue=side is both.roomd)
                    values.append(value * 1000)
                    after += more
                result.add(side.name, number, values)
    result.note = f"{after} frames of the queue came after it"
    if after:
        result.goal = at_most(-1)
    run.take(result)


async def _stop(side: Side, *, queue: bool) -> tuple[float, int]:
    """Queue commands, press STOP.

    Returns:
        Seconds to the first byte of the stop, and how many queued frames followed all the same.
    """
    line = side.sinks.line_there()
    outcomes: list[asyncio.Future[dict[str, Any]]] = []
    if queue:
        moving = line.arrivals.expect(2)
        outcomes += [await side.panel().send("line", "step", number=n) for n in range(QUEUED)]
        await within(moving, "the queue to begin")
    stopped: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    line.on_frame = lambda at, frame: _first(stopped, at, frame)
    value = await _press(side.panel(), stopped)
    seen = len(line.frames)
    for outcome in outcomes:
        await within(outcome, "the outcome of a queued command")
    await asyncio.sleep(AFTERWARDS)
    return value, sum(frame[:1] == STEP for _, frame in line.frames[seen:])


async def _press(panel: Panel, stopped: asyncio.Future[float]) -> float:
    began = time.perf_counter()
    answer = await panel.stop()
    at = await within(stopped, "STOP on the wire")
    await within(answer, "the answer to STOP")
    return float(at) - began


def _first(stopped: asyncio.Future[float], at: float, frame: bytes) -> None:
    if frame[:1] == STOP and not stopped.done():
        stopped.set_result(at)
