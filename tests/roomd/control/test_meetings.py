"""Meetings out of iCalendar text: repeats, exceptions, zones, whole days, rubbish."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomd.control.meetings import Meeting, meetings_of, upcoming

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)


def calendar(*events: str) -> bytes:
    inner = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{e}END:VEVENT\r\n" for n, e in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{inner}END:VCALENDAR\r\n".encode()


def event(start: str, end: str, title: str = "Review", more: str = "") -> str:
    return f"DTSTART:{start}\r\nDTEND:{end}\r\nSUMMARY:{title}\r\n{more}"


def shown(*events: str) -> list[tuple[str, str]]:
    found = meetings_of(calendar(*events), NOW, ZONE)
    return [(m.start.strftime("%d %H:%M"), m.title) for m in found]


def test_what_goes_on_and_what_comes_by_its_start() -> None:
    assert shown(
        event("20261125T010000Z", "20261125T020000Z", "Later"),
        event("20261124T083000", "20261124T093000", "Now"),
        event("20261124T070000", "20261124T080000", "Over"),
        event("20261224T070000", "20261224T080000", "Far"),
    ) == [("24 08:30", "Now"), ("25 09:00", "Later")]


def test_repeats_with_an_exception() -> None:
    more = "RRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20261125T100000\r\n"
    found = shown(event("20261124T100000", "20261124T110000", "Stand-up", more))
    assert found == [("24 10:00", "Stand-up"), ("26 10:00", "Stand-up"), ("27 10:00", "Stand-up")]


def test_whole_days_cancelled_ones_and_words_with_line_ends() -> None:
    assert shown(
        "DTSTART;VALUE=DATE:20261125\r\nDTEND;VALUE=DATE:20261126\r\nSUMMARY:Inspection\\n day\r\n",
        event("20261124T100000", "20261124T110000", more="STATUS:CANCELLED\r\n"),
    ) == [("25 00:00", "Inspection day")]


def test_what_repeats_each_second_is_no_meeting() -> None:
    assert shown(
        event("20261101T000000", "20261101T000001", more="RRULE:FREQ=SECONDLY\r\n"),
        event("20261124T100000", "20261124T110000"),
    ) == [("24 10:00", "Review")]


@pytest.mark.parametrize("raw", [b"", b"hello", b"\xff\xfe", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        meetings_of(raw, NOW, ZONE)


def test_the_next_few() -> None:
    hour = dt.timedelta(hours=1)
    three = [Meeting(NOW + n * hour, NOW + (n + 1) * hour, str(n)) for n in (2, 0, 1)]
    assert [m.title for m in upcoming(three, NOW, 2)] == ["0", "1"]
    assert [m.title for m in upcoming(three, NOW + 1.5 * hour, 2)] == ["1", "2"]
    assert three[1].as_json() == {
        "start": "2026-11-24T09:00:00+08:00",
        "end": "2026-11-24T10:00:00+08:00",
        "title": "0",
    }


@given(st.text(max_size=400))
def test_titles_are_short_and_on_one_line(title: str) -> None:
    safe = title.replace("\r", "").replace("\n", "\\n")
    for meeting in meetings_of(
        calendar(event("20261124T100000", "20261124T110000", safe)), NOW, ZONE
    ):
        assert len(meeting.title) <= 120
        assert meeting.title.isprintable()
