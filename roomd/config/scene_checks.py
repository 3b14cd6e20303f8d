"""Scenes against the room: unknown names and values, circles, limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from roomd.config.models.scenes import Scene, Step, depth, walk
from roomd.config.nodes import Node, locate
from roomd.config.places import KeyPath, PathPart, Problem
from roomd.config.references import References, Wrong
from roomd.config.wishes import NoCommand, commands_for

MAX_STEPS = 200
MAX_DEPTH = 8
Loc = tuple[PathPart, ...]


def check_scenes(
    scenes: Mapping[str, Scene], node: Node | None, known: References
) -> list[Problem]:
    """Return everything that is wrong with the scenes of a room, each at its place."""
    if node is None:
        return []
    checker = _Checker(scenes, node, known)
    for name, scene in scenes.items():
        checker.scene(name, scene)
    return checker.problems


class _Checker:
    def __init__(self, scenes: Mapping[str, Scene], node: Node, known: References) -> None:
        self.scenes = scenes
        self.node = node
        self.known = known
        self.problems: list[Problem] = []

    def add(self, loc: Loc, wrong: Wrong | None) -> None:
        """Note what is wrong at `loc`, a path below `scenes`."""
        if wrong is not None:
            spot = locate(self.node, loc)
            path: KeyPath = ("scenes", *spot.path)
            place = spot.node.place if spot.whole else spot.key_place
            self.problems.append(Problem(place, path, *wrong))

    def scene(self, name: str, scene: Scene) -> None:
        """Check one scene."""
        for part, steps in (("steps", scene.steps), ("undo", scene.undo)):
            if len(walk(steps)) > MAX_STEPS:
                self.add((name, part), ("too_many_steps", {"limit": MAX_STEPS}))
            if depth(steps) > MAX_DEPTH:
                self.add((name, part), ("too_deep", {"limit": MAX_DEPTH}))
            self._ids(name, part, steps)
            for loc, step in _placed((name, part), steps):
                self._step(loc, step)
        if self._calls_itself(name, frozenset()):
            self.add((name,), ("scene_circle", {"scene": name}))

    def _ids(self, name: str, part: str, steps: list[Step]) -> None:
        ids: dict[str, Loc] = {}
        for loc, step in _placed((name, part), steps):
            if step.id is not None and step.id in ids:
                self.add((*loc, "id"), ("step_twice", {"id": step.id}))
            if step.id is not None:
                ids.setdefault(step.id, loc)
        for loc, step in _placed((name, part), steps):
            for wanted in step.after:
                if wanted not in ids:
                    self.add((*loc, "after"), ("unknown_step", {"step": wanted}))
                elif _inside(ids[wanted], loc) or _inside(loc, ids[wanted]):
                    self.add((*loc, "after"), ("step_circle", {"step": wanted}))
        if _waits_in_circle(steps):
            self.add((name, part), ("step_circle", {"step": name}))

    def _step(self, loc: Loc, step: Step) -> None:
        for device, wishes in (step.set or {}).items():
            wrong = self.known.device(device)
            self.add((*loc, "set", device), wrong)
            if wrong is None:
                self._wishes((*loc, "set", device), device, wishes)
        if step.device is not None and step.command is not None:
            wrong = self.known.device(step.device)
            self.add((*loc, "device"), wrong)
            if wrong is None:
                self.add(
                    (*loc, "command"), self.known.command(step.device, step.command, step.args)
                )
        for path, need in (step.wait or {}).items():
            self.add((*loc, "wait", path), self.known.condition(path, need))
        if step.if_ is not None:
            groups = [((*loc, "if"), step.if_.all)]
            groups += [((*loc, "if", "any", n), group) for n, group in enumerate(step.if_.any)]
            for place, group in groups:
                for path, need in group.items():
                    self.add((*place, path), self.known.condition(path, need))
        if step.scene is not None and step.scene not in self.scenes:
            self.add((*loc, "scene"), ("unknown_scene", {"scene": step.scene}))

    def _wishes(self, loc: Loc, device: str, wishes: Mapping[str, object]) -> None:
        members = [
            o for d in self.known.members(device) if (o := self.known.outline(d)) is not None
        ]
        if not members:
            return
        wrong: Wrong | None = None
        for member in members:
            try:
                commands_for(member, wishes)
            except NoCommand as problem:
                wrong = wrong or (problem.code, {"device": device, **problem.params})
            else:
                return
        self.add(loc, wrong)

    def _calls_itself(self, name: str, above: frozenset[str]) -> bool:
        if name in above:
            return True
        scene = self.scenes.get(name)
        if scene is None:
            return False
        called = {s.scene for s in (*walk(scene.steps), *walk(scene.undo)) if s.scene is not None}
        return any(self._calls_itself(inner, above | {name}) for inner in called)


def _placed(loc: Loc, steps: list[Step]) -> Iterator[tuple[Loc, Step]]:
    """Return each step with its path, nested ones included."""
    for index, step in enumerate(steps):
        here = (*loc, index)
        yield here, step
        for key, inner in (
            ("seq", step.seq),
            ("par", step.par),
            ("then", step.then),
            ("else", step.else_),
        ):
            yield from _placed((*here, key), inner or [])


def _inside(outer: Loc, inner: Loc) -> bool:
    return inner[: len(outer)] == outer


def _waits_in_circle(steps: list[Step]) -> bool:
    waits = {s.id: set(s.after) for s in walk(steps) if s.id is not None}
    while waits:
        free = [step for step, others in waits.items() if not others & waits.keys()]
        if not free:
            return True
        for step in free:
            del waits[step]
    return False
