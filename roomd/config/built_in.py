"""Devices that every room has without an entry: what rules and scenes may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drivers.commands import CommandSpec
from drivers.outline import Outline
from drivers.points import PointSpec

MEETING: Final = "meeting"
BUILT_IN: Final[Mapping[str, Outline]] = {
    MEETING: Outline(
        MEETING,
        {"live": PointSpec("live", "bool")},
        {
            "start": CommandSpec("start", key="live", confirm={"live": True}),
            "end": CommandSpec("end", key="live", confirm={"live": False}, timeout=5.0),
        },
    )
}
"""Id -> what it can do. `meeting` is the room's meeting: what its end wipes stands in trust.md 13."""
