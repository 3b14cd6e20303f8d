from pathlib import Path

import pytest

from roomd.config.load import load
from roomd.config.report import report
from roomd.config.room import Room

CONFIGS = Path(__file__).parents[2] / "configs"


def shipped(name: str) -> Room:
    result = load(CONFIGS / name)
    assert result.room is not None
    assert report(result.problems, result.files) == ""
    return result.room


@pytest.mark.parametrize("name", ["demo.yaml", "meeting-room.yaml"])
def test_a_shipped_room_has_neither_errors_nor_warnings(name: str) -> None:
    shipped(name)


def test_the_demo_has_what_it_promises() -> None:
    room = shipped("demo.yaml")
    ids = list(room.devices)
    assert sum(i.startswith("lights.") for i in ids) == 6
    lifts = [room.devices[i] for i in ids if i.startswith("lift.")]
    assert len(lifts) == 3
    assert len({d.endpoint for d in lifts}) == 1
    assert len({repr(d.options) for d in lifts}) == 3
    kinds = {device.spec.kind for device in room.devices.values()}
    assert kinds >= {
        "light",
        "lift",
        "screen",
        "curtain",
        "projector",
        "display",
        "matrix",
        "camera",
        "climate",
        "relay",
        "sequencer",
        "sensor",
        "contact",
    }
    assert {link.transport for link in room.links.values()} >= {"serial", "tcp", "udp", "mqtt"}
    assert room.plan is not None
    assert set(room.plan.devices) < set(ids)
