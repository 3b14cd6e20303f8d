"""What the lights of one universe share."""

from __future__ import annotations

import pytest

from drivers.artnet.universe import Universe


@pytest.mark.parametrize("first", [0, 1])
def test_the_sequence_goes_round_without_the_unused_number(first: int) -> None:
    universe = Universe(first)
    numbers = [universe.next_sequence() for _ in range(257 - first)]
    assert numbers == [*range(first, 256), first]


def test_a_change_counts_only_when_it_has_left() -> None:
    universe = Universe(1)
    universe.changed(range(4, 6), b"\x10\x20")
    assert not any(universe.slots)
    assert not universe.live
    assert universe.age(5.0) == float("inf")


def test_what_has_left_is_kept() -> None:
    universe = Universe(1)
    universe.sent(universe.changed(range(4, 6), b"\x10\x20"), 5.0)
    assert universe.slots == bytes(4) + b"\x10\x20" + bytes(506)
    assert universe.live
    assert universe.age(5.5) == 0.5
