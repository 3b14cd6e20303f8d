"""First answers, for ten minutes, and not without end."""

from __future__ import annotations

from drivers.clock import VirtualClock
from roomd.web.once import REMEMBERED, Once


def test_a_key_has_its_first_answer_for_ten_minutes() -> None:
    clock = VirtualClock()
    once: Once[str, int] = Once(clock, 10)
    assert once.get("a") is None
    once.put("a", 1)
    clock._now += REMEMBERED - 1
    once.put("b", 2)
    assert (once.get("a"), once.get("b")) == (1, 2)
    clock._now += 2
    assert (once.get("a"), once.get("b"), len(once)) == (None, 2, 1)


def test_the_oldest_make_room() -> None:
    once: Once[int, int] = Once(VirtualClock(), 3)
    for n in range(5):
        once.put(n, n)
    assert [once.get(n) for n in range(5)] == [None, None, 2, 3, 4]
