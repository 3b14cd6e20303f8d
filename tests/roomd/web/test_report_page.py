"""What stands on the printed page; over HTTP it is tried in `routes/test_reports.py`."""

from __future__ import annotations

from typing import Any

from roomd.audit.meetings import Facts, Meeting
from roomd.web.report_page import report_page

WALL = "2026-11-26T10:00:00.000+08:00"


def row(seq: int, act: str, **more: Any) -> dict[str, Any]:
    empty = {
        "actor": "",
        "role": "",
        "obj": "",
        "result": "",
        "reason": "",
        "cmd": "",
        "kind": "event",
    }
    return {"seq": seq, "wall": WALL, "act": act, "detail": {}, **empty, **more}


def test_a_meeting_that_goes_on_has_no_end_and_no_anchor() -> None:
    facts = Facts(Meeting(3, 1, WALL), "r1", [row(1, "meeting.begin", actor="roomd", obj="3")])
    page = report_page(facts, {"zh": "会议室", "en": "Room"})
    assert "2026-11-26 10:00:00 – —" in page
    assert "<svg" not in page
    assert "会议开始" in page
    assert "Meeting begins" in page


def test_what_comes_from_people_and_devices_is_text() -> None:
    evil = '<img src=x onerror="alert(1)">'
    rows = [row(2, evil, actor=evil, obj=evil, reason=evil, result="refused", role=evil)]
    page = report_page(Facts(Meeting(1, 1, WALL), "r1", rows), {"zh": evil, "en": evil})
    assert "<img" not in page


def test_a_report_that_was_cut_says_so() -> None:
    page = report_page(Facts(Meeting(1, 1, WALL), "r1", [], cut=True), {"zh": "", "en": ""})
    assert "仅列前一部分" in page
