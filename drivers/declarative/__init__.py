"""Drivers from YAML, `roomd.driver/1`: one file gives device, simulator, settings and transcript tests."""

from __future__ import annotations

import functools
from pathlib import Path

from drivers.declarative.device import DeclarativeDevice
from drivers.declarative.plan import Plan, read_plan
from drivers.declarative.simulator import DeclarativeSimulator
from drivers.device import LinkDefaults, TransportName
from drivers.spec import DriverSpec

FOLDER = Path(__file__).parent / "definitions"
"""The definitions that ship."""


@functools.cache
def definitions() -> dict[str, Path]:
    """Return id -> file of the definitions that ship; the file is named after the id."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


def driver_spec(definition: Path) -> DriverSpec:
    """Return the driver that a definition file describes.

    Raises:
        DefinitionError: the file is no usable definition; every reason with file, line and column.
        OSError: the file cannot be read.
    """
    return spec_of(read_plan(definition))


def spec_of(plan: Plan) -> DriverSpec:
    """Return the driver of a definition that was read."""
    definition, link = plan.definition, plan.definition.link
    transports: set[TransportName] = {link.type, *link.also}
    return DriverSpec(
        id=definition.id,
        kind=definition.kind,
        name={"zh": definition.name.zh, "en": definition.name.en},
        transports=frozenset(transports),
        defaults=LinkDefaults(
            port=link.port, baud=link.baud, format=link.format, gap=link.gap, shared=link.shared
        ),
        settings=plan.settings,
        device=lambda device_id, settings, port: DeclarativeDevice(device_id, settings, port, plan),
        simulator=lambda settings, transport, clock: DeclarativeSimulator(
            settings, transport, clock, definition
        ),
    )


def load_folder(folder: Path) -> dict[str, DriverSpec]:
    """Return the drivers of a site's own definitions (`drivers/` beside its room file), by id.

    The caller gives them to `drivers.registry.add_site`, where an equal id wins over one that ships.

    Raises:
        DefinitionError: the first file that is no usable definition.
    """
    specs = (driver_spec(path) for path in sorted(folder.glob("*.yaml")))
    return {spec.id: spec for spec in specs}
