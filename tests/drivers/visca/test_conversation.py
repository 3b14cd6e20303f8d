"""Conversations of `conversation.yaml`, byte by byte."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.units import parse_duration
from drivers.visca import DRIVER
from tests.drivers.conversation import conversations
from tests.drivers.rig import Rig, rigged
from tests.drivers.visca.stage import MemoryLine

SOON = 0.03
"""Seconds in which the driver must do what follows at once."""
KNOWN = {"do", "args", "rx", "wait", "tx", "outcome", "code", "then"}
START = {
    "88 30 01 ff": "88 30 02 ff",
    "88 01 00 01 ff": "88 01 00 01 ff",
    "81 01 00 01 ff": "90 50 ff",
    "81 09 04 00 ff": "90 50 02 ff",
    "81 09 06 12 ff": "90 50 00 00 00 00 00 00 00 00 ff",
    "81 09 04 47 ff": "90 50 00 00 00 00 ff",
    "81 09 04 38 ff": "90 50 02 ff",
}
"""What a camera answers at link-up, where a conversation begins after it."""


class Player:
    """Plays steps; fails at the first that goes otherwise."""

    def __init__(self, rig: Rig, line: MemoryLine) -> None:
        self.rig = rig
        self.line = line
        self.heard = 0
        self.task: asyncio.Task[Outcome] | None = None

    def left(self) -> list[str]:
        """Return what has left since the last look."""
        frames = [f.hex(" ") for _, f in self.line.sent[self.heard :] if isinstance(f, bytes)]
        self.heard = len(self.line.sent)
        return frames

    async def start(self) -> None:
        """Answer what is asked at link-up."""
        for _ in range(40):
            for frame in self.left():
                self.line.feed(bytes.fromhex(START[frame]))
            await self.rig.advance(0.05)
        assert self.left() == []

    async def take(self, step: dict[str, Any]) -> None:
        """Play one step: act first, then look."""
        assert step.keys() <= KNOWN
        if "do" in step:
            self.task = self.rig.begin(f"it.{step['do']}", **step.get("args", {}))
        if "rx" in step:
            self.line.feed(bytes.fromhex(step["rx"]))
        await self.rig.advance(parse_duration(step["wait"]) if "wait" in step else SOON)
        expected = step.get("tx", [])
        assert self.left() == ([expected] if isinstance(expected, str) else expected), step
        if "outcome" in step:
            assert self.task is not None
            assert self.task.done(), step
            outcome = self.task.result()
            wanted = (step["outcome"], step.get("code", outcome.code))
            assert (outcome.kind, outcome.code) == wanted, step
        self.look(dict(step.get("then", {})))

    def look(self, then: dict[str, Any]) -> None:
        """Compare what is reported."""
        quality = then.pop("quality", None)
        for point, value in then.items():
            report = self.rig.devices["it"].values[point]
            assert report.value == value, point
            assert quality in (None, report.quality), point


@pytest.mark.parametrize(
    "talk",
    conversations(Path(__file__).with_name("conversation.yaml")),
    ids=lambda talk: talk["name"],
)
async def test_conversation(talk: dict[str, Any]) -> None:
    clock = VirtualClock(pause=0)
    line = MemoryLine(clock, talk["kind"])
    async with rigged(clock, line, DRIVER, {"it": {}}, settle=SOON) as rig:
        player = Player(rig, line)
        if talk.get("start"):
            await player.start()
        for step in talk["steps"]:
            await player.take(step)
