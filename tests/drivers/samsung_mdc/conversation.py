"""Plays a conversation in bytes: `tx` and `rx` are hexadecimal, as in logs."""

from __future__ import annotations

import asyncio
from typing import Any

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.samsung_mdc import DRIVER
from drivers.transport.memory import Memory
from drivers.units import parse_duration
from tests.drivers.rig import rigged

SOON = 0.03
"""Seconds in which the driver must do what follows at once."""


async def play(options: dict[str, Any], steps: list[dict[str, Any]]) -> None:
    """Play one conversation; fails at the first step that goes otherwise."""
    clock = VirtualClock()
    line = Memory(clock)
    heard = 0
    task: asyncio.Task[Outcome] | None = None
    async with rigged(clock, line, DRIVER, {"it": options}, settle=SOON) as rig:
        for step in steps:
            assert step.keys() <= {"do", "args", "rx", "wait", "tx", "outcome", "code", "then"}
            if "do" in step:
                task = rig.begin(f"it.{step['do']}", **step.get("args", {}))
            if "rx" in step:
                line.feed(bytes.fromhex(step["rx"]))
            await clock.advance(parse_duration(step["wait"]) if "wait" in step else SOON)
            frames = [f.hex(" ") for _, f in line.sent[heard:] if isinstance(f, bytes)]
            heard = len(line.sent)
            expected = step.get("tx", [])
            assert frames == ([expected] if isinstance(expected, str) else expected), step
            if "outcome" in step:
                assert task is not None
                assert task.done(), step
                outcome = task.result()
                wanted = (step["outcome"], step.get("code", outcome.code))
                assert (outcome.kind, outcome.code) == wanted, step
            then = dict(step.get("then", {}))
            quality = then.pop("quality", None)
            for point, value in then.items():
                report = rig.devices["it"].values[point]
                assert report.value == value, step
                assert quality in (None, report.quality), step
        assert len(line.sent) == heard
