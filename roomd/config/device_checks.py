"""Device entries, one by one: what is wrong with one leaves the others alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from drivers.spec import DriverSpec
from roomd.config.checking import check
from roomd.config.driver_table import DriverTable
from roomd.config.known_keys import nearest
from roomd.config.link_sharing import Links, PortMissing
from roomd.config.models import DeviceEntry, LinkEntry
from roomd.config.models.texts import DEVICE_ID
from roomd.config.nodes import Broken, Entry, Scalar, locate
from roomd.config.nodes import Mapping as MappingNode
from roomd.config.places import KeyPath, Place, Problem
from roomd.config.room import BrokenDevice, DeviceConfig

RESERVED = ("meeting", "cast", "sound")
RESTORABLE = frozenset({"light", "light_group", "climate", "mixer"})
LOCKABLE = frozenset({"lift", "screen", "curtain"})
_ID = re.compile(DEVICE_ID.replace("$", r"\Z"))
_UNSTABLE = re.compile(r"/dev/tty(?:USB|ACM)\d+\Z")


@dataclass(slots=True)
class Devices:
    """What came of all device entries."""

    built: dict[str, DeviceConfig] = field(default_factory=dict[str, DeviceConfig])
    broken: dict[str, BrokenDevice] = field(default_factory=dict[str, BrokenDevice])
    links: Links = field(default_factory=Links)
    warnings: list[Problem] = field(default_factory=list[Problem])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device entry may refer to."""

    table: DriverTable
    links: Mapping[str, LinkEntry]
    link_places: Mapping[str, Place]
    has_broker: bool
    links_known: bool
    """False where `links:` could not be read: then an unknown name says nothing."""
    stable_name: Callable[[str], str | None]
    """Device file -> `by_id` name, or None."""


def check_devices(
    node: MappingNode, known: Surroundings, reading: Mapping[str, list[Problem]]
) -> Devices:
    """Check every entry of `devices:`.

    Args:
        node: the mapping `devices:`.
        known: drivers and links.
        reading: device id -> what was already wrong in its entry when the file was read.
    """
    found = Devices()
    earlier = _Earlier()
    for device_id, entry in node.entries.items():
        checker = _Checker(device_id, entry, known, found)
        checker.problems.extend(reading.get(device_id, ()))
        checker.run(earlier.mixed_up_with(device_id))
        earlier.add(device_id, entry)
    return found


