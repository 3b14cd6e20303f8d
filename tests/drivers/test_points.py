"""Points, and the capabilities that they and the commands make up."""

from __future__ import annotations

import pytest

from drivers.points import FAULT, ONLINE, PointSpec, Quality, capabilities


@pytest.mark.parametrize("poll, period", [(None, None), ("15s", 15.0), ("500ms", 0.5)])
def test_the_period_of_a_poll(poll: str | None, period: float | None) -> None:
    assert PointSpec("power", "bool", poll=poll).period == period


def test_what_every_device_has() -> None:
    assert (ONLINE.name, ONLINE.type, FAULT.name, FAULT.type) == (
        "online",
        "bool",
        "fault",
        "string",
    )


@pytest.mark.parametrize(
    "kind, points, commands, names",
    [
        ("light", {"power"}, {"on": (), "off": ()}, ("Power",)),
        ("light", {"power"}, {"on": ()}, ()),
        ("display", {"power"}, {"power_on": (), "power_off": ()}, ("Power",)),
        (
            "light",
            {"power", "level", "cct"},
            {"on": (), "off": (), "set": ("level", "cct")},
            ("Power", "Dimmer", "ColourTemperature"),
        ),
        ("light", {"level"}, {"set": ("cct",)}, ()),
        ("climate", {"target"}, {"set": ("target", "mode")}, ("Climate",)),
        ("lift", set(), {"up": (), "down": (), "stop": ()}, ("Motion",)),
        ("lift", set(), {"up": (), "down": ()}, ()),
        ("curtain", set(), {"open": (), "close": (), "stop": ()}, ("Motion",)),
        (
            "projector",
            set(),
            {"input": ("input",), "blank": (), "freeze": (), "volume": (), "mute": ()},
            ("InputSelect", "Blank", "Freeze", "Gain", "Mute"),
        ),
        ("mixer", set(), {"set_level": ("ch", "db")}, ("Gain",)),
        (
            "camera",
            set(),
            {"drive": (), "stop": (), "preset_recall": ()},
            ("PanTiltZoom", "Presets"),
        ),
        ("matrix", {"out.1.input"}, {"route": ("in", "out")}, ("Route",)),
        ("relay", {"ch.1.state"}, {"on": ("channel",), "off": ("channel",)}, ("Relay",)),
        ("sensor", {"value"}, {}, ("Sensor",)),
        ("contact", {"value"}, {}, ("Sensor",)),
        ("meeting", {"live"}, {"start": (), "end": ()}, ()),
    ],
)
def test_capabilities(
    kind: str, points: set[str], commands: dict[str, tuple[str, ...]], names: tuple[str, ...]
) -> None:
    assert capabilities(kind, points, dict(commands)) == names


def test_the_seven_qualities() -> None:
    assert [str(q) for q in Quality] == [
        "confirmed",
        "observed",
        "assumed",
        "pending",
        "stale",
        "unknown",
        "suspect",
    ]
