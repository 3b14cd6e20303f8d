"""Latches fall once, stay down over restarts, and rise only when the input is back to normal."""

from __future__ import annotations

from pathlib import Path

from drivers.points import Quality
from roomd.config.models.rules import Rule as Entry
from roomd.control.interlocks import Rule, compiled
from roomd.control.latches import Latches
from tests.roomd.control.test_conditions import Point, Points

FIRE = compiled(
    Entry.model_validate(
        {"id": "fire", "latch": {"contact.fire.value": True}, "say": {"zh": "火警", "en": "Fire"}},
        strict=False,
    ),
    {},
)
PATH = "contact.fire.value"
CALM = Points({PATH: Point(value=False)})
ALARM = Points({PATH: Point(value=True)})


def latches(path: Path | None = None) -> tuple[Latches, list[Rule]]:
    made = Latches(path, lambda: 5.0)
    fallen: list[Rule] = []
    made.on_fall.append(fallen.append)
    return made, fallen


def test_it_falls_once_and_is_told_once() -> None:
    made, fallen = latches()
    made.look((FIRE,), CALM, PATH)
    assert made.down == {}
    made.look((FIRE,), ALARM, "other.value")
    assert made.down == {}
    made.look((FIRE,), ALARM, PATH)
    made.look((FIRE,), ALARM)
    assert made.down == {"fire": 5.0}
    assert fallen == [FIRE]


def test_what_cannot_be_trusted_does_not_fall() -> None:
    made, fallen = latches()
    for quality in (Quality.STALE, Quality.SUSPECT, Quality.UNKNOWN, Quality.ASSUMED):
        made.look((FIRE,), Points({PATH: Point(value=True, quality=quality)}))
    assert fallen == []


def test_it_rises_only_with_the_input_back_to_normal() -> None:
    made, _ = latches()
    made.look((FIRE,), ALARM)
    assert not made.reset(FIRE, ALARM)
    assert not made.reset(FIRE, Points())
    assert not made.reset(FIRE, Points({PATH: Point(value=False, quality=Quality.STALE)}))
    assert made.is_down("fire")
    assert made.reset(FIRE, CALM)
    assert not made.is_down("fire")
    assert made.reset(FIRE, CALM)


def test_it_survives_a_restart(tmp_path: Path) -> None:
    made, _ = latches(tmp_path / "latches.json")
    made.look((FIRE,), ALARM)
    again, fallen = latches(tmp_path / "latches.json")
    assert again.is_down("fire")
    again.look((FIRE,), ALARM)
    assert fallen == []
    assert again.reset(FIRE, CALM)
    assert not latches(tmp_path / "latches.json")[0].is_down("fire")


def test_a_broken_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "latches.json"
    path.write_text("{nonsense")
    assert latches(path)[0].down == {}
    assert path.with_suffix(".broken").read_text() == "{nonsense"


def test_a_disk_that_refuses_does_not_keep_the_latch_up(tmp_path: Path) -> None:
    made, fallen = latches(tmp_path / "no" / "folder" / "latches.json")
    made.look((FIRE,), ALARM)
    assert made.is_down("fire")
    assert fallen == [FIRE]
