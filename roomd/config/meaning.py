"""What a configuration means, without how it is written, and without secrets.

For reload and `diff`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from pydantic import BaseModel, SecretStr

from roomd.config.places import KeyPath, dotted
from roomd.config.room import DeviceConfig, LinkConfig, Room

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two configurations disagree on."""

    path: str
    change: Change
    before: Any = None
    after: Any = None


def device_meaning(device: DeviceConfig) -> Any:
    """Return all that a device is built from, its link left out.

    Two equal ones are the same device.
    """
    entry = simple(device.entry.model_dump(by_alias=True, exclude={"link", "options"}))
    return {
        "driver": device.spec.id,
        "driver_version": device.driver_version,
        "endpoint": device.endpoint,
        "options": simple(device.options),
        **entry,
    }


def link_meaning(link: LinkConfig) -> Any:
    """Return the settings of a link without its name."""
    return {key: simple(value) for key, value in asdict(link).items() if key != "id"}


def room_meaning(room: Room) -> Any:
    """Return the whole room as plain values, secrets as fingerprints."""
    rest = room.file.model_dump(by_alias=True, exclude={"devices", "links", "plan"})
    return {
        **simple(rest),
        "plan": "none" if room.no_plan else simple(room.plan),
        "links": {key: link_meaning(link) for key, link in room.links.items()},
        "devices": {key: device_meaning(device) for key, device in room.devices.items()},
    }


def differences(before: Room, after: Room) -> list[Difference]:
    """Return what differs in meaning, sorted by path. Secrets show as fingerprints only."""
    one = dict(_flat(room_meaning(before), ()))
    two = dict(_flat(room_meaning(after), ()))
    found: list[Difference] = []
    for path in sorted(one.keys() | two.keys()):
        if path not in one:
            found.append(Difference(path, "added", after=two[path]))
        elif path not in two:
            found.append(Difference(path, "removed", before=one[path]))
        elif one[path] != two[path]:
            found.append(Difference(path, "changed", one[path], two[path]))
    return found


def simple(value: Any) -> Any:
    """Return a value as dicts, lists and plain values; a secret becomes a fingerprint of it."""
    if isinstance(value, SecretStr):
        # Enough to see that it changed, too little to find it: nobody gets the digest without the
        # file.
        digest = hashlib.sha256(b"roomd.diff\0" + value.get_secret_value().encode()).hexdigest()
        return f"secret:{digest[:8]}"
    if isinstance(value, BaseModel):
        return {name: simple(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        given = cast("Mapping[object, object]", value)
        return {str(key): simple(item) for key, item in given.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [simple(item) for item in cast("list[object]", value)]
    if value is None or isinstance(value, bool | int | float | str):
        return cast("Any", value)
    return str(value)


def _flat(value: Any, path: KeyPath) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        given = cast("dict[str, Any]", value)
        return [pair for key, item in given.items() for pair in _flat(item, (*path, key))]
    return [(dotted(path), value)]
