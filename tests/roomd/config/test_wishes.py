"""From points to commands, for real drivers."""

from __future__ import annotations

from typing import Any

import pytest

from drivers import registry
from drivers.outline import Outline, outline
from roomd.config.wishes import NoCommand, commands_for


def device(driver: str, **options: Any) -> Outline:
    spec = registry.find(driver)
    assert spec is not None
    return outline(spec, spec.settings(**options))


LAMP = device("zigbee2mqtt", name="x")


def told(shape: Outline, wishes: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(do.command, do.args) for do in commands_for(shape, wishes)]


@pytest.mark.parametrize(
    "shape, wishes, expected",
    [
        (LAMP, {"level": 60}, [("set", {"level": 60})]),
        (LAMP, {"power": True}, [("on", {})]),
        (LAMP, {"power": False}, [("off", {})]),
        (LAMP, {"level": 60, "cct": 3000}, [("set", {"level": 60, "cct": 3000})]),
        (
            device("pjlink"),
            {"power": "on", "input": "digital1"},
            [("power_on", {}), ("input", {"input": "digital1"})],
        ),
        (
            device("modbus_relay"),
            {"ch.2.state": True, "ch.3.state": False},
            [("on", {"channel": 2}), ("off", {"channel": 3})],
        ),
        (device("matrix_sis"), {"out.1.input": 2}, [("route", {"out": 1, "in": 2})]),
        (
            device("ac_tasmota_irhvac", topic="x"),
            {"power": True, "mode": "cool", "target": 25},
            [("set", {"power": True, "mode": "cool", "target": 25})],
        ),
    ],
)
def test_points_become_commands(
    shape: Outline, wishes: dict[str, Any], expected: list[tuple[str, dict[str, Any]]]
) -> None:
    assert told(shape, wishes) == expected


@pytest.mark.parametrize(
    "shape, wishes, code",
    [
        (LAMP, {"brightness": 5}, "cannot_set"),
        (LAMP, {"level": 150}, "invalid_value"),
        (LAMP, {"power": "on"}, "cannot_set"),
        (device("lift_ff5"), {"end": "top"}, "cannot_set"),
        (device("matrix_sis"), {"out.99.input": 2}, "invalid_value"),
    ],
)
def test_what_nothing_makes_so(shape: Outline, wishes: dict[str, Any], code: str) -> None:
    with pytest.raises(NoCommand) as caught:
        commands_for(shape, wishes)
    assert caught.value.code == code
