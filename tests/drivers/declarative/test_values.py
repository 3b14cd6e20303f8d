from __future__ import annotations

from typing import Any

import pytest

from drivers.declarative.values import MISSING, alike, at, for_point, nested, parse
from drivers.points import PointSpec


def test_paths() -> None:
    body = {"A": {"B": [1, {"C": 2}]}}
    assert (at(body, "A.B.1.C"), at(body, None), at(body, "A.X"), at(body, "A.B.9")) == (
        2,
        body,
        MISSING,
        MISSING,
    )
    assert nested({"A.B": 1, "A.C": 2}) == {"A": {"B": 1, "C": 2}}


def test_payloads() -> None:
    assert (parse(b'{"a":1}'), parse(b"Online"), parse(b"\xff"), parse(b"[" * 100_000)) == (
        {"a": 1}, "Online", MISSING, "[" * 100_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    "one, other, same", [("GREE", "gree", True), (26, 26.0, True), (True, 1, False), (1, "1", True)]
)
def test_alike(one: Any, other: Any, same: bool) -> None:
    assert alike(one, other) is same


@pytest.mark.parametrize(
    "kind, value, result",
    [("bool", True, True), ("bool", 1, MISSING), ("int", "7", 7), ("number", 2.5, 2.5),
     ("number", float("nan"), MISSING),
     ("int", True, MISSING), ("int", "x", MISSING), ("enum", "cool", "cool"), ("string", None, MISSING)],
)  # fmt: skip
def test_types(kind: Any, value: Any, result: Any) -> None:
    assert (
        for_point(PointSpec("p", kind), value) is result
        or for_point(PointSpec("p", kind), value) == result
    )
