from __future__ import annotations

from typing import Any

import pytest

from drivers.commands import Arg
from drivers.declarative.arguments import check, declared, from_point, number
from drivers.declarative.model import ArgPart
from drivers.points import PointSpec


def test_bounds_take_options() -> None:
    arg = declared(ArgPart(type="int", min=0, max="{inputs}"), {"inputs": 8})
    assert (arg.minimum, arg.maximum) == (0, 8)
    with pytest.raises(ValueError, match="no number"):
        number("{name}", {"name": "x"})


def test_a_point_is_an_argument_that_may_be_left_out() -> None:
    arg = from_point(PointSpec("target", "number", unit="°C", minimum=16, maximum=30))
    assert (arg.optional, arg.unit, arg.maximum) == (True, "°C", 30)


GOOD: list[tuple[Arg, Any]] = [
    (Arg("bool"), True),
    (Arg("int", 0, 9), 9),
    (Arg("number"), 1.5),
    (Arg("enum", values=("a",)), "a"),
    (Arg("string"), "x"),
]
BAD: list[tuple[Arg, Any]] = [
    (Arg("bool"), 1),
    (Arg("int", 0, 9), 10),
    (Arg("int"), 1.5),
    (Arg("number"), "1"),
    (Arg("enum", values=("a",)), "b"),
    (Arg("string"), "x\r"),
    (Arg("string", max_length=2), "xyz"),
    (Arg("number"), float("nan")),
    (Arg("number"), True),
]


@pytest.mark.parametrize("arg, value", GOOD)
def test_what_fits_passes(arg: Arg, value: Any) -> None:
    check("a", arg, value)


@pytest.mark.parametrize("arg, value", BAD)
def test_what_does_not_fit_is_refused(arg: Arg, value: Any) -> None:
    with pytest.raises(ValueError, match="a: "):
        check("a", arg, value)
