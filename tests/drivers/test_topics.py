"""Who hears which topic: the index finds whom trying every filter would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.topics import Topics, matches

PART = st.sampled_from(["a", "b", "c", ""])
TOPIC = st.lists(PART, min_size=1, max_size=4).map("/".join)
FILTER = st.one_of(
    TOPIC,
    st.lists(st.one_of(PART, st.just("+")), min_size=1, max_size=4).map("/".join),
    st.lists(st.one_of(PART, st.just("+")), max_size=3).map(lambda parts: "/".join([*parts, "#"])),
)
LISTENERS = st.dictionaries(st.sampled_from("uvwxyz"), st.lists(FILTER, max_size=3))


@pytest.mark.parametrize(
    "pattern,topic,fits",
    [
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/+/c", "a/b/c", True),
        ("+/b", "a/b", True),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("#", "a/b", True),
        ("a/b/c", "a/b", False),
        ("a", "a/b", False),
    ],
)
def test_a_filter_fits_or_not(pattern: str, topic: str, fits: bool) -> None:
    assert matches(pattern, topic) is fits


@given(LISTENERS, TOPIC, st.sets(st.sampled_from("uvwxyz")))
def test_the_index_finds_whom_trying_every_filter_finds(
    listeners: dict[str, list[str]], topic: str, gone: set[str]
) -> None:
    topics = Topics()
    for who, filters in listeners.items():
        topics.add(who, filters)
    for who in gone:
        topics.remove(who)

    found = topics.hearers(topic)

    left = {who: filters for who, filters in listeners.items() if who not in gone}
    expected = {who for who, filters in left.items() if any(matches(f, topic) for f in filters)}
    assert set(found) == expected
    assert len(found) == len(expected)


def test_two_devices_may_share_a_topic() -> None:
    topics = Topics()
    topics.add("lamp", ["z/lamp", "z/bridge"])
    topics.add("strip", ["z/strip", "z/bridge"])
    assert topics.hearers("z/bridge") == ["lamp", "strip"]
    topics.remove("lamp")
    assert topics.hearers("z/bridge") == ["strip"]
    assert topics.hearers("z/lamp") == []
