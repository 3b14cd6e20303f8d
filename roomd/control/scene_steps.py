"""What a scene comes to in this room: which devices a step touches, which commands `set:` means, what is there already.

Reads, decides, does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.outline import Outline
from drivers.points import Quality
from roomd.config.models.scenes import Scene, Step
from roomd.config.wishes import Do, NoCommand, commands_for
from roomd.control.conditions import View
from roomd.control.room import RoomDevice, Zone

THERE = frozenset({Quality.CONFIRMED, Quality.OBSERVED})
"""What is there with this quality is not set again; what is only assumed is."""
RESTORABLE = frozenset(
    {"light", "light_group", "climate", "mixer", "display", "projector", "matrix"}
)
"""Kinds whose confirmed points an automatic undo, and `learn`, put back."""
RESTORED = frozenset({"power", "level", "cct", "mute", "input", "mode", "target", "fan"})
"""Points that are put back; of mixers and matrices every channel's."""


@dataclass(frozen=True)
class Room:
    """What steps are read against."""

    devices: Mapping[str, RoomDevice]
    zones: Mapping[str, Zone]
    scenes: Mapping[str, Scene]
    view: View

    def members(self, name: str) -> tuple[str, ...]:
        """Return the devices of a zone that are there, or the device itself."""
        zone = self.zones.get(name)
        return (name,) if zone is None else tuple(d for d in zone.devices if d in self.devices)

    def outline(self, device: str) -> Outline | None:
        """Return points and commands of a device."""
        found = self.devices.get(device)
        if found is None:
            return None
        motion = None if found.device is None else found.device.motion
        return Outline(found.kind, {p.name: p for p in found.points}, found.commands, motion)

    def moves(self, device: str, command: str) -> str | None:
        """Return `hold` or `tap` where the command moves something, else None."""
        found = self.devices.get(device)
        spec = None if found is None else found.commands.get(command)
        return None if found is None or spec is None else found.run_of(spec)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One command of one device that a step means."""

    device: str
    command: str
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    there: bool = False
    """It is so already: nothing needs to be sent."""


def leaves(room: Room, step: Step) -> list[Leaf]:
    """Return the commands of a `set` or `command` step, in the order in which they are to be given.

    Raises:
        NoCommand: nothing in this room makes a point so.
    """
    if step.command is not None and step.device is not None:
        return [Leaf(step.device, step.command, dict(step.args))]
    found: list[Leaf] = []
    for name, wishes in (step.set or {}).items():
        for device in room.members(name):
            outline = room.outline(device)
            if outline is None or (outline.commands == {} and outline.points == {}):
                found.append(Leaf(device, "set", dict(wishes)))  # misconfigured: dispatch says so
                continue
            mine = {
                p: v
                for p, v in wishes.items()
                if len(room.members(name)) == 1 or p in outline.points
            }
            found += [
                Leaf(device, do.command, do.args, _there(room, device, do, mine))
                for do in commands_for(outline, mine)
            ]
    return found


def _there(room: Room, device: str, do: Do, wishes: Mapping[str, Any]) -> bool:
    for name in do.points:
        point = room.view.get(f"{device}.{name}")
        if (
            point is None
            or point.pending
            or point.quality not in THERE
            or point.value != wishes[name]
        ):
            return False
    return True


def touched(room: Room, step: Step) -> frozenset[str]:
    """Return the devices that a step touches, nested ones included; they keep the order of the file."""
    found: set[str] = set()
    for one in _every(room, step, frozenset()):
        names = [*(one.set or {}), *([one.device] if one.device is not None else [])]
        found.update(d for name in names for d in room.members(name))
    return frozenset(found)


def _every(room: Room, step: Step, above: frozenset[str]) -> Iterator[Step]:
    yield step
    inner = [*(step.seq or ()), *(step.par or ()), *step.then, *step.else_]
    if step.scene is not None and step.scene in room.scenes and step.scene not in above:
        inner += room.scenes[step.scene].steps
        above |= {step.scene}
    for below in inner:
        yield from _every(room, below, above)


def count(room: Room, steps: list[Step]) -> int:
    """Return how many results a run of these steps can have: the total of a progress bar."""
    total = 0
    for step in steps:
        for one in _every(room, step, frozenset()):
            if one.form in {"set", "command", "wait"}:
                total += len(one.set or ()) or 1
    return total


def moving(room: Room, steps: list[Step]) -> bool:
    """Return whether a run of these steps may move something."""
    return any(_moves(room, one) for step in steps for one in _every(room, step, frozenset()))


def _moves(room: Room, step: Step) -> bool:
    try:
        meant = leaves(room, step)
    except NoCommand:
        return False
    return any(
        room.moves(device, leaf.command) is not None
        for leaf in meant
        for device in room.members(leaf.device)
    )


def state_to_restore(room: Room, devices: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Return device -> point -> value, of what is confirmed now and can be set again. Never motion."""
    found: dict[str, dict[str, Any]] = {}
    for device in sorted(devices):
        outline = room.outline(device)
        if outline is None or outline.kind not in RESTORABLE:
            continue
        points = _settable(room, device, outline)
        if points:
            found[device] = points
    return found


def _settable(room: Room, device: str, outline: Outline) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in outline.points:
        if name.rpartition(".")[2] not in RESTORED:
            continue
        point = room.view.get(f"{device}.{name}")
        if point is None or point.quality not in THERE or point.value is None:
            continue
        try:
            commands_for(outline, {name: point.value})
        except ValueError:
            continue
        found[name] = point.value
    if found.get("power") in (False, "off"):
        return {"power": found["power"]}  # what is off has no level worth keeping
    return found
