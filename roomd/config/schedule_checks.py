"""Schedules, occupancy and triggers against the room: unknown scenes and points, and motion that nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from drivers.commands import CommandSpec, RetryClass
from drivers.outline import Outline
from roomd.config.known_keys import nearest
from roomd.config.models import RoomFile
from roomd.config.models.scenes import Scene, Step, walk
from roomd.config.nodes import Node, locate
from roomd.config.places import KeyPath, PathPart, Problem
from roomd.config.references import References, Wrong
from roomd.config.wishes import NoCommand, commands_for

Loc = tuple[PathPart, ...]
NEVER_UNATTENDED = frozenset({"lift"})
"""Kinds that the built-in rule keeps still while nobody attends."""


def check_unattended(file: RoomFile, root: Node, known: References) -> list[Problem]:
    """Return everything that is wrong with what starts scenes without a person, each at its place.

    Args:
        file: the room file.
        root: the tree it was read from, for places.
        known: what the room has.
    """
    checker = _Checker(file.scenes, root, known)
    for index, schedule in enumerate(file.schedules):
        loc: Loc = ("schedules", index)
        if checker.scene((*loc, "scene"), schedule.scene):
            checker.still((*loc, "scene"), schedule.scene, "unattended_motion", _never)
            if schedule.catch_up == "run_once":
                checker.still((*loc, "catch_up"), schedule.scene, "catch_up_motion", _any)
    for index, trigger in enumerate(file.triggers):
        loc = ("triggers", index)
        for path, need in trigger.when.items():
            checker.add((*loc, "when", path), known.condition(path, need))
        if checker.scene((*loc, "scene"), trigger.scene):
            checker.still((*loc, "scene"), trigger.scene, "trigger_motion", _any)
    if file.occupancy is not None:
        for index, path in enumerate(file.occupancy.from_):
            checker.presence(("occupancy", "from", index), path)
        if checker.scene(("occupancy", "scene"), file.occupancy.scene):
            checker.still(("occupancy", "scene"), file.occupancy.scene, "unattended_motion", _never)
    return checker.problems


def _never(kind: str) -> bool:
    return kind in NEVER_UNATTENDED


def _any(_kind: str) -> bool:
    return True


class _Checker:
    def __init__(self, scenes: Mapping[str, Scene], root: Node, known: References) -> None:
        self.scenes = scenes
        self.root = root
        self.known = known
        self.problems: list[Problem] = []

    def add(self, loc: Loc, wrong: Wrong | None) -> None:
        """Note what is wrong at `loc`, a path below the top level."""
        if wrong is not None:
            spot = locate(self.root, loc)
            path: KeyPath = spot.path
            place = spot.node.place if spot.whole else spot.key_place
            self.problems.append(Problem(place, path, *wrong))

    def scene(self, loc: Loc, name: str) -> bool:
        """Note a scene that does not exist; return whether it does."""
        if name in self.scenes:
            return True
        params: dict[str, Any] = {"scene": name}
        suggestion = nearest(name, self.scenes)
        if suggestion is not None:
            params["suggestion"] = suggestion
        self.add(loc, ("unknown_scene", params))
        return False

    def presence(self, loc: Loc, path: str) -> None:
        """Note a point that does not exist, or whose values say nothing of presence."""
        device = self.known.device_of(path)
        shape = None if device is None else self.known.outline(device)
        point = None if shape is None else shape.point(path.removeprefix(f"{device}."))
        if point is not None:
            if point.type not in {"bool", "int", "number"}:
                self.add(loc, ("not_presence", {"point": path}))
        elif device is None or shape is not None:
            self.add(loc, self.known.condition(path, need=True))

    def still(self, loc: Loc, scene: str, code: str, minds: Callable[[str], bool]) -> None:
        """Note the first device of a kind that is minded which the scene moves."""
        for device, kind in _moved(scene, self.scenes, self.known):
            if minds(kind):
                self.add(loc, (code, {"scene": scene, "device": device}))
                return


def _moved(name: str, scenes: Mapping[str, Scene], known: References) -> Iterator[tuple[str, str]]:
    """Return the devices, each with its kind, that a scene may set in motion."""
    for step in _steps(name, scenes, frozenset()):
        for device, outline in _outlines(step, known):
            if any(_moves(spec) for spec in _commands(step, device, outline, known)):
                yield device, outline.kind


def _steps(name: str, scenes: Mapping[str, Scene], above: frozenset[str]) -> Iterator[Step]:
    scene = scenes.get(name)
    if scene is None or name in above:
        return
    for step in (*walk(scene.steps), *walk(scene.undo)):
        yield step
        if step.scene is not None:
            yield from _steps(step.scene, scenes, above | {name})


def _outlines(step: Step, known: References) -> Iterator[tuple[str, Outline]]:
    names = [*(step.set or {}), *([] if step.device is None else [step.device])]
    for device in (d for name in names for d in known.members(name)):
        outline = known.outline(device)
        if outline is not None:
            yield device, outline


def _commands(step: Step, device: str, outline: Outline, known: References) -> list[CommandSpec]:
    """Return the commands that a step gives to a device, its `stop` left out."""
    names = [] if step.command in {None, "stop"} else [str(step.command)]
    for name, wishes in (step.set or {}).items():
        if device in known.members(name):
            try:
                names += [do.command for do in commands_for(outline, wishes)]
            except NoCommand:
                continue  # scene_checks says so
    return [outline.commands[name] for name in names if name in outline.commands]


def _moves(spec: CommandSpec) -> bool:
    return spec.run is not None or spec.retry is RetryClass.MOTION
