"""The store: what readers see, in which order, and what a panel that was away gets."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drivers.clock import VirtualClock
from drivers.points import PointSpec, Quality, Report
from roomd.state.store import Store

LEVEL = PointSpec("level", "number", unit="%", minimum=0, maximum=100)
POWER = PointSpec("power", "enum", via=("warming",))


def make() -> Store:
    store = Store(VirtualClock())
    store.declare("a", (LEVEL, POWER))
    return store


def say(
    store: Store, value: Any, quality: Quality = Quality.CONFIRMED, point: str = "level"
) -> None:
    store.report(Report("a", point, value, quality))


def shown(store: Store, path: str = "a.level") -> tuple[Any, str]:
    body = store.snapshot()[path]
    return body["value"], str(body["quality"])


def test_a_declared_point_is_unknown_until_it_is_reported() -> None:
    store = make()
    assert shown(store) == (None, "unknown")
    say(store, 30)
    assert shown(store) == (30, "confirmed")


def test_an_undeclared_point_is_dropped_and_counted() -> None:
    store = make()
    say(store, 1, point="colour")
    assert store.dropped["undeclared"] == 1
    assert "a.colour" not in store.snapshot()


def test_a_value_out_of_range_makes_the_point_suspect_and_keeps_the_old_one() -> None:
    store = make()
    say(store, 30)
    say(store, 101)
    assert shown(store) == (30, "suspect")


def test_an_equal_report_sends_no_patch() -> None:
    store = make()
    say(store, 30)
    seq = store.seq
    say(store, 30)
    assert store.seq == seq


def test_saying_the_same_again_does_not_change_who_made_it_so() -> None:
    store = make()
    say(store, 30)
    say(store, 30, Quality.OBSERVED)
    assert shown(store) == (30, "confirmed")
    say(store, 40, Quality.OBSERVED)
    say(store, 40)
    assert shown(store) == (40, "observed")


def test_a_wish_shows_the_last_report_until_it_is_fulfilled() -> None:
    store = make()
    say(store, 10)
    generation = store.wish("a.level", 60, "c1")
    assert store.snapshot()["a.level"]["desired"] == 60
    say(store, 30)
    assert shown(store) == (30, "pending")
    say(store, 60)
    assert shown(store) == (60, "confirmed")
    store.end_wish("a.level", generation)
    assert shown(store) == (60, "confirmed")


def test_a_transitional_value_keeps_the_wish() -> None:
    store = make()
    say(store, "off", point="power")
    store.wish("a.power", "on", "c1")
    say(store, "warming", point="power")
    assert shown(store, "a.power") == ("warming", "pending")


def test_a_change_to_something_else_ends_the_wish() -> None:
    store = make()
    say(store, 10)
    store.wish("a.level", 60, "c1")
    say(store, 90, Quality.OBSERVED)
    assert shown(store) == (90, "observed")


def test_the_deadline_brings_back_the_last_report() -> None:
    store = make()
    say(store, 10)
    store.end_wish("a.level", store.wish("a.level", 60, "c1"))
    assert shown(store) == (10, "confirmed")


def test_only_the_newest_wish_may_end_it() -> None:
    store = make()
    say(store, 10)
    first = store.wish("a.level", 60, "c1")
    store.wish("a.level", 70, "c2")
    store.end_wish("a.level", first)
    assert store.snapshot()["a.level"]["by"] == "c2"


def test_out_of_reach_is_stale_and_after_a_timeout_unknown() -> None:
    store = make()
    say(store, 10)
    say(store, "on", point="power")
    store.end_wish("a.power", store.wish("a.power", "off", "c1"), doubtful=True)
    store.lose("a")
    assert shown(store) == (10, "stale")
    assert shown(store, "a.power") == (None, "unknown")


def test_a_panel_that_was_away_gets_the_newest_of_what_changed() -> None:
    store = make()
    say(store, 10)
    seq = store.seq
    assert store.since(seq) == {}
    say(store, 20)
    say(store, 30)
    patch = store.since(seq)
    assert patch is not None
    assert list(patch) == ["a.level"]
    assert patch["a.level"]["value"] == 30


def test_numbers_of_another_life_get_a_snapshot() -> None:
    store = make()
    assert store.since(3) is None
    assert store.since(store.seq + 1) is None
    store.remove("a")
    assert store.since(store.seq - 1) is None


def test_points_of_a_longer_id_are_not_touched() -> None:
    store = make()
    store.declare("a.level", (LEVEL,))
    store.remove("a")
    assert "a.level.level" in store.snapshot()
    assert "a.power" not in store.snapshot()


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("report"), st.integers(-5, 105)),
            st.tuples(st.just("wish"), st.integers(0, 100)),
            st.tuples(st.just("end"), st.integers(0, 4)),
            st.tuples(st.just("lose"), st.just(0)),
        ),
        max_size=30,
    )
)
def test_a_snapshot_and_the_patches_after_it_are_the_state(steps: list[tuple[str, int]]) -> None:
    store = make()
    seen, seq = store.snapshot(), store.seq
    generations: list[int] = []
    for kind, number in steps:
        if kind == "report":
            say(store, number)
        elif kind == "wish":
            generations.append(store.wish("a.level", number, "c"))
        elif kind == "end" and generations:
            store.end_wish("a.level", generations[number % len(generations)], doubtful=number == 3)
        elif kind == "lose":
            store.lose("a")
        patch = store.since(seq)
        assert patch is not None
        seen, seq = {**seen, **patch}, store.seq
    now = store.snapshot()
    assert {p: (b["value"], b["quality"]) for p, b in seen.items()} == {
        p: (b["value"], b["quality"]) for p, b in now.items()
    }
