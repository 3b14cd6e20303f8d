"""What starts scenes without a person, as people write it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from roomd.config.models.base import Model
from roomd.config.models.schedules import Calendar, Occupancy, Schedule, Trigger


def read(model: type[Model], **fields: Any) -> Any:
    return model.model_validate_json(json.dumps(fields), strict=True)


def test_a_schedule_has_a_time_and_runs_every_day_unless_told() -> None:
    schedule = read(Schedule, at="08:30", scene="prepare")
    assert (schedule.at, schedule.days, schedule.dates) == ("08:30", None, None)
    assert (schedule.catch_up, schedule.within, schedule.holidays) == ("skip", 1800, "run")
    assert read(Schedule, at="00:00", scene="s", days=["mon", "sun"]).days == ("mon", "sun")


@pytest.mark.parametrize("at", ["24:00", "8:30", "08:60", "0830", "08:30:00", "ab:cd", "", "+8:30"])
def test_a_time_has_one_form(at: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(Schedule, at=at, scene="s")
    assert caught.value.errors()[0]["type"] == "time_form"


@pytest.mark.parametrize("date", ["2026-13-01", "2026-1-1", "20260101", "2026-02-30", "x"])
def test_a_date_has_one_form(date: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(Schedule, at="08:30", scene="s", dates=[date])
    assert caught.value.errors()[0]["type"] == "date_form"


@pytest.mark.parametrize(
    "model, fields, kind",
    [
        (
            Schedule,
            {"at": "08:30", "scene": "s", "days": ["mon"], "dates": ["2026-12-24"]},
            "schedule_days",
        ),
        (Schedule, {"at": "08:30", "scene": "s", "days": ["monday"]}, "literal_error"),
        (Schedule, {"at": "08:30", "scene": "s", "within": "30s"}, "greater_than_equal"),
        (Calendar, {}, "calendar_empty"),
        (Occupancy, {"from": [], "scene": "end"}, "too_short"),
        (
            Occupancy,
            {"from": ["pir.value"], "scene": "end", "vacant_for": "5s"},
            "greater_than_equal",
        ),
        (Trigger, {"when": {}, "scene": "s"}, "too_short"),
    ],
)
def test_what_is_wrong(model: type[Model], fields: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(model, **fields)
    assert caught.value.errors()[0]["type"] == kind


def test_occupancy_names_its_points() -> None:
    occupancy = read(
        Occupancy, **{"from": ["sensor.pir.value"], "scene": "end", "vacant_for": "20min"}
    )
    assert occupancy.from_ == ("sensor.pir.value",)
    assert (occupancy.vacant_for, occupancy.warn) == (1200, 120)
