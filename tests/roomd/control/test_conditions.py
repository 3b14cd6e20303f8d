"""Conditions over points: value, wish and quality count together."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.points import PointValue, Quality
from roomd.config.models.conditions import Span, Unless
from roomd.control.conditions import Condition, Requirement, Truth, conditions, requirement

TRUSTED = frozenset({Quality.CONFIRMED, Quality.OBSERVED})


@dataclass
class Point:
    """One point."""

    value: PointValue = None
    quality: Quality = Quality.CONFIRMED
    desired: PointValue = None
    pending: bool = False
    by: str | None = None


class Points(dict[str, Point]):
    """A view."""


@pytest.mark.parametrize(
    "need, value, holds",
    [
        ("off", "off", True),
        ("off", "warming", False),
        (("hdmi1", "hdmi2"), "hdmi2", True),
        (("hdmi1", "hdmi2"), "pc", False),
        (True, True, True),
        (True, 1, False),
        (1, True, False),
        (0, False, False),
        (3, 3.0, True),
        (Span(above=0.3), 0.31, True),
        (Span(above=0.3), 0.3, False),
        (Span(above=1, below=5), 5, False),
        (Span(below=5), 4, True),
        (Span(below=5), "4", False),
        (Span(below=5), True, False),
    ],
)
def test_what_holds(need: object, value: PointValue, holds: bool) -> None:
    assert Condition("p", need).holds_for(value) is holds  # type: ignore[arg-type]  # any need of the table


@pytest.mark.parametrize("quality", list(Quality))
def test_only_trusted_values_satisfy(quality: Quality) -> None:
    view = Points(p=Point("off", quality))
    truth = Condition("p", "off").judge(view, TRUSTED)
    assert (truth is Truth.YES) == (quality in TRUSTED)
    if quality not in TRUSTED:
        assert truth is Truth.UNCLEAR


def test_a_point_that_is_not_there_or_not_known_is_unclear() -> None:
    assert Condition("q", "off").judge(Points(), TRUSTED) is Truth.UNCLEAR
    assert Condition("p", "off").judge(Points(p=Point()), TRUSTED) is Truth.UNCLEAR


def test_a_wish_counts_as_if_it_were_true_except_ones_own() -> None:
    view = Points(p=Point("off", desired="on", pending=True, by="c1"))
    assert Condition("p", "off").judge(view, TRUSTED) is Truth.NO
    assert Condition("p", "off").judge(view, TRUSTED, "c2") is Truth.NO
    assert Condition("p", "off").judge(view, TRUSTED, "c1") is Truth.YES
    # The worse of both: what is on is not yet off because somebody wishes it.
    view["p"] = Point("on", desired="off", pending=True, by="c1")
    assert Condition("p", "off").judge(view, TRUSTED) is Truth.NO


def test_alternatives() -> None:
    need = requirement(
        Unless.model_validate({"x.a": "1", "any": [{"x.b": "1"}, {"x.c": "1", "x.d": "1"}]})
    )
    assert [c.path for c in need.conditions] == ["x.a", "x.b", "x.c", "x.d"]

    def judge(**values: str) -> Truth:
        return need.judge(Points({f"x.{n}": Point(v) for n, v in values.items()}), TRUSTED)

    assert judge(a="1", b="1") is Truth.YES
    assert judge(a="1", b="0", c="1", d="1") is Truth.YES
    assert judge(a="1", b="0", c="1", d="0") is Truth.NO
    assert judge(a="1", b="0", c="1") is Truth.UNCLEAR
    assert judge(a="0", b="1") is Truth.NO


def test_what_is_needed_is_shown_as_it_was_written() -> None:
    shown = [c.shown() for c in conditions({"a": "off", "b": ["x", "y"], "c": Span(above=0.3)})]
    assert shown == ["off", ["x", "y"], {"above": 0.3}]


truths = st.sampled_from(["yes", "no", "unclear"])


@given(st.lists(truths, max_size=3), st.lists(st.lists(truths, min_size=1, max_size=3), max_size=3))
def test_yes_needs_every_condition_and_one_alternative(
    every: list[str], any_of: list[list[str]]
) -> None:
    """An unclear point never turns a verdict into yes that would be no were the point false."""
    names = itertools.count()
    view = Points()

    def made(kind: str) -> Condition:
        path = f"p{next(names)}"
        if kind != "unclear":
            view[path] = Point(kind == "yes")
        return Condition(path, True)

    need = Requirement(
        tuple(made(k) for k in every), tuple(tuple(made(k) for k in group) for group in any_of)
    )
    expected = all(k == "yes" for k in every) and (
        not any_of or any(all(k == "yes" for k in group) for group in any_of)
    )
    assert (need.judge(view, TRUSTED) is Truth.YES) == expected
