from __future__ import annotations

from typing import Any

import pytest

from drivers.declarative.pipes import fill, names_in, parse, written


@pytest.mark.parametrize(
    "template, value, result",
    [
        ("{v|on_off}", True, "On"), ("{v|on_off}", "off", False), ("{v|title}", "fan_only", "Fan_Only"),
        ("{v|lower|map(fan_only=fan)}", "Fan_only", "fan"), ("{v|lower|map(fan_only=fan)}", "Cool", "cool"),
        ("{v|map(true=1, false=0)}", True, "1"), ("{v|int}", 25.6, 26), ("{v|upper}", "a", "A"),
        ("{v|scale(0,100,0,254)|int}", 50, 127), ("a{v}b", 3.0, "a3b"), ("{v}", 3.5, 3.5), (["{v}"], 1, [1]),
        ({"a": "{v}"}, True, {"a": True}), (7, 1, 7),
    ],
)  # fmt: skip
def test_filled(template: Any, value: Any, result: Any) -> None:
    assert fill(template, {"v": value}) == result


@pytest.mark.parametrize(
    "inside",
    ["", "1a", "a|rot13", "a|scale(1,2)", "a|map()", "a|map(x)", "a|scale(1,1,0,9)", "a|int(2)"],
)
def test_what_is_no_placeholder(inside: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(inside)


def test_names_and_texts() -> None:
    assert names_in("{a}x{b|int}") == ["a", "b"]
    assert (written(False), written(2.0), written(2.5)) == ("false", "2", "2.5")
    with pytest.raises(ValueError, match="neither on nor off"):
        fill("{v|on_off}", {"v": "maybe"})
