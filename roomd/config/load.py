"""`load(path)`: one room file becomes a room, or every reason why not, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from drivers import registry
from roomd.config.checking import check
from roomd.config.device_checks import Devices, Surroundings, check_devices, stable_name
from roomd.config.document import Document, read_document
from roomd.config.driver_table import DriverTable
from roomd.config.migrate import migrated
from roomd.config.models import RoomFile, Words
from roomd.config.nodes import Broken, Node
from roomd.config.nodes import Mapping as MappingNode
from roomd.config.places import Place, Problem, in_order
from roomd.config.plan_checks import check_plan
from roomd.config.references import References
from roomd.config.room import LoadResult, Room
from roomd.config.rule_checks import check_rules
from roomd.config.scene_checks import check_scenes
from roomd.config.schedule_checks import check_unattended
from roomd.config.secrets import Secrets
from roomd.config.site_drivers import site_drivers
from roomd.config.top_level import split, zone_problems
from roomd.config.twins import twins

REGISTRY = DriverTable(registry.find, registry.ids)


def load(
    path: Path,
    *,
    data: Path | None = None,
    beside: Path | None = None,
    text: bytes | None = None,
    table: DriverTable = REGISTRY,
    environment: Mapping[str, str] | None = None,
    stable: Callable[[str], str | None] = stable_name,
) -> LoadResult:
    """Read and check a room file. Never raises for what stands in it, or when it is missing.

    Args:
        path: the room file.
        beside: the folder of the room file that people edit, when `path` is a kept copy of it: its
            `secrets.yaml` and its `drivers/` count.
        text: what is read in the place of the file's own bytes, to check it before it is saved.
        data: the daemon's data folder, where `secrets.yaml` may stand when it is not beside the
        room file.
        table: where drivers are looked up.
        environment: for `!env` and systemd's credentials; None means the process's own.
        stable: finds the lasting name of a serial port.
    """
    folders = tuple(folder for folder in (beside or path.parent, data) if folder is not None)
    document = read_document(path, Secrets(folders, environment), text)
    site = site_drivers(beside or path.parent)
    document.problems.extend(site.warnings)
    return _Loading(document, site.over(table), stable).run()


class _Loading:
    def __init__(
        self, document: Document, table: DriverTable, stable: Callable[[str], str | None]
    ) -> None:
        self.document = document
        self.table = table
        self.stable = stable
        self.fatal: list[Problem] = []
        self.warnings: list[Problem] = []
        self.by_device: dict[str, list[Problem]] = {}
        self.found = Devices()
        self.contact: Words | None = None
        for problem in document.problems:
            self._file_under(problem)

    def run(self) -> LoadResult:
        root = self.document.root
        room = None
        if isinstance(root, MappingNode):
            room = self._room(migrated(root))
        elif root is not None and not isinstance(root, Broken):
            self.fatal.append(Problem(root.place, (), "expected_mapping"))
        return self._result(room)

    def _file_under(self, problem: Problem) -> None:
        """Sort what was wrong at reading.

        Inside one device entry, in the plan, or anywhere else.
        """
        path = problem.path
        if path[:1] == ("devices",) and len(path) > 2:
            self.by_device.setdefault(str(path[1]), []).append(problem)
        elif path[:1] == ("plan",) and len(path) > 1:
            self._add([problem.softened()])
        else:
            self._add([problem])

    def _add(self, problems: list[Problem]) -> None:
        self.fatal.extend(p for p in problems if p.severity == "error")
        self.warnings.extend(p for p in problems if p.severity == "warning")

    def _room(self, root: MappingNode) -> Room | None:
        parts = split(root)
        self._add(parts.problems)
        file, problems = check(RoomFile, parts.rest, (), parts.rest.place)
        self._add(problems)
        self.contact = _contact(parts.rest)
        self._devices(parts.devices, parts.rest, file)
        known = self.found.built.keys() | self.found.broken.keys()
        plan, no_plan, problems = check_plan(parts.plan, known)
        self._add(problems)
        if file is None:
            return None
        self._add(zone_problems(parts.rest, file, known))
        self._references(file, parts.rest)
        if len(known) > file.limits.devices:
            params = {"limit": file.limits.devices}
            place = root.entries["devices"].key_place
            self._add([Problem(place, ("devices",), "too_many_devices", params)])
        if self.fatal:
            return None
        used = {device.endpoint for device in self.found.built.values()}
        links = {key: link for key, link in self.found.links.configs.items() if key in used}
        return Room(
            file=file,
            devices=self.found.built,
            broken=self.found.broken,
            links=links,
            plan=plan,
            no_plan=no_plan,
            sha256=self.document.sha256,
        )

    def _references(self, file: RoomFile, rest: MappingNode) -> None:
        """Check what rules, scenes, and what starts scenes, name; the devices stand by now."""
        starts = file.schedules or file.triggers or file.occupancy is not None
        if not file.rules and not file.scenes and not starts:
            return
        zones = {zone_id: zone.devices for zone_id, zone in file.zones.items()}
        known = References(self.found.built, self.found.broken, zones)
        nodes = {key: entry.node for key, entry in rest.entries.items()}
        self._add(check_rules(file.rules, nodes.get("rules"), known))
        self._add(check_scenes(file.scenes, nodes.get("scenes"), known))
        self._add(check_unattended(file, rest, known))

    def _devices(self, node: Node | None, rest: MappingNode, file: RoomFile | None) -> None:
        if node is None or isinstance(node, Broken):
            return
        if not isinstance(node, MappingNode):
            self._add([Problem(node.place, ("devices",), "expected_mapping")])
            return
        # With the top level broken, device entries are still looked at, so that all is said at
        # once.
        around = Surroundings(
            self.table,
            {} if file is None else file.links,
            _places(rest, "links"),
            has_broker=file is None or file.broker is not None,
            links_known=file is not None,
            stable_name=self.stable,
        )
        self.found = check_devices(node, around, self.by_device)
        self.warnings.extend([*self.found.warnings, *twins(self.found.built)])

    def _result(self, room: Room | None) -> LoadResult:
        broken = {key: device.problems for key, device in self.found.broken.items()}
        told = [problem for problems in broken.values() for problem in problems]
        if not broken:
            told = [problem for problems in self.by_device.values() for problem in problems]
        document = self.document
        files = {label: document.files[path] for label, path in document.labels.items()}
        return LoadResult(
            room=room,
            misconfigured=broken,
            errors=in_order([*self.fatal, *told]),
            warnings=in_order(self.warnings),
            files=files,
            sha256=document.sha256,
            contact=self.contact,
        )


def _contact(rest: MappingNode) -> Words | None:
    entry = rest.entries.get("contact")
    return None if entry is None else check(Words, entry.node, ("contact",), entry.key_place)[0]


def _places(root: MappingNode, key: str) -> dict[str, Place]:
    entry = root.entries.get(key)
    if entry is None or not isinstance(entry.node, MappingNode):
        return {}
    return {name: below.key_place for name, below in entry.node.entries.items()}
