"""Plays a conversation of a YAML file against a driver: what is done, what leaves, what comes, what is true then."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.spec import DriverSpec
from drivers.transport.memory import Memory
from drivers.units import parse_duration
from tests.drivers.rig import Rig, rigged

SOON = 0.03
"""Seconds in which a driver must do what follows at once; more than the gap of the lines that are played."""


def conversations(path: Path) -> list[Any]:
    """Return the conversations of a file, each with `name` and `steps`."""
    found: list[Any] = YAML(typ="safe").load(path.read_text())
    return found


async def play(spec: DriverSpec, options: dict[str, Any], steps: list[dict[str, Any]]) -> None:
    """Play one conversation; fails at the first step that goes otherwise."""
    clock = VirtualClock()
    line = Memory(clock)
    async with rigged(clock, line, spec, {"it": options}, settle=SOON) as rig:
        player = _Player(rig, line)
        for step in steps:
            await player.take(step)
        assert player.left() == [], "more has left than the conversation says"


class _Player:
    def __init__(self, rig: Rig, line: Memory) -> None:
        self._rig = rig
        self._line = line
        self._heard = 0
        self._task: asyncio.Task[Outcome] | None = None

    def left(self) -> list[str]:
        """Return what has left and was not looked at yet."""
        frames = [bytes_of(frame) for _, frame in self._line.sent[self._heard :]]
        self._heard = len(self._line.sent)
        return frames

    async def take(self, step: dict[str, Any]) -> None:
        """Play one step: act first, then look."""
        unknown = step.keys() - {"do", "args", "rx", "wait", "tx", "outcome", "code", "then"}
        assert not unknown, f"{step}: unknown {unknown}"
        if "do" in step:
            self._task = self._rig.begin(f"it.{step['do']}", **step.get("args", {}))
        if "rx" in step:
            self._line.feed(step["rx"].encode())
        await self._rig.advance(parse_duration(step["wait"]) if "wait" in step else SOON)
        expected = step.get("tx", [])
        assert self.left() == ([expected] if isinstance(expected, str) else expected), step
        self._look(step)

    def _look(self, step: dict[str, Any]) -> None:
        if "outcome" in step:
            assert self._task is not None
            assert self._task.done(), f"{step}: not ended yet"
            outcome = self._task.result()
            assert (outcome.kind, outcome.code) == (step["outcome"], step.get("code", outcome.code))
        wanted = dict(step.get("then", {}))
        quality = wanted.pop("quality", None)
        for point, value in wanted.items():
            report = self._rig.devices["it"].values[point]
            assert report.value == value, step
            assert quality is None or report.quality == quality, step


def bytes_of(frame: object) -> str:
    """Return a frame as text."""
    assert isinstance(frame, bytes)
    return frame.decode()
