"""A source is always the same one."""

from __future__ import annotations

from uuid import UUID

from drivers.artnet.identity import cid


def test_it_stays_the_same() -> None:
    assert cid(None) == cid(None)


def test_a_chosen_one_is_taken() -> None:
    assert cid(UUID(int=7)) == UUID(int=7)
