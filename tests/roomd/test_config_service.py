"""The running configuration: last good, taken over whole or not at all, kept, rolled back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from roomd.config.room import Room
from roomd.config_service import ConfigKeeper
from tests.support.small_room import BUS, COVE, HEAD, LIFT, MATRIX

GOOD = f"{HEAD}{BUS}devices:\n{LIFT}{MATRIX}"
OTHER = GOOD.replace("inputs: 8", "inputs: 4")
BAD_DEVICE = GOOD.replace("inputs: 8", "inputs: many")
BAD_ROOM = GOOD + "idle_after: 5\n"


class Daemon:
    """Takes rooms over, unless it is told to fail."""

    def __init__(self) -> None:
        self.rooms: list[Room] = []
        self.failing: list[str] = []

    async def apply(self, room: Room) -> dict[str, Any]:
        self.rooms.append(room)
        if room.sha256 in self.failing:
            raise RuntimeError("the port is bewitched")
        ids = list(room.devices)
        return {"added": [], "removed": [], "changed": [], "untouched": ids}


class Stage:
    """A room file, its data folder, and a keeper that may be made anew as after a restart."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "room.yaml"
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        self.daemon = Daemon()
        self.write(GOOD)
        self.keeper = self.restarted()

    def write(self, text: str) -> None:
        self.file.write_text(text, "utf-8")

    def restarted(self) -> ConfigKeeper:
        self.keeper = ConfigKeeper(self.file, self.data)
        self.keeper.start()
        self.keeper.apply = self.daemon.apply
        return self.keeper

    @property
    def inputs(self) -> Any:
        """Return what runs: the matrix's number of inputs, `broken`, or None without a room."""
        room = self.keeper.room
        if room is None:
            return None
        if "matrix.main" not in room.devices:
            return "broken"
        return room.devices["matrix.main"].options.model_dump()["inputs"]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


# -- start -----------------------------------------------------------------------------------------


def test_what_was_loaded_without_errors_is_kept(stage: Stage) -> None:
    status = stage.keeper.status()
    assert (status["file"], status["errors"]) == (str(stage.file), [])
    assert [g["sha256"] for g in status["generations"]] == [status["sha256"]]


def test_a_broken_file_leaves_the_last_good_one_running(stage: Stage) -> None:
    stage.write(BAD_ROOM)
    keeper = stage.restarted()
    assert stage.inputs == 8
    assert [p.code for p in keeper.errors] == ["needs_unit"]
    assert len(keeper.status()["generations"]) == 1


def test_a_missing_file_leaves_the_last_good_one_running(stage: Stage) -> None:
    stage.file.unlink()
    stage.restarted()
    assert stage.inputs == 8


def test_a_device_that_is_broken_at_the_start_goes_on_with_its_last_good_entry(
    stage: Stage,
) -> None:
    stage.write(BAD_DEVICE)
    keeper = stage.restarted()
    assert stage.inputs == 8
    assert keeper.status()["kept_back"] == ["matrix.main"]
    assert keeper.errors


