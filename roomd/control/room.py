"""The devices of the running room, as dispatch and the pages see them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog

from drivers.commands import Arg, CommandSpec, Outcome, OutcomeKind, Priority, RetryClass
from drivers.device import Device
from drivers.errors import DriverError
from drivers.execute import Request, execute
from drivers.link import Link
from drivers.outline import outline_of
from drivers.points import PointSpec, capabilities
from roomd.control.locks import LOCK_COMMANDS
from roomd.control.motion import Motor

log = structlog.stdlib.get_logger(__name__)


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
    lock: bool = False
    """It asks for the PIN before it moves."""
    restore: bool = False
    """It is told again what was wished when it comes back."""
    inner: Callable[[Request], Awaitable[Outcome]] | None = None
    """What runs its commands where no wire does: the room's own devices."""
    commands: dict[str, CommandSpec] = field(default_factory=dict[str, CommandSpec])
    points: tuple[PointSpec, ...] = ()

    stop_frames: tuple[bytes, ...] = field(default=(), repr=False)
    """What stops it, prepared while its driver is well."""

    def learn(self) -> None:
        """Take commands and points from the device; a motor adds its own."""
        if self.device is None:
            return
        shape = outline_of(self.kind, self.device)
        self.commands = {**shape.commands, **(LOCK_COMMANDS if self.lock else {})}
        self.points = tuple(shape.points.values())
        self.stop_frames = self.device.stop_frames()

    def run_of(self, spec: CommandSpec) -> Literal["hold", "tap"] | None:
        """Return whether a finger must stay on a command; a motor's `motion:` block decides for all of its own."""
        if spec.run is None or self.device is None or self.device.motion is None:
            return spec.run
        return self.device.motion.run

    @property
    def estimates(self) -> bool:
        """Return whether `goto` is reckoned here, because the device has none of its own."""
        return self.device is not None and "goto" not in self.device.commands

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
        if self.inner is not None:
            denial = request.gate()
            if denial is not None:
                return Outcome(OutcomeKind.REFUSED, denial.code, denial.params)
            return await self.inner(request)
        if self.device is None or self.link is None:
            return Outcome(OutcomeKind.REFUSED, "misconfigured", {"device": self.id})
        return await execute(self.link, self.device, request)

    async def stop(self) -> Outcome:
        """Send its stop. Where the driver itself fails, the prepared frames go past it."""
        try:
            return await self.run(Request("stop", priority=Priority.SAFETY))
        except Exception:
            # A driver that died cannot keep a motor running.
            log.exception("device.stop_crashed", device=self.id, driver=self.driver)
            return await self._stop_past_the_driver()

    async def _stop_past_the_driver(self) -> Outcome:
        if self.link is None or not self.stop_frames:
            return Outcome(OutcomeKind.FAILED, "driver_error", {"device": self.id})
        try:
            for frame in self.stop_frames:
                await self.link.transport.send(frame)
        except DriverError as error:
            return Outcome(OutcomeKind.OFFLINE, error.code, {"why": str(error)})
        return Outcome(OutcomeKind.SENT, tx=len(self.stop_frames))


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
