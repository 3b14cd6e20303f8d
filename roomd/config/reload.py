"""What a reload has to do: a pure plan from the room that runs to the one that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from roomd.config.meaning import device_meaning, link_meaning, simple
from roomd.config.room import LoadResult, Room


@dataclass(frozen=True, slots=True)
class Sorted:
    """Ids, each in one group, in the order of their file."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    untouched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReloadPlan:
    """What to take down, build and leave alone."""

    room: Room
    """The room to run: the new one, with the last good entry of each device that is broken now."""
    devices: Sorted
    """By device id. A device whose link changed is changed."""
    links: Sorted
    """By endpoint. What is untouched keeps its connection and loses no byte."""
    kept_back: tuple[str, ...]
    """Devices that are broken in the new file and go on with their old entry."""
    top_level: tuple[str, ...]
    """Keys of the top level whose meaning changed: `broker`, `web`, `language`, …"""

    @property
    def nothing(self) -> bool:
        """Tell whether both rooms mean the same."""
        groups = (self.devices, self.links)
        moved = any(group.added or group.removed or group.changed for group in groups)
        return not moved and not self.top_level


def plan_reload(running: Room, read: LoadResult) -> ReloadPlan | None:
    """Return the plan, or None where the new file has no usable room (the old one goes on)."""
    if read.room is None:
        return None
    room, kept_back = _with_last_good(running, read.room)
    links = _sorted(
        {key: link_meaning(link) for key, link in running.links.items()},
        {key: link_meaning(link) for key, link in room.links.items()},
    )
    rebuilt = {*links.changed, *_renewed(running, room)}
    devices = _sorted(
        {key: (device_meaning(device), False) for key, device in running.devices.items()},
        {
            key: (device_meaning(device), device.endpoint in rebuilt)
            for key, device in room.devices.items()
        },
    )
    return ReloadPlan(room, devices, links, kept_back, _top_level(running, room))


def _with_last_good(running: Room, read: Room) -> tuple[Room, tuple[str, ...]]:
    """Give each broken device its last good entry, unless its endpoint now has other settings."""
    devices, links = dict(read.devices), dict(read.links)
    kept: list[str] = []
    for device_id in read.broken:
        old = running.devices.get(device_id)
        if old is None:
            continue
        link = running.links[old.endpoint]
        if link_meaning(links.setdefault(old.endpoint, link)) == link_meaning(link):
            devices[device_id] = old
            kept.append(device_id)
    return replace(read, devices=devices, links=links), tuple(kept)


def _renewed(running: Room, room: Room) -> set[str]:
    """Return the endpoints that are rebuilt although their settings are equal.

    The broker's, when it moved.
    """
    if simple(running.file.broker) == simple(room.file.broker):
        return set()
    return {key for key, link in room.links.items() if link.transport == "mqtt"}


def _sorted(before: Mapping[str, object], after: Mapping[str, object]) -> Sorted:
    both = [key for key in after if key in before]
    return Sorted(
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
        changed=tuple(key for key in both if before[key] != after[key]),
        untouched=tuple(key for key in both if before[key] == after[key]),
    )


def _top_level(running: Room, room: Room) -> tuple[str, ...]:
    names = [n for n in type(room.file).model_fields if n not in {"devices", "links", "plan"}]
    found = [n for n in names if simple(getattr(running.file, n)) != simple(getattr(room.file, n))]
    if (simple(running.plan), running.no_plan) != (simple(room.plan), room.no_plan):
        found.append("plan")
    return tuple(found)
