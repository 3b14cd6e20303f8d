"""F26: a clock that jumps years or starts in 1970 is noticed, told, and never believed by itself."""

from __future__ import annotations

import pytest

from drivers.clock import VirtualClock
from roomd.clock import BUILT, KEEP, LOOK, Jump, WallClock, kernel_synchronised

YEARS = 10 * 365 * 86_400.0


class Shifted(VirtualClock):
    """A clock whose wall time somebody sets."""

    shift = 0.0

    def wall(self) -> float:
        return super().wall() + self.shift


class Watched:
    """A wall clock with what it told."""

    def __init__(self, *, last_good: float | None = None, shift: float = 0.0) -> None:
        self.time = Shifted()
        self.time.shift = shift
        self.kept: list[float] = []
        self.jumps: list[Jump] = []
        self.oks: list[bool] = []
        self.synchronised = False
        self.wall = WallClock(self.time, last_good, self.kept.append, lambda: self.synchronised)
        self.wall.jumped.append(self.jumps.append)
        self.wall.changed.append(lambda: self.oks.append(self.wall.ok))
        self.wall.start()


@pytest.mark.parametrize("years", [YEARS, -YEARS])
async def test_f26_a_jump_of_years_is_told_once_and_back_again(years: float) -> None:
    watched = Watched()
    await watched.time.advance(LOOK)
    assert (watched.jumps, watched.wall.ok) == ([], True)
    watched.time.shift = years
    await watched.time.advance(LOOK * 3)
    assert [round(j.after - j.before) for j in watched.jumps] == [round(years)]
    assert watched.wall.ok is (years > 0)
    watched.time.shift = 0
    await watched.time.advance(LOOK * 3)
    assert [round(j.after - j.before) for j in watched.jumps] == [round(years), round(-years)]
    watched.wall.close()


async def test_f26_a_start_in_1970_is_not_believed_until_it_is_synchronised() -> None:
    watched = Watched(shift=-1_795_478_400.0)
    assert not watched.wall.ok
    assert watched.wall.effective() == BUILT
    await watched.time.advance(LOOK)
    watched.time.shift = 0
    await watched.time.advance(LOOK)
    assert not watched.wall.ok  # it jumped to something plausible, and nobody vouches for it
    watched.synchronised = True
    await watched.time.advance(LOOK)
    assert (watched.wall.ok, watched.oks) == (True, [True])
    watched.wall.close()


async def test_f26_a_clock_behind_the_last_good_time_is_not_believed() -> None:
    now = VirtualClock().wall()
    watched = Watched(last_good=now + 86_400)
    assert (watched.wall.ok, watched.wall.effective()) == (False, now + 86_400)
    watched.wall.confirm()
    assert watched.wall.ok
    assert watched.wall.effective() == pytest.approx(now)
    assert watched.kept == [pytest.approx(now)]
    watched.wall.close()


async def test_the_good_time_is_kept_every_ten_minutes_and_at_the_end() -> None:
    watched = Watched()
    await watched.time.advance(KEEP * 2 + LOOK)
    assert len(watched.kept) == 2
    watched.wall.close()
    assert len(watched.kept) == 3
    bad = Watched(shift=-YEARS * 6)
    await bad.time.advance(KEEP * 2)
    bad.wall.close()
    assert bad.kept == []


def test_the_kernel_answers() -> None:
    assert kernel_synchronised() in {True, False}
