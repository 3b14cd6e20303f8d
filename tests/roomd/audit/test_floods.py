"""The same refusal again and again is one row and one count."""

from __future__ import annotations

from dataclasses import replace

from roomd.audit.entry import Entry
from roomd.audit.floods import KEPT, Floods

NO = Entry("device.command", actor="x", obj="lift/up", result="refused", reason="owned")


def test_the_first_counts_and_the_rest_are_counted() -> None:
    floods = Floods()
    assert floods.take(NO, 0.0) == [NO]
    assert [floods.take(NO, n / 10) for n in range(1, 50)] == [[]] * 49
    (count,) = floods.due(10.0)
    assert (count.kind, count.detail["times"]) == ("repeated", 49)
    assert floods.take(NO, 11.0) == [NO]


def test_one_refusal_leaves_no_count() -> None:
    floods = Floods()
    floods.take(NO, 0.0)
    assert floods.due(20.0) == []
    assert floods.rest() == []


def test_other_things_have_rows_of_their_own() -> None:
    floods = Floods()
    for entry in (
        NO,
        replace(NO, actor="y"),
        replace(NO, reason="locked"),
        replace(NO, obj="lift/down"),
        replace(NO, act="archive.page"),
        replace(NO, act="archive.page"),
        replace(NO, result="confirmed"),
        replace(NO, result="confirmed"),
    ):
        assert floods.take(entry, 0.0) == [entry]


def test_what_is_open_at_the_end_is_counted() -> None:
    floods = Floods()
    floods.take(NO, 0.0)
    floods.take(NO, 1.0)
    (count,) = floods.rest()
    assert count.detail["times"] == 1


def test_memory_is_bounded() -> None:
    floods = Floods()
    for number in range(KEPT + 50):
        floods.take(replace(NO, actor=str(number)), 0.0)
    assert len(floods._seen) == KEPT
