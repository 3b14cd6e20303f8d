import shutil
from pathlib import Path

import pytest

from drivers import declarative
from roomd.config.reload import plan_reload
from roomd.config.site_drivers import site_drivers
from tests.support.rooms import TABLE, codes, read

TEXT = """devices:
  lift.main: {driver: lift_ff5, link: {port: {by_id: a}}, name: {zh: 甲, en: A}}
  tv.main: {driver: display_x, link: {tcp: tv}, name: {zh: 甲, en: A}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "drivers").mkdir()
    shutil.copy(declarative.FOLDER / "lift_ff5.yaml", tmp_path / "drivers/mine.yaml")
    return tmp_path


def test_a_definition_beside_the_room_file_is_a_driver(folder: Path) -> None:
    result = read(folder, TEXT)
    assert result.problems == ()
    assert result.room is not None
    assert result.room.devices["lift.main"].spec.kind == "lift"
    assert result.room.devices["lift.main"].driver_version


def test_it_wins_over_one_of_the_same_id(folder: Path) -> None:
    found = site_drivers(folder)
    table = found.over(TABLE)
    assert table.find("lift_ff5") is found.specs["lift_ff5"]
    assert table.find("display_x") is TABLE.find("display_x")
    assert "lift_ff5" in table.ids()


def test_a_broken_one_costs_only_the_devices_that_use_it(folder: Path) -> None:
    (folder / "drivers/mine.yaml").write_text("schema: roomd.driver/1\nid: lift_ff5\nkynd: x\n")
    result = read(folder, TEXT)
    assert result.room is not None
    assert list(result.room.devices) == ["tv.main"]
    assert codes(result) == ["unknown_driver"]
    assert {p.code for p in result.warnings} == {"definition_broken"}
    assert result.warnings[0].place.file.endswith("drivers/mine.yaml")


def test_a_changed_definition_changes_its_devices_only(folder: Path) -> None:
    before = read(folder, TEXT).room
    mine = folder / "drivers/mine.yaml"
    mine.write_text(mine.read_text("utf-8") + "\n# changed\n", "utf-8")
    assert before is not None
    plan = plan_reload(before, read(folder, TEXT))
    assert plan is not None
    assert plan.devices.changed == ("lift.main",)
    assert plan.devices.untouched == ("tv.main",)


def test_no_folder_no_drivers(tmp_path: Path) -> None:
    assert site_drivers(tmp_path).specs == {}
