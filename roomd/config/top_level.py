"""The top level of a room file: what this version knows, and what belongs to later ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from roomd.config.known_keys import nearest
from roomd.config.models import RoomFile
from roomd.config.nodes import Entry, Node, locate
from roomd.config.nodes import Mapping as MappingNode
from roomd.config.places import Place, Problem

LATER = frozenset(
    {
        "archive",
        "cast",
        "device_networks",
        "sound",
    }
)
"""Keys of later versions that are passed over with a warning."""


@dataclass(slots=True)
class Parts:
    """The top level, taken apart: what is checked together, and what is checked by itself."""

    rest: MappingNode
    devices: Node | None = None
    plan: Entry | None = None
    problems: list[Problem] = field(default_factory=list[Problem])


def split(root: MappingNode) -> Parts:
    """Take the top level apart."""
    parts = Parts(MappingNode(root.place, {}))
    for key, entry in root.entries.items():
        if key == "devices":
            parts.devices = entry.node
        elif key == "plan":
            parts.plan = entry
        elif key in LATER:
            parts.problems.append(_later(key, entry.key_place).softened())
        else:
            parts.rest.entries[key] = entry
    return parts


def _later(key: str, place: Place) -> Problem:
    return Problem(place, (key,), "not_in_this_version", {"key": key})


def zone_problems(rest: MappingNode, file: RoomFile, known: Collection[str]) -> list[Problem]:
    """Return an error for each device of a zone that does not exist."""
    found: list[Problem] = []
    for zone_id, zone in file.zones.items():
        for index, device in enumerate(zone.devices):
            if device not in known:
                path = ("zones", zone_id, "devices", index)
                place = locate(rest, path).node.place
                found.append(Problem(place, path, "unknown_device", named(device, known)))
    return found


def named(device: str, known: Collection[str]) -> dict[str, str]:
    """Return the parameters of `unknown_device`, with the id that may have been meant."""
    suggestion = nearest(device, known)
    return {"device": device} | ({} if suggestion is None else {"suggestion": suggestion})
