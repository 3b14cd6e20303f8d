"""Arguments against what a command takes."""

from __future__ import annotations

import math
from typing import Any

import pytest

from drivers.arguments import ArgumentProblem, check_arguments
from drivers.commands import Arg, CommandSpec

SPEC = CommandSpec(
    "set",
    args={
        "level": Arg("number", 0, 100, 1, "%"),
        "fade": Arg("duration", 0, 60, optional=True),
        "mode": Arg("enum", values=("cool", "heat"), optional=True),
        "text": Arg("string", max_length=4, optional=True),
        "on": Arg("bool", optional=True),
        "count": Arg("int", optional=True),
    },
)


@pytest.mark.parametrize(
    "given",
    [
        {"level": 0},
        {"level": 100, "fade": 1.5},
        {"level": 3, "mode": "heat", "on": False, "text": "四个字符", "count": -7},
    ],
)
def test_what_is_taken(given: dict[str, Any]) -> None:
    assert check_arguments(SPEC, given) == given


@pytest.mark.parametrize(
    "given, code, arg",
    [
        ({}, "missing_value", "level"),
        ({"level": 1, "speed": 2}, "unknown_argument", "speed"),
        ({"level": 100.5}, "invalid_value", "level"),
        ({"level": -1}, "invalid_value", "level"),
        ({"level": True}, "invalid_value", "level"),
        ({"level": "50"}, "invalid_value", "level"),
        ({"level": math.nan}, "invalid_value", "level"),
        ({"level": math.inf}, "invalid_value", "level"),
        ({"level": 1, "mode": "dry"}, "invalid_value", "mode"),
        ({"level": 1, "text": "fünf!"}, "invalid_value", "text"),
        ({"level": 1, "text": "a\n"}, "invalid_value", "text"),
        ({"level": 1, "on": 1}, "invalid_value", "on"),
        ({"level": 1, "count": 1.5}, "invalid_value", "count"),
    ],
)
def test_what_is_refused(given: dict[str, Any], code: str, arg: str) -> None:
    with pytest.raises(ArgumentProblem) as caught:
        check_arguments(SPEC, given)
    assert (caught.value.code, caught.value.params["arg"]) == (code, arg)


def test_a_refusal_says_what_would_be_right() -> None:
    with pytest.raises(ArgumentProblem) as caught:
        check_arguments(SPEC, {"level": 101})
    assert caught.value.params["range"] == "0–100 %"
    with pytest.raises(ArgumentProblem) as caught:
        check_arguments(SPEC, {"level": 1, "mode": "dry"})
    assert caught.value.params["range"] == "cool, heat"
