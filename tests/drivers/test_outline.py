"""What a device will be, without a wire."""

from __future__ import annotations

import pytest

from drivers import registry
from drivers.outline import outline


@pytest.mark.parametrize(
    "driver", [d for d in registry.ids() if d.startswith(("lift", "screen", "curtain"))]
)
def test_a_motor_has_its_points_and_can_be_sent_somewhere(driver: str) -> None:
    spec = registry.find(driver)
    assert spec is not None
    shape = outline(spec, spec.settings())
    assert shape.motion is not None
    assert {"moving", "position", "end", "homed"} <= shape.points.keys()
    assert "stop" in shape.commands
    assert shape.commands["goto"].run is not None
    ends = shape.points["end"].values
    assert ("open" in ends) == (shape.kind == "curtain")


def test_every_device_can_be_online_and_have_a_fault() -> None:
    spec = registry.find("pjlink")
    assert spec is not None
    shape = outline(spec, spec.settings())
    assert shape.motion is None
    for name in ("online", "fault", "power"):
        assert shape.point(name) is not None
    assert shape.point("nothing") is None
