"""The store: what readers see, in which order, and what a panel that was away gets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from drivers.clock import VirtualClock
from drivers.points import PointSpec, Quality, Report
from roomd.state.points import PointState
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


def wish(store: Store, value: Any, path: str = "a.level", command: str = "c1") -> int:
    """Wish, with the first byte on its way."""
    generation = store.wish(path, value, command)
    store.left(path, generation)
    return generation


def shown(store: Store, path: str = "a.level") -> tuple[Any, str]:
    body = store.snapshot()[path]
    return body["value"], str(body["quality"])


# -- reports ------------------------------------------------------------------------------------------------------


def test_a_declared_point_is_unknown_until_it_is_reported() -> None:
    store = make()
    assert shown(store) == (None, "unknown")
    say(store, 30)
    assert shown(store) == (30, "confirmed")
    assert store.value("a.level") == 30


def test_what_was_never_declared_is_nowhere() -> None:
    store = make()
    assert store.get("a.colour") is None
    assert store.value("a.colour") is None
    assert store.wish("a.colour", 1, "c1") == 0
    store.left("a.colour", 0)
    store.end_wish("a.colour", 0)
    store.judge("a.colour", agrees=True)
    store.lose("b")
    store.remove("b")
    assert set(store.snapshot()) == {"a.level", "a.power", "a.online", "a.fault"}


def test_an_undeclared_point_is_dropped_and_counted_and_logged_once() -> None:
    store = make()
    with capture_logs() as logs:
        for _ in range(3):
            say(store, 1, point="colour")
    assert store.dropped["undeclared"] == 3
    assert "a.colour" not in store.snapshot()
    assert [(entry["event"], entry["point"]) for entry in logs] == [
        ("state.undeclared", "a.colour")
    ]


def test_a_value_out_of_range_makes_the_point_suspect_and_keeps_the_old_one() -> None:
    store = make()
    say(store, 30)
    say(store, 101)
    assert shown(store) == (30, "suspect")
    assert store.dropped["out_of_range"] == 1
    say(store, 30)
    assert shown(store) == (30, "confirmed")


def test_an_equal_report_sends_no_patch_and_is_fresh() -> None:
    clock = VirtualClock()
    store = Store(clock)
    store.declare("a", (LEVEL,))
    say(store, 30)
    seq = store.seq
    clock._now += 5
    say(store, 30)
    assert store.seq == seq
    state = store.get("a.level")
    assert state is not None
    assert (state.monotonic, state.ts) == (clock.monotonic(), clock.wall())


def test_saying_the_same_again_does_not_change_who_made_it_so() -> None:
    store = make()
    say(store, 30)
    say(store, 30, Quality.OBSERVED)
    assert shown(store) == (30, "confirmed")
    say(store, 40, Quality.OBSERVED)
    say(store, 40)
    assert shown(store) == (40, "observed")


# -- wishes -------------------------------------------------------------------------------------------------------


def test_a_wish_shows_the_last_report_until_it_is_fulfilled() -> None:
    store = make()
    say(store, 10)
    generation = wish(store, 60)
    assert store.snapshot()["a.level"]["desired"] == 60
    say(store, 30)
    assert shown(store) == (30, "pending")
    say(store, 60)
    assert shown(store) == (60, "confirmed")
    store.end_wish("a.level", generation)
    assert shown(store) == (60, "confirmed")


def test_a_report_older_than_the_first_byte_does_not_count() -> None:
    store = make()
    say(store, 10)
    generation = store.wish("a.level", 60, "c1")
    say(store, 60)
    assert shown(store) == (60, "pending")
    say(store, 90)
    assert shown(store) == (90, "pending")
    store.left("a.level", generation)
    say(store, 60)
    assert shown(store) == (60, "confirmed")


def test_a_newer_wish_waits_for_its_own_first_byte() -> None:
    store = make()
    say(store, "on", point="power")
    first = wish(store, "off", "a.power")
    second = store.wish("a.power", "on", "c2")
    store.left("a.power", first)
    say(store, "off", point="power")
    assert shown(store, "a.power") == ("off", "pending")
    store.left("a.power", second)
    say(store, "on", point="power")
    assert shown(store, "a.power") == ("on", "confirmed")


def test_a_transitional_value_keeps_the_wish() -> None:
    store = make()
    say(store, "off", point="power")
    wish(store, "on", "a.power")
    say(store, "warming", point="power")
    assert shown(store, "a.power") == ("warming", "pending")


def test_a_value_on_the_way_keeps_the_wish_also_when_it_turns_back_a_little() -> None:
    store = make()
    say(store, 10)
    wish(store, 60)
    for value in (30, 28, 45):
        say(store, value)
        assert shown(store) == (value, "pending")


def test_a_change_to_something_else_ends_the_wish() -> None:
    store = make()
    say(store, 10)
    wish(store, 60)
    say(store, 10, Quality.OBSERVED)
    assert shown(store)[1] == "pending"
    say(store, 90, Quality.OBSERVED)
    assert shown(store) == (90, "observed")


@pytest.mark.parametrize("value,quality", [(60, Quality.STALE), (None, Quality.UNKNOWN)])
def test_what_was_kept_from_before_or_says_nothing_does_not_end_it(
    value: int | None, quality: Quality
) -> None:
    store = make()
    say(store, 10)
    wish(store, 60)
    say(store, value, quality)
    assert shown(store)[1] == "pending"
    assert store.snapshot()["a.level"]["was"] == quality


def test_the_deadline_brings_back_the_last_report() -> None:
    store = make()
    say(store, 10)
    store.end_wish("a.level", wish(store, 60))
    assert shown(store) == (10, "confirmed")


def test_only_the_newest_wish_may_end_it() -> None:
    store = make()
    say(store, 10)
    first = wish(store, 60)
    wish(store, 70, command="c2")
    store.end_wish("a.level", first)
    assert store.snapshot()["a.level"]["by"] == "c2"


def test_a_timeout_of_what_is_only_assumed_leaves_it_unknown() -> None:
    store = make()
    say(store, 10, Quality.ASSUMED)
    store.end_wish("a.level", wish(store, 60), doubtful=True)
    assert shown(store) == (None, "unknown")


def test_a_timeout_after_the_report_came_leaves_no_doubt() -> None:
    store = make()
    say(store, 10)
    generation = wish(store, 60)
    say(store, 60)
    store.end_wish("a.level", generation, doubtful=True)
    store.lose("a")
    assert shown(store) == (60, "stale")


# -- losing touch -------------------------------------------------------------------------------------------------


def test_out_of_reach_is_stale_and_after_a_timeout_unknown() -> None:
    store = make()
    say(store, 10)
    say(store, "on", point="power")
    say(store, False, Quality.OBSERVED, "online")
    store.end_wish("a.power", wish(store, "off", "a.power"), doubtful=True)
    store.lose("a")
    assert shown(store) == (10, "stale")
    assert shown(store, "a.power") == (None, "unknown")
    assert shown(store, "a.online") == (False, "observed")
    seq = store.seq
    store.lose("a")
    assert store.seq == seq


def test_a_report_after_a_timeout_takes_the_doubt_away() -> None:
    store = make()
    say(store, 10)
    store.end_wish("a.level", wish(store, 60), doubtful=True)
    say(store, 10)
    store.lose("a")
    assert shown(store) == (10, "stale")


def test_a_wish_outlives_the_loss_until_its_own_end() -> None:
    store = make()
    say(store, 10)
    generation = wish(store, 60)
    store.lose("a")
    body = store.snapshot()["a.level"]
    assert (body["quality"], body["was"]) == ("pending", "stale")
    store.end_wish("a.level", generation)
    assert shown(store) == (10, "stale")


# -- a second opinion ---------------------------------------------------------------------------------------------


def test_a_second_opinion_raises_or_doubts_what_is_only_assumed() -> None:
    store = make()
    say(store, 10, Quality.ASSUMED)
    opinions: list[tuple[bool | None, str]] = [
        (True, "observed"),
        (False, "suspect"),
        (None, "assumed"),
    ]
    for agrees, quality in opinions:
        store.judge("a.level", agrees=agrees)
        assert shown(store) == (10, quality)
        seq = store.seq
        store.judge("a.level", agrees=agrees)
        assert store.seq == seq


def test_what_the_device_told_is_above_a_second_opinion() -> None:
    store = make()
    say(store, 10)
    store.judge("a.level", agrees=False)
    assert shown(store) == (10, "confirmed")


def test_assuming_the_same_again_keeps_the_opinion_and_a_new_value_drops_it() -> None:
    store = make()
    say(store, 10, Quality.ASSUMED)
    store.judge("a.level", agrees=False)
    say(store, 10, Quality.ASSUMED)
    assert shown(store) == (10, "suspect")
    say(store, 20, Quality.ASSUMED)
    assert shown(store) == (20, "assumed")
    say(store, 20)
    say(store, 20, Quality.ASSUMED)
    assert shown(store) == (20, "assumed")


def test_after_a_loss_an_opinion_counts_no_more() -> None:
    store = make()
    say(store, 10, Quality.ASSUMED)
    store.lose("a")
    store.judge("a.level", agrees=True)
    assert shown(store) == (10, "stale")


# -- who was away -------------------------------------------------------------------------------------------------


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


def test_after_the_room_itself_has_changed_only_a_snapshot_tells() -> None:
    store = make()
    seq = store.seq
    store.renew()
    assert store.since(seq) is None
    assert store.since(store.seq) == {}


def test_numbers_of_a_later_start_are_larger() -> None:
    clock = VirtualClock()
    before = Store(clock)
    before.declare("a", (LEVEL,))
    clock._now += 1
    assert Store(clock).base > before.seq


def test_points_of_a_longer_id_are_not_touched() -> None:
    store = make()
    store.declare("a.level", (LEVEL,))
    store.remove("a")
    assert "a.level.level" in store.snapshot()
    assert "a.power" not in store.snapshot()


def test_a_device_declared_anew_keeps_what_is_the_same_and_begins_the_rest() -> None:
    store = make()
    say(store, 10)
    say(store, "on", point="power")
    store.declare("a", (LEVEL, PointSpec("power", "bool")))
    assert shown(store) == (10, "confirmed")
    assert shown(store, "a.power") == (None, "unknown")
    store.declare("a", (LEVEL,))
    assert "a.power" not in store.snapshot()


def test_listeners_hear_each_visible_change_until_they_end_it() -> None:
    store = make()
    heard: list[tuple[str, Any]] = []

    def listen(path: str, state: PointState) -> None:
        heard.append((path, state.value))

    end = store.subscribe(listen)
    say(store, 10)
    say(store, 10)
    end()
    say(store, 20)
    assert heard == [("a.level", 10)]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("report"), st.integers(-5, 105)),
        st.tuples(st.just("assume"), st.integers(0, 100)),
        st.tuples(st.just("wish"), st.integers(0, 100)),
        st.tuples(st.just("left"), st.integers(0, 4)),
        st.tuples(st.just("end"), st.integers(0, 4)),
        st.tuples(st.just("judge"), st.integers(0, 2)),
        st.tuples(st.just("lose"), st.just(0)),
    ),
    max_size=30,
)


@given(STEPS)
def test_a_snapshot_and_the_patches_after_it_are_the_state(steps: list[tuple[str, int]]) -> None:
    store = make()
    seen, seq = store.snapshot(), store.seq
    generations = [0]
    for kind, number in steps:
        generation = generations[number % len(generations)]
        if kind == "report":
            say(store, number)
        elif kind == "assume":
            say(store, number, Quality.ASSUMED)
        elif kind == "wish":
            generations.append(store.wish("a.level", number, "c"))
        elif kind == "left":
            store.left("a.level", generation)
        elif kind == "end":
            store.end_wish("a.level", generation, doubtful=number == 3)
        elif kind == "judge":
            store.judge("a.level", agrees=(True, False, None)[number])
        else:
            store.lose("a")
        patch = store.since(seq)
        assert patch is not None
        seen, seq = {**seen, **patch}, store.seq
        value, quality = shown(store)
        assert (value is None) <= (quality in ("unknown", "pending", "suspect"))
    without_age = [{p: {**b, "ts": 0} for p, b in s.items()} for s in (seen, store.snapshot())]
    assert without_age[0] == without_age[1]
