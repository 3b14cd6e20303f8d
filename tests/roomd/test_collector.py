"""The collector leaves alone what the start made, and still takes rings of what came later."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from roomd.collector import held, settle


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """It is the process's own: what a test sets up ends with it."""
    yield
    gc.enable()
    gc.unfreeze()


class Ring:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


def test_what_is_there_is_left_alone_and_what_comes_later_is_not() -> None:
    before = Ring()
    settle()
    assert gc.get_freeze_count() > 0
    later = Ring()
    old, new = weakref.ref(before), weakref.ref(later)
    del before, later
    gc.collect()
    assert old() is not None
    assert new() is None


def test_it_keeps_away_until_the_room_is_made() -> None:
    with held():
        assert not gc.isenabled()
        settle()
        assert gc.isenabled()


def test_it_comes_back_where_the_start_fails() -> None:
    with pytest.raises(OSError, match="port"), held():
        raise OSError("port")
    assert gc.isenabled()
