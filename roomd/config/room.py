"""What the daemon builds a room from: checked, resolved, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from drivers.device import TransportName
from drivers.spec import DriverSpec
from roomd.config.models import DeviceEntry, RoomFile, Words
from roomd.config.models.links import ModemLines, SerialPort
from roomd.config.models.plan import Plan
from roomd.config.places import Place, Problem


@dataclass(frozen=True, slots=True)
class LinkConfig:
    """One physical endpoint with its settings; the devices on it share one lane."""

    id: str
    """Name in `links:`; for a link written in a device, that device's id; `mqtt` for the room's
    broker."""
    endpoint: str
    """For comparing: `serial:by_id:usb-…`, `tcp:192.168.10.21:1515`, `mqtt`, `http://192.168.10.40`."""
    transport: TransportName
    host: str = ""
    """For `tcp` and `udp`, small letters, IPv6 without brackets."""
    port: int = 0
    """For `tcp` and `udp`."""
    url: str = ""
    """For `http`: scheme, host and port, without a slash at the end."""
    serial: SerialPort | None = None
    """For `serial`: how the port is named; resolved at each opening."""
    baud: int = 9600
    format: str = "8N1"
    gap: float = 0.0
    """Seconds."""
    local_echo: bool = False
    modem: ModemLines | None = None


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device that can be built."""

    id: str
    spec: DriverSpec
    entry: DeviceEntry
    """As written: name, was, verify, preview, lock, restore."""
    options: BaseModel
    """Settings, checked by the driver's own model."""
    endpoint: str
    """Key of its link in `Room.links`."""
    place: Place
    driver_version: str = ""
    """SHA-256 of the driver's file, where it is a site's own definition."""

    @property
    def name(self) -> Words:
        """Return what people call it."""
        return self.entry.name


@dataclass(frozen=True, slots=True)
class BrokenDevice:
    """One device that cannot be built: its commands are refused with `misconfigured`."""

    id: str
    name: Words | None
    kind: str | None
    """From its driver, where that much was readable."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """A usable room."""

    file: RoomFile
    """The top level as written: room, broker, zones, language, contact, idle_after, limits, web,
    northbound."""
    devices: Mapping[str, DeviceConfig]
    """In the order of the file."""
    broken: Mapping[str, BrokenDevice]
    links: Mapping[str, LinkConfig]
    """Endpoint -> link, of the devices that can be built."""
    plan: Plan | None = None
    """None where there is none, or it was malformed (a warning)."""
    no_plan: bool = False
    """True for `plan: none`: tiles only."""
    sha256: str = ""
    """Of all files it was read from, secrets left out."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What reading a room file gave. Never an exception for what stands in it."""

    room: Room | None
    """None where something outside the device entries is wrong: then the last good room is to be
    used."""
    misconfigured: Mapping[str, tuple[Problem, ...]]
    """Device id -> what is wrong in its entry. The room runs without it."""
    errors: tuple[Problem, ...]
    """All errors by place, those of `misconfigured` too."""
    warnings: tuple[Problem, ...]
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """File name in messages -> its bytes, for source lines and generations; secrets left out."""
    sha256: str = ""
    contact: Words | None = None
    """Whom to call, where that much is readable: the page that says what is wrong names them."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return errors and warnings together, by place."""
        return tuple(sorted((*self.errors, *self.warnings), key=lambda p: (p.place, p.code)))