class _Earlier:
    """The entries above the present one, by what their ids begin with."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._below: dict[str, list[str]] = {}
        """Beginning of an id, up to a dot -> the ids that go on from there."""

    def add(self, device_id: str, entry: Entry) -> None:
        """Take in one more."""
        self._entries[device_id] = entry
        for beginning in _beginnings(device_id):
            self._below.setdefault(beginning, []).append(device_id)

    def mixed_up_with(self, device_id: str) -> list[tuple[str, Entry]]:
        """Return the entries whose points could be taken for those of `device_id`, or the other way round."""
        above = [other for other in _beginnings(device_id) if other in self._entries]
        return [(o, self._entries[o]) for o in (*above, *self._below.get(device_id, ()))]


class _Checker:
    def __init__(self, device_id: str, entry: Entry, known: Surroundings, found: Devices) -> None:
        self.id = device_id
        self.node = entry.node
        self.place = entry.key_place
        self.path: KeyPath = ("devices", device_id)
        self.known = known
        self.found = found
        self.problems: list[Problem] = []

    def run(self, mixed_up_with: list[tuple[str, Entry]]) -> None:
        self._id(mixed_up_with)
        entry = self._entry()
        spec = self._driver(entry)
        options = None if spec is None else self._options(spec)
        config = None
        if entry is not None and spec is not None:
            self._kind(entry, spec)
            endpoint = self._endpoint(entry, spec)
            if options is not None and endpoint is not None:
                version = self.known.table.versions.get(spec.id, "")
                config = DeviceConfig(self.id, spec, entry, options, endpoint, self.place, version)
        if config is None or self.problems:
            name = None if entry is None else entry.name
            kind = None if spec is None else spec.kind
            broken = BrokenDevice(self.id, name, kind, tuple(self.problems))
            self.found.broken[self.id] = broken
        else:
            self.found.built[self.id] = config

    def _error(self, code: str, *keys: str, **params: object) -> None:
        self.problems.append(Problem(self._at(*keys), (*self.path, *keys), code, params))

    def _at(self, *keys: str) -> Place:
        spot = locate(self.node, keys, self.place)
        if not keys or not spot.whole or isinstance(spot.node, MappingNode):
            return spot.key_place
        return spot.node.place

    def _id(self, mixed_up_with: list[tuple[str, Entry]]) -> None:
        if not _ID.match(self.id):
            self._error("bad_id", id=self.id)
        elif self.id.split(".")[0] in RESERVED:
            self._error("reserved_id", id=self.id)
        for other, entry in mixed_up_with:
            where = {"other": other, "first": str(entry.key_place), "second": str(self.place)}
            self._error("ambiguous_id", id=self.id, **where)

    def _entry(self) -> DeviceEntry | None:
        entry, problems = check(DeviceEntry, self.node, self.path, self.place)
        self._sort(problems)
        # Options are kept only as the driver's own model has them: here secrets would stand open.
        return None if entry is None else entry.model_copy(update={"options": {}})

    def _sort(self, problems: list[Problem]) -> None:
        self.problems.extend(p for p in problems if p.severity == "error")
        self.found.warnings.extend(p for p in problems if p.severity == "warning")

    def _driver(self, entry: DeviceEntry | None) -> DriverSpec | None:
        # Looked up in a broken entry too, so that its options are checked in the same go.
        driver_id = self._written_driver() if entry is None else entry.driver
        if driver_id is None:
            return None
        try:
            spec = self.known.table.find(driver_id)
        except ImportError as error:
            self._error("driver_unusable", "driver", driver=driver_id, needs=error.name or "?")
            return None
        except (AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError) as error:
            # A third party's driver, or a definition, that breaks at loading costs only its devices.
            self._error("driver_broken", "driver", driver=driver_id, reason=type(error).__name__)
            return None
        if spec is None:
            params = {"driver": driver_id}
            suggestion = nearest(driver_id, self.known.table.ids())
            if suggestion is not None:
                params["suggestion"] = suggestion
            self._error("unknown_driver", "driver", **params)
        return spec

    def _written_driver(self) -> str | None:
        spot = locate(self.node, ("driver",))
        return spot.node.text if spot.whole and isinstance(spot.node, Scalar) else None

    def _kind(self, entry: DeviceEntry, spec: DriverSpec) -> None:
        if entry.restore and spec.kind not in RESTORABLE:
            self._error("restore_not_allowed", "restore", kind=spec.kind)
        if entry.lock != "none" and spec.kind not in LOCKABLE:
            self._error("lock_not_allowed", "lock", kind=spec.kind)
        if entry.preview is not None and spec.kind != "camera":
            self._error("preview_not_allowed", "preview", kind=spec.kind)

    def _options(self, spec: DriverSpec) -> BaseModel | None:
        spot = locate(self.node, ("options",), self.place)
        node = spot.node if spot.whole else MappingNode(self.place, {})
        if isinstance(node, Broken | Scalar):
            return None  # reported with the entry itself
        options, problems = check(spec.settings, node, (*self.path, "options"), spot.key_place)
        self._sort(problems)
        return options

    def _endpoint(self, entry: DeviceEntry, spec: DriverSpec) -> str | None:
        name, link = self.id, entry.link
        place = self._at("link")
        if isinstance(link, str):
            name, place = link, self.known.link_places.get(link, place)
            link = self._named(link)
            if link is None:
                return None
        if not self._transport(link, spec):
            return None
        if link is not None and link.port is not None and link.port.path is not None:
            self._unstable(link.port.path, place)
        try:
            config, conflict = self.found.links.join(name, link, spec.defaults, place)
        except PortMissing:
            self._error("port_missing", "link", driver=spec.id)
            return None
        if conflict is not None:
            setting, first = conflict
            places = {"first": str(first), "second": str(self._at("link"))}
            self._error("link_conflict", "link", setting=setting, **places)
        return config.endpoint

    def _named(self, name: str) -> LinkEntry | None:
        found = self.known.links.get(name)
        if found is None and self.known.links_known:
            params = {"link": name}
            suggestion = nearest(name, self.known.links)
            if suggestion is not None:
                params["suggestion"] = suggestion
            self._error("unknown_link", "link", **params)
        return found

    def _transport(self, link: LinkEntry | None, spec: DriverSpec) -> bool:
        allowed = ", ".join(sorted(spec.transports - {"memory"}))
        if link is None:
            if "mqtt" not in spec.transports:
                self._error("link_missing", allowed=allowed)
                return False
            if not self.known.has_broker:
                self._error("no_broker")
                return False
            return True
        if link.transport not in spec.transports:
            transport = link.transport
            self._error("wrong_transport", "link", transport=transport, allowed=allowed)
            return False
        return True

    def _unstable(self, path: str, place: Place) -> None:
        if not _UNSTABLE.match(path):
            return
        stable = self.known.stable_name(path)
        params = {"path": path} if stable is None else {"path": path, "stable": stable}
        code = "unstable_port" if stable is None else "unstable_port_named"
        problem = Problem(place, (*self.path, "link"), code, params, "warning")
        self.found.warnings.append(problem)


def stable_name(path: str, folder: Path = Path("/dev/serial/by-id")) -> str | None:
    """Return the name in `/dev/serial/by-id` that leads to the device file `path` just now.

    Or None.
    """
    try:
        links = sorted(folder.iterdir())
    except OSError:
        return None
    target = Path(path).resolve()
    return next((link.name for link in links if link.resolve() == target), None)


def _beginnings(device_id: str) -> list[str]:
    parts = device_id.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
