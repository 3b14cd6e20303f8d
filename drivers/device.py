"""The base of all devices. An author writes no reconnect, queue, retry, timer or error text.

A driver gives: `kind`, `points`, commands (methods marked with `@command`), a decoder, `on_message` (synchronous, no
I/O: it reports declared points), and where needed `handshake` and `refresh`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel

from drivers.commands import CommandSpec
from drivers.messages import Decoder
from drivers.motion import MotionSpec
from drivers.points import FAULT, ONLINE, PointSpec, PointValue, Quality, Report, capabilities

if TYPE_CHECKING:
    from drivers.port import Port

SettingsT = TypeVar("SettingsT", bound=BaseModel)

TransportName = Literal["serial", "tcp", "udp", "mqtt", "http", "memory"]


@dataclass(frozen=True, slots=True)
class LinkDefaults:
    """What a driver's links look like unless the room file says otherwise."""

    port: int | None = None
    """TCP or UDP port."""
    baud: int = 9600
    format: str = "8N1"
    gap: float = 0.0
    """Seconds between the end of one transmission and the next."""
    shared: bool = False
    """True where several devices of this driver may sit on one line."""


@dataclass(frozen=True, slots=True)
class Waking:
    """How a device is reached whose network sleeps with it (Wake-on-LAN)."""

    takes: float
    """Seconds until it can be reached, at most."""
    prepare: Callable[[], Awaitable[Callable[[], bytes]]]
    """Find the way; what it returns sends the frame at once, without waiting for anything, and gives its bytes."""


class Device(Generic[SettingsT]):
    """One device of the room."""

    kind: ClassVar[str]
    transports: ClassVar[frozenset[TransportName]]
    defaults: ClassVar[LinkDefaults] = LinkDefaults()
    api: ClassVar[int] = 1
    points: tuple[PointSpec, ...] = ()
    """Set on the class, or in `__init__` where the settings decide (channels)."""
    bare_replies: bool = False
    """True where answers do not name their question (`OK`): after a timeout the lane discards input for a while."""
    silence_is_offline: bool = True
    """False where silence says nothing: no feedback at all, or a device that only speaks when it changes."""
    inquiry_timeout: float = 1.0
    """Seconds the device may take to answer a handshake or a poll; wire time not counted."""

    def __init__(self, device_id: str, settings: SettingsT, link: Port) -> None:
        self.id = device_id
        self.settings = settings
        self.link = link
        self.values: dict[str, Report] = {}
        """The last report of each point."""
        self._sink: Callable[[Report], None] | None = None

    # -- what a driver overrides ----------------------------------------------------------------------------------

    def decoder(self) -> Decoder:
        """Return a new decoder for this device's side of the connection."""
        raise NotImplementedError

    def on_message(self, message: object) -> None:
        """Take one message that arrived, asked for or not, and report points. Synchronous, no I/O."""

    async def open_bus(self) -> None:
        """Run once for each link at link-up, by the first device of this driver (VISCA address setting)."""

    async def handshake(self) -> None:
        """Run at each link-up, before anything else is sent to this device (log-in)."""

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask the device for these points; each answer arrives in `on_message` too. At link-up: all polled points."""

    async def probe(self) -> None:
        """Send one harmless inquiry and end when it is answered; raises a `DriverError` otherwise."""
        await self.refresh(frozenset(p.name for p in self.points if p.poll is not None))

    def topics(self) -> tuple[str, ...]:
        """Return the MQTT topic filters that this device listens to."""
        return ()

    def waking(self, command: str) -> Waking | None:
        """Return how to wake it for this command when its link is down; None: the command does not wake it."""
        return None

    @property
    def motion(self) -> MotionSpec | None:
        """Return how it moves, or None where it does not."""
        return None

    def stop_frames(self) -> tuple[bytes, ...]:
        """Return the frames that stop it, ready for the wire, for a last resort; empty where it never moves."""
        return ()

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands by name; override where ranges depend on the settings."""
        return dict(_marked(type(self)))

    def method(self, name: str) -> Callable[..., Awaitable[None]]:
        """Return the coroutine function that runs command `name`; arguments are passed by keyword."""
        bound: Callable[..., Awaitable[None]] = getattr(self, name)
        return bound

    # -- what the SDK gives ---------------------------------------------------------------------------------------

    @cached_property
    def commands(self) -> Mapping[str, CommandSpec]:
        """Its commands by name, put together once: its settings never change."""
        return self.command_specs()

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Return the names of its capabilities, from `drivers.points`."""
        commands = {name: tuple(spec.args) for name, spec in self.commands.items()}
        return capabilities(self.kind, {p.name for p in self.points}, commands)

    def point(self, name: str) -> PointSpec | None:
        """Return the declared point, `online` and `fault` included, or None."""
        for spec in (*self.points, ONLINE, FAULT):
            if spec.name == name:
                return spec
        return None

    def attach(self, sink: Callable[[Report], None]) -> None:
        """Send all reports to `sink` from now on."""
        self._sink = sink

    def report(self, point: str, value: PointValue, quality: Quality | None = None) -> None:
        """Report one declared point.

        Args:
            point: its name.
            value: as declared; None means that the device does not know it itself.
            quality: left out, it is `confirmed` while an answer to our own question is being read, else `observed`.
        """
        if self.point(point) is None:
            self.link.count_undeclared(point)
            return
        if quality is None:
            quality = Quality.CONFIRMED if self.link.answering else Quality.OBSERVED
        report = Report(self.id, point, value, quality)
        self.values[point] = report
        self.link.reported.notify(point)
        if self._sink is not None:
            self._sink(report)

    def report_many(self, values: Mapping[str, PointValue], quality: Quality | None = None) -> None:
        """Report several points at once."""
        for point, value in values.items():
            self.report(point, value, quality)

    def value(self, point: str) -> Any:
        """Return the last reported value, or None."""
        report = self.values.get(point)
        return None if report is None else report.value


_MARKED: dict[object, Mapping[str, CommandSpec]] = {}
"""Class -> what its methods are marked as; a room has many devices of few classes."""


def _marked(kind: type[object]) -> Mapping[str, CommandSpec]:
    """Return the commands that methods of a class are marked as, by name."""
    known = _MARKED.get(kind)
    if known is None:
        methods = (getattr(kind, name, None) for name in dir(kind))
        specs = (getattr(method, "command_spec", None) for method in methods)
        known = _MARKED[kind] = {s.name: s for s in specs if isinstance(s, CommandSpec)}
    return known
