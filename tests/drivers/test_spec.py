"""What the registry holds of a driver."""

from __future__ import annotations

import dataclasses

import pytest

from drivers._template import DRIVER
from drivers.clock import VirtualClock
from drivers.spec import DriverSpec
from tests.drivers.line import Line, lamps


def test_it_makes_a_device_and_its_simulator() -> None:
    clock = VirtualClock()
    link, _ = lamps(Line(clock))
    settings = DRIVER.settings(address=3)
    device = DRIVER.device("lights.table", settings, link.port("lights.table"))
    assert (device.id, device.kind, device.settings) == ("lights.table", DRIVER.kind, settings)
    assert DRIVER.simulator is not None
    assert DRIVER.simulator(settings, "tcp", clock).protocol == "template"


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DRIVER.id = "other"  # type: ignore[misc]  # that is the test


def test_plain_tcp_needs_nothing_in_between() -> None:
    fields = {f.name: f for f in dataclasses.fields(DriverSpec)}
    assert fields["transport"].default is None
    assert fields["simulator"].default is dataclasses.MISSING