def test_a_device_that_was_never_good_is_broken(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(BAD_DEVICE, "utf-8")
    (tmp_path / "data").mkdir()
    keeper = ConfigKeeper(tmp_path / "room.yaml", tmp_path / "data")
    room = keeper.start()
    assert room is not None
    assert (list(room.devices), list(room.broken)) == (["lift.main"], ["matrix.main"])
    assert keeper.status()["generations"] == []


def test_without_anything_good_there_is_no_room_but_whom_to_call(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(HEAD + "contact: {zh: 甲, en: A}\nidle_after: 5\n", "utf-8")
    keeper = ConfigKeeper(tmp_path / "room.yaml", tmp_path / "data")
    assert keeper.start() is None
    assert keeper.contact == {"zh": "甲", "en": "A"}
    assert keeper.status()["sha256"] is None


def test_a_data_folder_that_cannot_be_written_keeps_nothing_and_runs(
    tmp_path: Path,
) -> None:
    (tmp_path / "room.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "data").write_text("a file, no folder", "utf-8")
    assert ConfigKeeper(tmp_path / "room.yaml", tmp_path / "data").start() is not None


def test_what_ran_last_counts_more_than_what_the_file_says_now(stage: Stage) -> None:
    stage.write(OTHER)
    room = ConfigKeeper(stage.file, stage.data).last_good()
    assert room is not None
    assert room.devices["matrix.main"].options.model_dump()["inputs"] == 8
    assert len(stage.keeper.status()["generations"]) == 1


def test_where_nothing_ran_the_file_counts(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(GOOD, "utf-8")
    assert ConfigKeeper(tmp_path / "room.yaml", tmp_path / "data").last_good() is not None
    assert not (tmp_path / "data").exists()


# -- reload ----------------------------------------------------------------------------------------


async def test_a_reload_goes_over_to_the_new_text_and_keeps_it(stage: Stage) -> None:
    stage.write(OTHER)
    answer = await stage.keeper.reload()
    assert (answer["applied"], answer["untouched"]) == (True, ["lift.main", "matrix.main"])
    assert stage.inputs == 4
    assert len(stage.keeper.status()["generations"]) == 2


async def test_a_broken_text_is_told_and_changes_nothing(stage: Stage) -> None:
    before = stage.keeper.status()
    stage.write(BAD_ROOM)
    answer = await stage.keeper.reload()
    assert (answer["applied"], answer["code"], answer["params"]["n"]) == (False, "config_kept", 1)
    assert stage.daemon.rooms == []
    after = stage.keeper.status()
    assert (after["sha256"], after["since"]) == (before["sha256"], before["since"])
    assert after["errors"] == answer["errors"]
    assert len(after["generations"]) == 1


async def test_a_device_that_breaks_goes_on_with_its_last_good_entry(stage: Stage) -> None:
    stage.write(BAD_DEVICE)
    answer = await stage.keeper.reload()
    assert (answer["applied"], answer["kept_back"]) == (True, ["matrix.main"])
    assert stage.inputs == 8
    assert len(stage.keeper.status()["generations"]) == 1, "only what is without errors is kept"
    stage.write(OTHER)
    await stage.keeper.reload()
    assert stage.keeper.status()["kept_back"] == []


async def test_what_fails_half_way_is_put_back(stage: Stage) -> None:
    before = stage.keeper.status()["sha256"]
    stage.write(OTHER)
    stage.daemon.failing = [load_sha(stage.file)]
    answer = await stage.keeper.reload()
    assert (answer["applied"], answer["code"]) == (False, "config_not_applied")
    assert answer["params"] == {"why": "the port is bewitched"}
    assert [r.sha256 for r in stage.daemon.rooms] == [stage.daemon.failing[0], before]
    assert stage.inputs == 8
    assert len(stage.keeper.status()["generations"]) == 1


async def test_even_where_nothing_can_be_put_back_it_is_told(stage: Stage) -> None:
    before = stage.keeper.status()["sha256"]
    stage.write(OTHER)
    stage.daemon.failing = [load_sha(stage.file), before]
    assert (await stage.keeper.reload())["code"] == "config_not_applied"


async def test_without_a_room_the_first_good_text_starts_it(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(BAD_ROOM, "utf-8")
    (tmp_path / "data").mkdir()
    keeper = ConfigKeeper(tmp_path / "room.yaml", tmp_path / "data")
    keeper.start()
    keeper.apply = Daemon().apply
    assert (await keeper.reload())["code"] == "config_none"
    (tmp_path / "room.yaml").write_text(GOOD, "utf-8")
    assert (await keeper.reload())["applied"] is True
    assert keeper.room is not None


# -- rollback and check ----------------------------------------------------------------------------


async def test_a_rollback_returns_and_leaves_the_file_alone(stage: Stage) -> None:
    stage.write(OTHER)
    await stage.keeper.reload()
    answer = await stage.keeper.rollback(1)
    assert answer["applied"] is True
    assert stage.inputs == 8
    assert stage.file.read_text("utf-8") == OTHER
    assert len(stage.keeper.status()["generations"]) == 2


async def test_a_generation_that_is_not_there_is_named(stage: Stage) -> None:
    answer = await stage.keeper.rollback(5)
    assert (answer["applied"], answer["code"], answer["params"]) == (
        False,
        "no_generation",
        {"n": 6},
    )


def test_a_text_is_checked_without_being_used(stage: Stage) -> None:
    (stage.file.parent / "more.yaml").write_text("zh: 甲\nen: A\n", "utf-8")
    good = stage.keeper.check(f"{GOOD}contact: !include more.yaml\n")
    bad = stage.keeper.check(f"{GOOD}{COVE}idle_after: 5\n")
    assert stage.inputs == 8
    assert good["errors"] == []
    assert [(e["code"], e["file"]) for e in bad["errors"]] == [("needs_unit", str(stage.file))]
    assert sorted(p.name for p in stage.data.iterdir()) == ["config"]


def load_sha(file: Path) -> str:
    """Return the hash of a room file as the keeper will see it."""
    room = ConfigKeeper(file, file.parent / "elsewhere").start()
    assert room is not None
    return room.sha256
