"""From an event to the panels: the last of 1, 50 and 500; and 50 of them beside one that reads nothing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bench.figures import Goal, Result
from bench.panels import Crowd, Looker, within
from bench.stage import LAMPS, Run, Side, Stage, Wanted, stage

PANELS = (1, 50, 500)
EVENTS = {1: 200, 50: 100, 500: 40}
"""Panels -> events of one side in one round."""
TIMES = 3.5
"""Times the floor's processor time that an event may cost at many panels.

The design's 10 µs a panel, against a floor of 2.4 to 3.2 µs on the machine of that measurement.
"""
STREAM = 100.0
"""Events a second while one panel stalls."""
STREAMED = 200
"""Events of one such round: 2 s, for after 5 s behind the stalled one is hung up on."""
FILL = 40
"""Snapshots of a room with fifty lamps, 50 KB each, that fill the connection of the stalled panel."""
CALM, STALLED = "calm", "one stalled"


async def fanout(run: Run) -> None:
    """An event to the last of 1, 50 and 500 panels."""
    async with stage(run, Wanted(sensor=True)) as both:
        for panels in PANELS:
            goal = None
            if panels == PANELS[-1]:
                goal = Goal(f"CPU ≤ {TIMES:g} × floor", _cheap)
            result = Result("fanout", f"last of {panels} panels", "ms", goal=goal)
            await _with_panels(run, both, panels, result)
            run.take(result)


def _cheap(result: Result) -> bool:
    floor, cpu = result.floor, result.measured.cpu_us
    return floor is not None and (cpu or 0.0) <= TIMES * (floor.cpu_us or 0.0)


async def _with_panels(run: Run, both: Stage, panels: int, result: Result) -> None:
    crowds = [(side, await side.crowd(panels)) for side in both.sides]
    try:
        for number in range(-1, run.rounds):
            for side, crowd in crowds:
                values, cpu = await _events(side, crowd, run.samples(EVENTS[panels]))
                if number >= 0:
                    result.add(side.name, number, values, cpu)
    finally:
        for _, crowd in crowds:
            await crowd.close()


async def _events(side: Side, crowd: Crowd, count: int) -> tuple[list[float], float]:
    """Let `count` events happen, each after all panels have seen the last one.

    Returns:
        Milliseconds to the last panel, and the server's microseconds of processor time an event.
    """
    found: list[float] = []
    cpu = side.child.cpu()
    for _ in range(count):
        began = time.perf_counter()
        seen = crowd.expect(side.happen())
        found.append((await within(seen, "an event at all panels") - began) * 1000)
        await asyncio.sleep(0.002)
    return found, (side.child.cpu() - cpu) * 1e6 / count


async def stalled(run: Run) -> None:
    """Fifty panels at 100 events a second, with and without one more that reads nothing."""
    result = Result("stalled", "last of 50 panels, 100 events/s", "ms", base=CALM, side=STALLED)
    result.goal = Goal("p99 ≤ 1.5 × calm + 1 ms", _unmoved)
    behind = 0
    async with stage(run, Wanted(sensor=True, lamps=LAMPS)) as both:
        side = both.roomd
        crowd = await side.crowd(50)
        for number in range(run.rounds):
            result.add(CALM, number, await _stream(side, crowd, run.samples(STREAMED)))
            one = await _stall(side)
            result.add(STALLED, number, await _stream(side, crowd, run.samples(STREAMED)))
            behind += await one.was_behind(side.event)
        await crowd.close()
    result.note = f"it was behind in {behind} of {run.rounds} rounds"
    if behind < run.rounds:
        result.goal = None
    run.take(result)


def _unmoved(result: Result) -> bool:
    calm = result.floor
    return calm is not None and result.measured.p99 <= 1.5 * calm.p99 + 1.0


@dataclass
class Stalled:
    """A panel that reads nothing for a while."""

    looker: Looker
    alone: Crowd
    """It alone."""
    joined: int
    """Number of the last event before it."""

    async def was_behind(self, last: int) -> bool:
        """Let it read again; return whether it was given less than each event up to `last`, or hung up on."""
        self.looker.go_on()
        await asyncio.wait({self.alone.expect(last)}, timeout=3)
        self.looker.close()
        return self.looker.lost or self.looker.patches < last - self.joined


async def _stall(side: Side) -> Stalled:
    """Connect a panel that stops reading, and have it sent so much that nothing more fits into its connection."""
    alone, joined = Crowd(), side.event
    looker = await Looker.open(side.url, side.token, alone, small=True)
    alone.lookers.append(looker)
    looker.stall()
    for _ in range(FILL):
        looker.greet()
    await asyncio.sleep(0.1)
    return Stalled(looker, alone, joined)


async def _stream(side: Side, crowd: Crowd, count: int) -> list[float]:
    """Let `count` events happen at an even pace; return milliseconds to the last panel for each."""
    waits: list[tuple[float, asyncio.Future[float]]] = []
    start = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, start + number / STREAM - time.perf_counter()))
        waits.append((time.perf_counter(), crowd.expect(side.happen())))
    return [(await within(seen, "an event") - began) * 1000 for began, seen in waits]
