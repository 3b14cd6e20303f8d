"""会议操作记录 over HTTP: for the auditor alone, as a page to print; the anchor for who shows it."""

from __future__ import annotations

from pathlib import Path

from roomd.audit.entry import Entry
from roomd.audit.ledger import Ledger
from tests.roomd.audit.ledgers import Hand, ledger_in
from tests.support.web_room import web_room


def fill(ledger: Ledger, hand: Hand) -> None:
    """Record one meeting."""
    rows = [
        Entry("meeting.begin", actor="roomd", obj="1"),
        Entry("session.open", actor="<b>张三</b>", role="presenter", result="confirmed"),
        Entry("device.command", "asked", actor="张三", obj="lamp/on", cmd="c1"),
        Entry("device.command", "ended", actor="张三", obj="lamp/on", cmd="c1", result="confirmed"),
        Entry(
            "device.command",
            "ended",
            actor="张三",
            obj="lift.main/up",
            cmd="c2",
            result="refused",
            reason="interlocked",
            detail={"args": {"position": 40}},
        ),
        Entry("meeting.end", actor="roomd", obj="1"),
    ]
    ledger.append([(row, hand.stamp()) for row in rows])
    ledger.anchor()


async def test_the_report_lists_who_did_what_and_carries_the_anchor(tmp_path: Path) -> None:
    hand = Hand()
    fill(ledger_in(tmp_path, hand), hand)
    path = tmp_path / "audit" / "record.db"
    async with web_room(tmp_path, record_path=path) as room:
        status, listed = await room.ask("GET", "audit/meetings", "auditor")
        assert (status, [m["number"] for m in listed["meetings"]]) == (200, [1])
        status, page = await room.ask("GET", "audit/meetings/1/report", "auditor")
        assert status == 200
        assert "会议操作记录" in page
        assert "&lt;b&gt;张三&lt;/b&gt; (presenter)" in page
        assert page.count("lamp/on") == 1  # asked and ended are one line
        assert "interlocked" in page
        assert "position=40" in page
        assert "<svg" in page
        assert "roomd-anchor:1?" in page
        assert "<script" not in page
        assert "style=" not in page
        for role in ("admin", "presenter", "security"):
            assert (await room.ask("GET", "audit/meetings/1/report", role))[0] == 403
        for wrong in ("2", "x", "1e3", "9" * 30):
            assert (await room.ask("GET", f"audit/meetings/{wrong}/report", "auditor"))[0] == 404
        style = await room.ask("GET", "/report.css", None)
        assert "@page" in style[1]


async def test_the_anchor_is_shown_with_its_qr(tmp_path: Path) -> None:
    async with web_room(tmp_path, anchor=lambda: "roomd-anchor:1?x") as room:
        status, body = await room.ask("GET", "audit/anchor", "display")
        assert (status, body["text"], body["qr"][:4]) == (200, "roomd-anchor:1?x", "<svg")
        assert (await room.ask("GET", "audit/anchor", "admin"))[0] == 403
    async with web_room(tmp_path) as room:
        assert (await room.ask("GET", "audit/anchor", "presenter"))[1] == {"text": "", "qr": ""}
