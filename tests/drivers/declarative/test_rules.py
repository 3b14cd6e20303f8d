from __future__ import annotations

from drivers.declarative.frames import TextTemplate
from drivers.declarative.messages import TopicMessage
from drivers.declarative.receive import Received
from drivers.declarative.rules import by_path, filled, from_template, from_topic


def test_a_line_says_points() -> None:
    rule = from_template(TextTemplate("Out{o:int} In{i:int}"), {"out.{o}.input": "{i}"}, {})
    assert rule.find(Received(b"Out03 In01")) == {"out.3.input": 1}
    assert rule.find(Received(b"hello")) is None
    assert rule.find(TopicMessage("t", {}, retain=False)) is None


def test_a_topic_says_points_below_a_path() -> None:
    rule = from_topic(
        ("t",),
        "A",
        {"Vendor": "{vendor}"},
        {"power": "Power|on_off", "target": "Temp"},
        {"vendor": "GREE"},
    )
    body = {"A": {"Vendor": "Gree", "Power": "On"}}
    assert rule.find(TopicMessage("t", body, retain=False)) == {"power": True}
    assert rule.find(TopicMessage("u", body, retain=False)) is None
    assert rule.find(TopicMessage("t", {"B": 1}, retain=False)) is None
    assert rule.find(TopicMessage("t", {"A": {"Vendor": "X"}}, retain=False)) is None
    assert rule.find(Received(b"")) is None


def test_what_does_not_fit_is_left_out() -> None:
    assert by_path({"P": "maybe"}, {"a": "P|on_off", "b": True, "c": "{value}", "d": "{x}"}, {"x": 1}) == {
        "b": True, "c": {"P": "maybe"}, "d": 1,
    }  # fmt: skip
    assert filled({"a": "{x|int}", "b": "{y}", "c": 3}, {"x": "z"}) == {"c": 3}
