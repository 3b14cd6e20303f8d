"""What a device will be, before it is connected: its points, its commands, how it moves.

Rules, scenes and documents refer to points and commands by name; here they are looked up without a wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.clock import LoopClock
from drivers.commands import Arg, CommandSpec, RetryClass
from drivers.device import Device
from drivers.errors import DriverError
from drivers.link import Link
from drivers.motion import MotionSpec
from drivers.points import FAULT, ONLINE, PointSpec, Report
from drivers.session import PortState
from drivers.spec import DriverSpec
from drivers.trace import TraceEvent
from drivers.transport.memory import Memory


@dataclass(frozen=True)
class Outline:
    """See the module."""

    kind: str
    points: Mapping[str, PointSpec]
    """Without `online` and `fault`, which every device has."""
    commands: Mapping[str, CommandSpec]
    motion: MotionSpec | None = None

    def point(self, name: str) -> PointSpec | None:
        """Return a point, `online` and `fault` included, or None."""
        for spec in (ONLINE, FAULT):
            if spec.name == name:
                return spec
        return self.points.get(name)


def outline_of(kind: str, device: Device[Any]) -> Outline:
    """Return the outline of a device that was made; a motor's own points and `goto` are added."""
    commands = dict(device.command_specs())
    points = {p.name: p for p in device.points}
    motion = device.motion
    if motion is not None:
        points = {**{p.name: p for p in motion_points(kind)}, **points}
        commands.setdefault("goto", goto_command(motion))
    return Outline(kind, points, commands, motion)


def outline(spec: DriverSpec, settings: Any) -> Outline:
    """Return the outline of a device with these settings; nothing is opened and nothing runs.

    Raises:
        Exception: whatever a third party's driver raises while it is made.
    """
    clock = LoopClock()
    link = Link("outline", Memory(clock), clock, _Nobody())
    return outline_of(spec.kind, spec.device("outline", settings, link.port("outline")))


def motion_points(kind: str) -> tuple[PointSpec, ...]:
    """Return the points that every motor has, declared by its driver or not."""
    ends = ("open", "closed") if kind == "curtain" else ("top", "bottom")
    ways = ("open", "close") if kind == "curtain" else ("up", "down")
    return (
        PointSpec("moving", "enum", values=(*ways, "none")),
        PointSpec("position", "number", unit="%", minimum=0, maximum=100, resolution=2),
        PointSpec("end", "enum", values=(*ends, "mid", "unknown")),
        PointSpec("homed", "bool"),
    )


def goto_command(spec: MotionSpec) -> CommandSpec:
    """Return the `goto` that the estimate makes possible for a motor which has none of its own."""
    return CommandSpec(
        name="goto",
        args={"position": Arg("number", 0, 100, 1, "%")},
        key="move",
        retry=RetryClass.MOTION,
        retries=0,
        ttl=3.0,
        run=spec.run,
        answers="none",
    )


class _Nobody:
    """Hears nothing: there is nothing to hear."""

    def on_report(self, report: Report) -> None:
        """Take no report."""

    def on_state(self, device: str, state: PortState, error: DriverError | None) -> None:
        """Take no state."""

    def on_trace(self, event: TraceEvent) -> None:
        """Take no traffic."""
