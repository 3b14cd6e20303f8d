"""Schedules, occupancy and triggers of a room file against its devices and scenes."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.config.load import load
from roomd.config.room import LoadResult
from tests.support.rooms import HEAD

ROOM = """
devices:
  lift.main:
    driver: lift_ff5
    link: {tcp: "10.0.0.1:1000"}
    name: {zh: 升降屏, en: Lift}
    options: {address: "01 EF 01", travel_up: 20s, travel_down: 20s}
  screen.main:
    driver: screen_ff5
    link: {tcp: "10.0.0.2:1000"}
    name: {zh: 幕布, en: Screen}
    options: {address: "01 EF 02", travel_up: 20s, travel_down: 20s}
  matrix.main:
    driver: matrix_sis
    link: {tcp: "10.0.0.3:23"}
    name: {zh: 矩阵, en: Matrix}
    options: {inputs: 8, outputs: 4}
zones: {motors: {name: {zh: 电机, en: Motors}, devices: [screen.main, lift.main]}}
scenes:
  quiet: {name: {zh: 静, en: Quiet}, steps: [{device: matrix.main, command: route, args: {in: 1, out: 1}}]}
  stops: {name: {zh: 停, en: Stop}, steps: [{device: motors, command: stop}]}
  lifts: {name: {zh: 升, en: Lift}, steps: [{seq: [{delay: 1s}, {device: motors, command: up}]}]}
  screens: {name: {zh: 幕, en: Screen}, steps: [{device: screen.main, command: down}]}
  calls: {name: {zh: 叫, en: Calls}, steps: [{scene: screens}]}
"""


def read(folder: Path, text: str) -> LoadResult:
    (folder / "room.yaml").write_text(HEAD + ROOM + text, "utf-8")
    return load(folder / "room.yaml")


def test_all_that_is_right_is_taken(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        """schedules:
  - {at: 08:30, days: [mon, tue], scene: quiet, catch_up: run_once, within: 30min}
  - {at: "22:00", dates: [2026-12-24], scene: screens}
  - {at: "23:00", scene: stops}
calendar: {ics: calendar.ics, holidays: holidays.txt}
occupancy: {from: [matrix.main.online], vacant_for: 20min, warn: 2min, scene: calls}
triggers: [{when: {screen.main.end: top}, scene: stops}]
""",
    )
    assert result.problems == ()
    assert result.room is not None
    assert [s.at for s in result.room.file.schedules] == ["08:30", "22:00", "23:00"]


@pytest.mark.parametrize(
    "text, code, path",
    [
        ("schedules: [{at: '08:30', scene: quite}]", "unknown_scene", "schedules[0].scene"),
        ("schedules: [{at: '8:30', scene: quiet}]", "time_form", "schedules[0].at"),
        ("schedules: [{at: '08:30', scene: lifts}]", "unattended_motion", "schedules[0].scene"),
        (
            "schedules: [{at: '08:30', scene: calls, catch_up: run_once}]",
            "catch_up_motion",
            "schedules[0].catch_up",
        ),
        (
            "triggers: [{when: {screen.main.end: top}, scene: calls}]",
            "trigger_motion",
            "triggers[0].scene",
        ),
        (
            "triggers: [{when: {screen.main.end: topp}, scene: quiet}]",
            "not_one_of",
            "triggers[0].when.screen.main.end",
        ),
        (
            "triggers: [{when: {screen.main.end: top}, scene: no}]",
            "unknown_scene",
            "triggers[0].scene",
        ),
        (
            "occupancy: {from: [matrix.main.onlin], scene: quiet}",
            "unknown_point",
            "occupancy.from[0]",
        ),
        (
            "occupancy: {from: [matrx.main.online], scene: quiet}",
            "unknown_device",
            "occupancy.from[0]",
        ),
        ("occupancy: {from: [screen.main.end], scene: quiet}", "not_presence", "occupancy.from[0]"),
        (
            "occupancy: {from: [matrix.main.online], scene: lifts}",
            "unattended_motion",
            "occupancy.scene",
        ),
        (
            "occupancy: {from: [matrix.main.online], scene: quit}",
            "unknown_scene",
            "occupancy.scene",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    tmp_path: Path, text: str, code: str, path: str
) -> None:
    (problem,) = read(tmp_path, text + "\n").errors
    assert (problem.code, problem.dotted) == (code, path)


def test_what_may_have_been_meant_is_said(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "schedules: [{at: '08:30', scene: quite}]\n").errors
    assert problem.params == {"scene": "quite", "suggestion": "quiet"}


def test_the_device_that_moves_is_named(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "schedules: [{at: '08:30', scene: lifts}]\n").errors
    assert problem.params == {"scene": "lifts", "device": "lift.main"}
