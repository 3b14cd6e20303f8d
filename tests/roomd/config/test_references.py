"""What a room has, by name."""

from __future__ import annotations

from pathlib import Path

from roomd.config.load import load
from roomd.config.references import References
from tests.roomd.config.test_rule_checks import ROOM
from tests.support.rooms import HEAD


def references(folder: Path, broken: tuple[str, ...] = ()) -> References:
    (folder / "room.yaml").write_text(HEAD + ROOM, "utf-8")
    room = load(folder / "room.yaml").room
    assert room is not None
    zones = {zone: entry.devices for zone, entry in room.file.zones.items()}
    return References(room.devices, broken, zones)


def test_a_zone_stands_for_its_devices(tmp_path: Path) -> None:
    known = references(tmp_path)
    assert known.members("motors") == ("lift.main", "lift.side")
    assert known.device("motors") is None
    assert known.command("motors", "up") is None
    assert known.of_kinds(["light", "projector"]) == ["projector.main", "lights.table"]


def test_arguments_are_checked_against_their_range(tmp_path: Path) -> None:
    known = references(tmp_path)
    assert known.command("lights.table", "set", {"level": 50}) is None
    wrong = known.command("lights.table", "set", {"level": 150})
    assert wrong is not None
    assert wrong[0] == "invalid_value"


def test_nothing_is_said_about_a_device_that_cannot_be_built(tmp_path: Path) -> None:
    known = references(tmp_path, broken=("screen.main",))
    assert known.device("screen.main") is None
    assert known.command("screen.main", "anything") is None
    assert known.condition("screen.main.position", 5) is None
    assert known.kind("screen") is None


def test_a_path_belongs_to_the_longest_id(tmp_path: Path) -> None:
    known = references(tmp_path)
    assert known.device_of("lights.table.power") == "lights.table"
    assert known.device_of("nothing.here") is None
