"""What the shell offers at TAB: devices and commands of the running daemon; without one nothing, and quietly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

PATIENCE = 1.0
"""Seconds that somebody who pressed TAB waits."""


def devices(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of devices that begin so."""
    return sorted(d for d in _room(ctx) if d.startswith(incomplete))


def commands(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the commands of the device that was named before."""
    found = _room(ctx).get(str(ctx.params.get("device")), {})
    return sorted(c for c in found.get("commands", {}) if c.startswith(incomplete))


def drivers(incomplete: str) -> list[str]:
    """Return the ids of drivers that begin so."""
    from drivers import registry

    return sorted(d for d in registry.ids() if d.startswith(incomplete))


def _room(ctx: typer.Context) -> dict[str, Any]:
    from roomd.cli.client import Unanswered, attempt, request

    data = ctx.params.get("data")
    folder = data if isinstance(data, Path) else None
    try:
        _, room = attempt(folder, lambda s: request(s, "GET", "/room"), within=PATIENCE)
    except Unanswered:
        return {}
    return {d["id"]: d for d in room.get("devices", ())}
