"""Values with their unit, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.units import parse_duration, parse_quantity, parse_unit


@pytest.mark.parametrize(
    "text, number, unit",
    [
        ("300ms", 300.0, "ms"),
        ("5 s", 5.0, "s"),
        ("40%", 40.0, "%"),
        ("-6dB", -6.0, "dB"),
        ("-6db", -6.0, "dB"),
        ("24°C", 24.0, "°C"),
        ("24℃", 24.0, "°C"),
        ("24C", 24.0, "°C"),
        ("3200K", 3200.0, "K"),
        (" 0.3A ", 0.3, "A"),
        ("+1.5µm", 1.5, "µm"),
    ],
)
def test_a_quantity(text: str, number: float, unit: str) -> None:
    assert parse_quantity(text) == (number, unit)


@pytest.mark.parametrize(
    "text", ["", "5", "s", "5 5s", "1e3s", "5s5", "--5s", "\u0665s", "5\ns\n6"]
)
def test_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="not a number with a unit"):
        parse_quantity(text)


@pytest.mark.parametrize(
    "text, seconds", [("300ms", 0.3), ("5s", 5.0), ("2min", 120.0), ("1h", 3600.0), ("0s", 0.0)]
)
def test_a_duration_is_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["-1s", "5m", "5%", "5"])
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a duration|not a number"):
        parse_duration(text)


def test_a_unit_is_asked_for() -> None:
    assert parse_unit("40%", "%") == 40.0
    assert parse_unit("2min", "s") == 120.0
    with pytest.raises(ValueError, match="% is expected"):
        parse_unit("40dB", "%")


@given(st.text())
def test_any_text_is_a_quantity_or_a_value_error(text: str) -> None:
    try:
        number, unit = parse_quantity(text)
    except ValueError:
        return
    assert unit
    assert number == float(number)
