"""Name -> driver: an explicit table. Families are imported when they are first asked for.

Third parties join by the entry point group `roomd.drivers`; each entry point gives a `DriverSpec`. A declarative
definition of the same id as a built-in driver wins, so a site can mend one.
"""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points

import structlog

from drivers.spec import DriverSpec

log = structlog.stdlib.get_logger(__name__)

BUILT_IN: dict[str, str] = {
    "artnet": "drivers.artnet:ARTNET",
    "modbus_relay": "drivers.modbus:RELAY",
    "mqtt_contact": "drivers.mqtt_sensor:CONTACT",
    "mqtt_sensor": "drivers.mqtt_sensor:SENSOR",
    "pjlink": "drivers.pjlink:DRIVER",
    "sacn": "drivers.artnet:SACN",
    "samsung_mdc": "drivers.samsung_mdc:DRIVER",
    "sequencer": "drivers.modbus:SEQUENCER",
    "tasmota": "drivers.tasmota:LIGHT",
    "tasmota_relay": "drivers.tasmota:RELAY",
    "template": "drivers._template:DRIVER",
    "visca": "drivers.visca:DRIVER",
    "zigbee2mqtt": "drivers.zigbee2mqtt:DRIVER",
}
"""Driver id -> where its `DriverSpec` stands."""

_loaded: dict[str, DriverSpec] = {}
_site: dict[str, DriverSpec] = {}


def find(driver_id: str) -> DriverSpec | None:
    """Return the driver of that id, or None."""
    if driver_id in _site:
        return _site[driver_id]
    if driver_id not in _loaded:
        spec = _load(driver_id)
        if spec is None:
            return None
        _loaded[driver_id] = spec
    return _loaded[driver_id]


def ids() -> list[str]:
    """Return the ids of all drivers, sorted."""
    from drivers import declarative  # YAML reading is not needed by every start

    return sorted({*BUILT_IN, *declarative.definitions(), *_site, *_third_party()})


def origin(driver_id: str) -> str:
    """Return where a driver comes from: `site`, `built-in`, `definition` or `entry point`."""
    if driver_id in _site:
        return "site"
    if driver_id in BUILT_IN:
        return "built-in"
    return "entry point" if driver_id in _third_party() else "definition"


def add_site(specs: dict[str, DriverSpec]) -> None:
    """Use a site's own definitions; an equal id wins over a built-in one. Replaces those added before."""
    _site.clear()
    _site.update(specs)


def _load(driver_id: str) -> DriverSpec | None:
    place = BUILT_IN.get(driver_id)
    if place is not None:
        module, _, name = place.partition(":")
        spec: DriverSpec = getattr(importlib.import_module(module), name)
        return spec
    from drivers import declarative  # as above

    path = declarative.definitions().get(driver_id)
    if path is not None:
        return declarative.driver_spec(path)
    return _third_party().get(driver_id)


def _third_party() -> dict[str, DriverSpec]:
    found: dict[str, DriverSpec] = {}
    for entry in entry_points(group="roomd.drivers"):
        try:
            spec = entry.load()
        except Exception:
            # Somebody else's package: the room goes on without it.
            log.exception("driver.not_loaded", driver=entry.name, place=entry.value)
            continue
        if isinstance(spec, DriverSpec):
            found[spec.id] = spec
    return found
