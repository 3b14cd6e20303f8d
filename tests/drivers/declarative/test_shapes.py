from __future__ import annotations

from drivers.declarative.shapes import mapping, sequence


def test_shapes() -> None:
    assert (mapping({"a": 1}), mapping([1]), sequence([1]), sequence("a")) == (
        {"a": 1},
        None,
        [1],
        None,
    )
