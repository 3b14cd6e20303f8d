"""Which meetings a record holds, and which rows belong to each."""

from __future__ import annotations

from pathlib import Path

from roomd.audit.entry import Entry
from roomd.audit.meetings import facts, meetings
from tests.roomd.audit.ledgers import Hand, ledger_in


def test_meetings_are_told_apart_newest_first_and_one_may_go_on(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    for act, obj in (
        ("meeting.begin", "1"),
        ("device.command", "lamp/on"),
        ("meeting.end", "1"),
        ("device.command", "lamp/off"),
        ("meeting.begin", "2"),
        ("device.command", "lamp/set"),
    ):
        ledger.append([(Entry(act, obj=obj), hand.stamp())])
        if act == "meeting.end":
            ledger.anchor()
    path = tmp_path / "audit" / "record.db"
    assert [(m.number, bool(m.end)) for m in meetings(path)] == [(2, False), (1, True)]
    first = facts(path, 1)
    assert first is not None
    assert [row["obj"] for row in first.rows] == ["1", "lamp/on", "1"]
    assert first.anchor is not None
    last = facts(path, None)
    assert last is not None
    assert [row["obj"] for row in last.rows] == ["2", "lamp/set"]
    assert (last.anchor, last.cut) == (None, False)
    assert facts(path, 3) is None


def test_a_record_without_meetings_has_none(tmp_path: Path) -> None:
    ledger_in(tmp_path)
    assert meetings(tmp_path / "audit" / "record.db") == []
