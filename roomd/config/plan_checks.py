"""`plan:` is only a picture: what is wrong with it is a warning, and the room starts."""

from __future__ import annotations

from collections.abc import Collection

from roomd.config.checking import check
from roomd.config.models.plan import Plan, contains
from roomd.config.nodes import Broken, Entry, Node, Scalar, locate
from roomd.config.places import KeyPath, Problem
from roomd.config.top_level import named


def check_plan(
    entry: Entry | None, known: Collection[str]
) -> tuple[Plan | None, bool, list[Problem]]:
    """Return the plan, whether none is wished (`plan: none`), and warnings."""
    if entry is None or isinstance(entry.node, Broken):
        return None, False, []
    if isinstance(entry.node, Scalar):
        if entry.node.text == "none":
            return None, True, []
        params = {"allowed": "none"}
        problem = Problem(entry.node.place, ("plan",), "not_one_of", params, "warning")
        return None, False, [problem]
    plan, problems = check(Plan, entry.node, ("plan",), entry.key_place)
    warnings = [problem.softened() for problem in problems]
    if plan is None:
        return None, False, warnings
    return plan, False, warnings + _devices(plan, entry.node, known)


def _devices(plan: Plan, node: Node, known: Collection[str]) -> list[Problem]:
    """Warn of devices that do not exist, and of those outside the outline: they go to the tray."""
    found: list[Problem] = []
    for device, spot in plan.devices.items():
        place = locate(node, ("devices", device)).key_place
        path: KeyPath = ("plan", "devices", device)
        if device not in known:
            params = named(device, known)
            found.append(Problem(place, path, "unknown_device", params, "warning"))
        if not all(contains(plan.outline, corner) for corner in spot.spots):
            params = {"device": device}
            found.append(Problem(place, path, "plan_outside", params, "warning"))
    for index, door in enumerate(plan.doors):
        if door.contact is not None and door.contact not in known:
            path = ("plan", "doors", index, "contact")
            place = locate(node, path[1:]).node.place
            params = named(door.contact, known)
            found.append(Problem(place, path, "unknown_device", params, "warning"))
    return found
