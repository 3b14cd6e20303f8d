"""One value, one text."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomd.audit.canonical import NotCanonical, canonical, plain

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def test_it_is_what_the_design_shows() -> None:
    value = {"b": 1, "a": {"名": "升降屏", "x": [True, None]}}
    assert canonical(value) == '{"a":{"x":[true,null],"名":"升降屏"},"b":1}'.encode()


@pytest.mark.parametrize(
    "value", [1.5, 2**53, -(2**53), {1: 2}, (1, 2), {"a": {1.0}}, "\ud800", b"x"]
)
def test_what_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@given(values.filter(lambda v: "\ud800" not in repr(v)))
def test_it_reads_back_and_the_order_of_keys_does_not_matter(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    if isinstance(value, dict):
        assert canonical(dict(reversed(list(value.items())))) == text


@given(
    st.recursive(
        values | st.floats() | st.binary(max_size=3) | st.text(),
        lambda v: st.lists(v) | st.tuples(v),
    )
)
def test_anything_can_be_made_plain(value: Any) -> None:
    canonical(plain(value))


def test_numbers_with_a_point_become_text() -> None:
    assert plain({"a": 12.5, "b": Decimal("0.10"), "c": math.inf, "d": 2**60}) == {
        "a": "12.5",
        "b": "0.10",
        "c": "inf",
        "d": str(2**60),
    }
