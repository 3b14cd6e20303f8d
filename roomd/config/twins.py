"""Two devices that answer to the same address on the same line: a copied entry, most likely."""

from __future__ import annotations

from collections.abc import Mapping

from roomd.config.meaning import simple
from roomd.config.places import Problem
from roomd.config.room import DeviceConfig


def twins(devices: Mapping[str, DeviceConfig]) -> list[Problem]:
    """Warn of each device that has driver, endpoint and options in common with an earlier one."""
    seen: dict[str, str] = {}
    found: list[Problem] = []
    for device in devices.values():
        key = repr((device.spec.id, device.endpoint, simple(device.options)))
        first = seen.setdefault(key, device.id)
        if first != device.id:
            path = ("devices", device.id)
            params = {"other": first}
            found.append(Problem(device.place, path, "same_address", params, "warning"))
    return found
