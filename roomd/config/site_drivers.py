"""A site's own definitions: `drivers/*.yaml` beside its room file. An equal id wins over one that ships."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from drivers import declarative
from drivers.declarative.problems import DefinitionError
from drivers.spec import DriverSpec
from roomd.config.driver_table import DriverTable
from roomd.config.places import Place, Problem

FOLDER = "drivers"
MAX_FILES = 256


@dataclass(slots=True)
class SiteDrivers:
    """What stands in the folder."""

    specs: dict[str, DriverSpec] = field(default_factory=dict[str, DriverSpec])
    versions: dict[str, str] = field(default_factory=dict[str, str])
    """Id -> SHA-256 of its file, so that a reload notices a changed one."""
    warnings: list[Problem] = field(default_factory=list[Problem])
    """A broken definition costs only the devices that use it."""

    def over(self, table: DriverTable) -> DriverTable:
        """Return `table` with these drivers in front."""
        return DriverTable(
            lambda driver_id: self.specs.get(driver_id) or table.find(driver_id),
            lambda: sorted({*self.specs, *table.ids()}),
            self.versions,
        )


def site_drivers(folder: Path) -> SiteDrivers:
    """Read the definitions in `drivers/` below `folder`; none where there is no such folder."""
    found = SiteDrivers()
    for path in sorted((folder / FOLDER).glob("*.yaml"))[:MAX_FILES]:
        try:
            spec = declarative.driver_spec(path)
            found.specs[spec.id] = spec
            found.versions[spec.id] = hashlib.sha256(path.read_bytes()).hexdigest()
        except DefinitionError as error:
            found.warnings.extend(_told(error))
        except OSError:
            params = {"name": path.name}
            at = Place(str(path), 1, 1)
            found.warnings.append(Problem(at, (FOLDER,), "file_denied", params, "warning"))
    return found


def _told(error: DefinitionError) -> list[Problem]:
    return [
        Problem(
            Place(one.place.file, one.place.line, one.place.column, one.place.length),
            one.path,
            "definition_broken",
            {"reason": {"zh": one.words("zh"), "en": one.words("en")}},
            "warning",
        )
        for one in error.problems
    ]
