"""What a configuration comes to: which links, and which devices on them. Data only; compared by meaning at a reload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from drivers.spec import DriverSpec
from roomd.control.room import Misconfigured, Zone
from roomd.control.verify import Check

TransportKind = Literal["serial", "tcp", "udp", "mqtt", "http"]

WINDOW: Mapping[TransportKind, int] = {"serial": 1, "tcp": 1, "udp": 1, "http": 2, "mqtt": 64}
"""How many exchanges may await their first answer at once (control.md 2)."""


@dataclass(frozen=True)
class LinkPlan:
    """One physical endpoint. Which fields count depends on `kind`."""

    id: str
    kind: TransportKind
    host: str = ""
    port: int = 0
    serial: Mapping[str, str] = field(default_factory=dict[str, str])
    """One of `by_id`, `usb_serial`, `vid_pid`, `by_path`, `path`."""
    baud: int = 9600
    format: str = "8N1"
    local_echo: bool = False
    modem: Mapping[str, bool] = field(default_factory=dict[str, bool])
    url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    client_id: str = ""
    room: str = ""
    """Id of the room, for the broker's own topics."""
    gap: float = 0.0
    """Seconds of silence between transmissions."""
    wrapped: tuple[DriverSpec, Any] | None = field(default=None, repr=False)
    """Driver and settings of the device that has the connection to itself and wraps it; None: plain."""


@dataclass(frozen=True)
class DevicePlan:
    """One entry of `devices:`."""

    id: str
    kind: str
    driver: str
    name: Mapping[str, str]
    spec: DriverSpec | None
    settings: Any
    link: str
    preview: str | None = None
    problem: Misconfigured | None = None
    verify: Mapping[str, Check] = field(default_factory=dict[str, Check])
    """Point of the device -> who gives a second opinion on it."""
    lock: bool = False
    """It asks for the PIN before it moves."""
    restore: bool = False
    """It is told again what was wished when it comes back."""

    def same_device(self, other: DevicePlan) -> bool:
        """Return whether the running device may stay as it is; a new name alone does not touch it."""
        mine = (self.driver, self.settings, self.link, self.problem, self.spec)
        return mine == (other.driver, other.settings, other.link, other.problem, other.spec)


@dataclass(frozen=True)
class RoomPlan:
    """The whole room."""

    links: Mapping[str, LinkPlan]
    devices: Mapping[str, DevicePlan]
    zones: Mapping[str, Zone] = field(default_factory=dict[str, Zone])


@dataclass(frozen=True, slots=True)
class Change:
    """What a reload touches, by device id, in the order of the room file."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    untouched: tuple[str, ...]


def difference(old: RoomPlan, new: RoomPlan) -> Change:
    """Return what changes between two plans; a changed link changes every device on it."""
    added = tuple(d for d in new.devices if d not in old.devices)
    removed = tuple(d for d in old.devices if d not in new.devices)
    changed: list[str] = []
    untouched: list[str] = []
    for device_id in (d for d in new.devices if d in old.devices):
        before, after = old.devices[device_id], new.devices[device_id]
        same_link = old.links.get(before.link) == new.links.get(after.link)
        (untouched if same_link and before.same_device(after) else changed).append(device_id)
    return Change(added, removed, tuple(changed), tuple(untouched))
