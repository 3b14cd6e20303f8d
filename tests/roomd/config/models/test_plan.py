import json
from typing import Any

import pytest
from pydantic import ValidationError

from roomd.config.models.plan import Plan, contains, crosses_itself

SQUARE = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]]


def plan(**fields: Any) -> Plan:
    return Plan.model_validate_json(json.dumps({"outline": SQUARE, **fields}))


def kind(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        plan(**fields)
    return caught.value.errors()[0]["type"]


def test_one_spot_and_several_and_a_line() -> None:
    devices = {"a": {"at": [1, 2]}, "b": {"at": [[1, 2], [3, 4]]}, "c": {"line": [[0, 1], [1, 1]]}}
    found = plan(devices=devices).devices
    assert [found[key].at for key in "abc"] == [[[1, 2]], [[1, 2], [3, 4]], None]


@pytest.mark.parametrize(
    "written, degrees", [("right", 0), ("back", 90), ("left", 180), ("front", 270), (45, 45)]
)
def test_facing_is_degrees_clockwise(written: str | int, degrees: float) -> None:
    devices = {"a": {"at": [1, 2], "faces": written}}
    assert plan(devices=devices).devices["a"].faces == degrees


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({"outline": [[0, 0], [1, 1]]}, "too_short"),
        ({"outline": [[0, 0], [4, 4], [4, 0], [0, 4]]}, "plan_outline"),
        ({"outline": [[0, 0], [0.5, 0], [0.5, 4], [0, 4]]}, "plan_size"),
        ({"outline": [[0, 0], [150, 0], [0, 4]]}, "less_than_equal"),
        ({"devices": {"a": {}}}, "plan_place"),
        ({"devices": {"a": {"at": [1, 1], "line": [[0, 0], [1, 1]]}}}, "plan_place"),
        ({"devices": {"a": {"at": [1, 1], "faces": "north"}}}, "not_one_of"),
        ({"devices": {"a": {"at": [1, 1], "faces": 400}}}, "less_than_equal"),
        ({"furniture": [{"shape": "sofa", "at": [1, 1]}]}, "literal_error"),
        ({"furniture": [{"shape": "seat", "at": [1, 1]}] * 401}, "too_long"),
        ({"doors": [{"wall": [[1, 1]]}]}, "too_short"),
    ],
)
def test_what_is_no_plan(fields: dict[str, Any], expected: str) -> None:
    assert kind(**fields) == expected


def test_crossing_sides() -> None:
    assert not crosses_itself(SQUARE)
    assert not crosses_itself([[0, 0], [4, 0], [2, 1], [4, 4], [0, 4]])
    assert crosses_itself([[0, 0], [4, 4], [4, 0], [0, 4]])


@pytest.mark.parametrize(
    "spot, within",
    [
        ([2, 2], True),
        ([0, 0], True),
        ([4, 2], True),
        ([4.009, 2], True),
        ([4.02, 2], False),
        ([-1, 2], False),
        ([2, 9], False),
    ],
)
def test_a_spot_on_the_wall_is_inside(spot: list[float], *, within: bool) -> None:
    assert contains(SQUARE, spot) is within


def test_a_wall_without_length_is_no_trouble() -> None:
    assert contains([[0, 0], [0, 0], [4, 0], [4, 4]], [0, 0])
