"""The devices of the running room, as dispatch and the pages see them. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.commands import Arg, CommandSpec, Outcome, OutcomeKind, RetryClass
from drivers.device import Device
from drivers.execute import Request, execute
from drivers.link import Link
from drivers.points import PointSpec, capabilities
from roomd.control.motion import Motor, goto_command, motion_points


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """Why a device could not be made: the first problem of its entry."""

    file: str
    line: int
    column: int
    code: str
    params: Mapping[str, Any]


@dataclass
class RoomDevice:
    """One entry of `devices:`; without device and link where it is misconfigured."""

    id: str
    kind: str
    driver: str
    name: Mapping[str, str]
    device: Device[Any] | None = None
    link: Link | None = None
    motor: Motor | None = None
    problem: Misconfigured | None = None
    preview: str | None = None
    commands: dict[str, CommandSpec] = field(default_factory=dict[str, CommandSpec])
    points: tuple[PointSpec, ...] = ()

    def learn(self) -> None:
        """Take commands and points from the device; a motor adds its own."""
        if self.device is None:
            return
        self.commands = dict(self.device.command_specs())
        points = {p.name: p for p in self.device.points}
        motion = self.device.motion
        if motion is not None:
            points = {**{p.name: p for p in motion_points(self.kind)}, **points}
            self.commands.setdefault("goto", goto_command(motion))
        self.points = tuple(points.values())

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Return what the panel draws."""
        return capabilities(
            self.kind,
            {p.name for p in self.points},
            {n: tuple(c.args) for n, c in self.commands.items()},
        )

    async def run(self, request: Request) -> Outcome:
        """Run a command that has been checked."""
        if self.device is None or self.link is None:
            return Outcome(OutcomeKind.REFUSED, "misconfigured", {"device": self.id})
        return await execute(self.link, self.device, request)


ADMIN_COMMANDS: dict[str, CommandSpec] = {
    "probe": CommandSpec("probe", retry=RetryClass.INQUIRY, retries=1, ttl=3.0),
    "reconnect": CommandSpec("reconnect", ttl=3.0),
}
"""What every device has for those who look after it; neither moves anything."""


@dataclass(frozen=True)
class Zone:
    """Several devices that one command reaches at once, for example `lights.all`."""

    id: str
    name: Mapping[str, str]
    devices: tuple[str, ...]


def describe_argument(arg: Arg) -> dict[str, Any]:
    """Return an argument as the pages get it; what is not set is left out."""
    shown = {
        "type": arg.type,
        "min": arg.minimum,
        "max": arg.maximum,
        "step": arg.step,
        "unit": arg.unit,
        "values": list(arg.values) or None,
        "optional": arg.optional or None,
    }
    return {name: value for name, value in shown.items() if value is not None}
