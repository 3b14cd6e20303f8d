from __future__ import annotations

from drivers.declarative.pipes import parse
from drivers.declarative.sim_values import candidate, first_value, names_in_point, unpiped
from drivers.points import PointSpec


def test_pipes_backwards() -> None:
    assert unpiped(parse("v|map(open=top, closed=bottom)"), "top") == "open"
    assert unpiped(parse("v|on_off"), False) == "Off"
    assert unpiped(parse("v"), 3) == 3
    mode = PointSpec("mode", "enum", values=("cool", "fan"))
    assert candidate(parse("mode|map(fan=Fan_only)"), mode, "Fan_only") == "fan"
    assert (
        candidate(parse("power|map(true=On, false=Off)"), PointSpec("power", "bool"), "Off")
        is False
    )
    assert candidate(parse("t|int"), None, 26) == 26


def test_names_of_points_backwards() -> None:
    assert names_in_point("out.{o}.input", "out.3.input") == {"o": 3}
    assert names_in_point("out.{o}.input", "in.3.input") is None
    assert names_in_point("a", "a.b") is None


def test_a_new_thing() -> None:
    specs = (
        PointSpec("a", "bool"),
        PointSpec("b", "number", minimum=16),
        PointSpec("c", "enum", values=("x", "y")),
        PointSpec("d", "string"),
    )
    assert [first_value(s) for s in specs] == [False, 16, "x", ""]
