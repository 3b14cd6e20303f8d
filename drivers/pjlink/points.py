"""A projector's points, and what the setting `without` takes away. Data only."""

from __future__ import annotations

from drivers.pjlink.settings import PjlinkSettings
from drivers.points import PointSpec

POLL, POLL_GENTLY = "15s", "60s"
"""Period with and without `keep_open`; never below 10 s, asking often has crashed projectors. PJLINK-QUIRKS."""
COMMANDS = {
    "input": ("input",),
    "blank": ("blank",),
    "mute": ("mute",),
    "freeze": ("freeze",),
    "volume": ("volume_up", "volume_down"),
}
"""Part -> the commands that go with it."""


def points(settings: PjlinkSettings) -> tuple[PointSpec, ...]:
    """Return the points of a projector with these settings."""
    poll = POLL if settings.keep_open else POLL_GENTLY
    found = (
        PointSpec(
            "power",
            "enum",
            values=("off", "warming", "on", "cooling"),
            via=("warming", "cooling"),
            poll=poll,
        ),
        PointSpec("input", "enum", values=tuple(settings.names), poll=poll),
        PointSpec("blank", "bool", poll=poll),
        PointSpec("mute", "bool", poll=poll),
        PointSpec("freeze", "bool", poll=poll),
        PointSpec("lamp_hours", "int", unit="h", minimum=0, poll="10min"),
        PointSpec("warnings", "string", poll="60s"),
        PointSpec("model", "string"),
    )
    return tuple(p for p in found if p.name not in settings.without)


def gone(settings: PjlinkSettings) -> set[str]:
    """Return the commands that a projector with these settings lacks."""
    return {name for part in settings.without for name in COMMANDS[part]}
