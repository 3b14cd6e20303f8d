"""Live traffic for those who watch it; what is secret stays so."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.trace import TraceEvent
from roomd.web.traces import KEPT, Traces, as_json


def event(device: str = "lift.main", text: str = "", data: bytes = b"\x81A\x00") -> TraceEvent:
    return TraceEvent(1.23456, "bus_a", device, "tx", data, "", text, "c1")


def test_a_frame_as_people_read_it() -> None:
    assert as_json(event(text="up()")) == {
        "type": "trace",
        "ts": 1.2346,
        "link": "bus_a",
        "device": "lift.main",
        "direction": "tx",
        "hex": "81 41 00",
        "ascii": ".A.",
        "topic": "",
        "text": "up()",
        "command": "c1",
    }


@pytest.mark.parametrize(
    "text,shown",
    [
        ("unlock pin=1234 now", "unlock pin=*** now"),
        ("login(Password=a-b)", "login(Password=***"),
        ("set api_token=x level=5", "set api_token=*** level=5"),
        ("set level=5", "set level=5"),
        ("pin 1234", "pin 1234"),
    ],
)
def test_what_is_secret_is_masked(text: str, shown: str) -> None:
    assert as_json(event(text=text))["text"] == shown


def test_each_watcher_hears_what_it_asked_for_until_it_leaves() -> None:
    traces = Traces()
    one: list[dict[str, Any]] = []
    everything: list[dict[str, Any]] = []
    traces.on_trace(event("early"))
    traces.watch("a", frozenset({"lift.main"}), one.append)
    traces.watch("b", frozenset({"*"}), everything.append)
    traces.on_trace(event("lift.main"))
    traces.on_trace(event("lights"))
    traces.watch("a", frozenset({"lights"}), one.append)
    traces.on_trace(event("lift.main"))
    traces.on_trace(event("lights"))
    traces.watch("a", frozenset(), one.append)
    traces.leave("b")
    traces.leave("nobody")
    traces.on_trace(event("lights"))
    assert [e["device"] for e in one] == ["lift.main", "lights"]
    assert [e["device"] for e in everything] == ["lift.main", "lights"] * 2


def test_only_the_last_frames_are_kept() -> None:
    traces = Traces()
    for n in range(KEPT + 10):
        traces.on_trace(event(str(n)))
    assert [e.device for e in traces.recent] == [str(n) for n in range(10, KEPT + 10)]
