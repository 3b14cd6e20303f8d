"""configs/roomd.schema.json: the room file for editors, each driver's options included."""

from __future__ import annotations

from drivers import registry
from roomd.config.schema import room_schema_text


def text(_current: str) -> str:
    """Return the schema with the drivers that are registered without a site's own."""
    found = (registry.find(name) for name in registry.ids())
    return room_schema_text(spec for spec in found if spec is not None)
