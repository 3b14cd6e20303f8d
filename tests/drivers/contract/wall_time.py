"""Where a module tells or waits for real time, which drivers leave to their clock."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from tests.drivers.contract.exempt import device_of, of_this_repository
from tests.drivers.contract.subjects import subjects

ROOT = Path(__file__).parents[3]
FORBIDDEN = {
    "asyncio": {"sleep", "timeout", "timeout_at", "wait_for"},
    "time": {"sleep", "monotonic", "time", "perf_counter"},
    "loop": {"call_later", "call_at", "time"},
}
ALLOWED: dict[str, str] = {}
"""Module -> why it may all the same."""


def driver_modules() -> list[str]:
    """Return the modules of all families that devices come from, as paths in the repository."""
    families = {
        Path(inspect.getfile(type(device_of(subject)))).parent
        for subject in subjects()
        if subject.driver in of_this_repository()
    }
    return sorted(str(p.relative_to(ROOT)) for family in families for p in family.rglob("*.py"))


def real_time(source: str) -> list[str]:
    """Return the places, as line and name."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if name in FORBIDDEN.get(
                owner, ()
            ):
                found.append(f"{node.lineno}: {owner}.{name}")
            case ast.Attribute(
                value=ast.Call(func=ast.Attribute(attr="get_running_loop")), attr=name
            ) if name in FORBIDDEN["loop"]:
                found.append(f"{node.lineno}: loop.{name}")
            case ast.ImportFrom(module="time" | "asyncio" as module, names=names):
                taken = {alias.name for alias in names} & FORBIDDEN[module]
                found += [f"{node.lineno}: {module}.{name}" for name in sorted(taken)]
            case _:
                pass
    return found
