"""会议操作记录: what was done in a meeting, as a page to print. Made here, without script; Chinese first."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any, Final

from roomd.audit.meetings import Facts
from roomd.messages import words
from roomd.web.qr import svg

STYLE: Final = (
    "body{font:15px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',serif;margin:2rem auto;max-width:60rem;"
    "padding:0 1rem;color:#11181c;background:#fff}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #66757e;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "thead{display:table-header-group}tr{break-inside:avoid}svg{width:12rem;height:12rem}"
    ".foot{display:flex;gap:1rem;align-items:center;margin-top:1rem;break-inside:avoid}"
    "@page{margin:15mm}@media print{body{margin:0;max-width:none}}"
)
SILENT: Final = frozenset({"record.epoch", "audit.read"})
"""Acts that say nothing of the meeting."""


def report_page(facts: Facts, room: dict[str, str]) -> str:
    """Return the page.

    Args:
        facts: what happened.
        room: its name, in both languages.
    """
    meeting = facts.meeting
    rows = "\n".join(_row(row) for row in _told(facts.rows))
    end = _time(meeting.end) if meeting.end else "—"
    cut = (
        "<p>记录过长，仅列前一部分。 <span lang='en'>Too long; only the beginning.</span></p>"
        if facts.cut
        else ""
    )
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>会议操作记录 {meeting.number}</title>
<link rel="stylesheet" href="/report.css"></head><body>
<h1>会议操作记录 · <span lang="en">Meeting record</span></h1>
<p>{escape(room.get("zh", ""))} <span lang="en">{escape(room.get("en", ""))}</span> ·
第 {meeting.number} 次会议 <span lang="en">meeting {meeting.number}</span><br>
{_time(meeting.begin)} – {end}</p>
<p>参与操作 · <span lang="en">Who acted</span>: {escape("、".join(_people(facts.rows))) or "—"}</p>
<table><thead><tr><th>序号<br>No.</th><th>时间<br>Time</th><th>人员<br>Who</th><th>操作<br>Act</th>
<th>对象<br>What</th><th>结果<br>Result</th></tr></thead>
<tbody>
{rows}
</tbody></table>
{cut}
{_foot(facts)}
</body></html>
"""


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a report: of a command that was asked and has ended, its end."""
    ended = {row["cmd"] for row in rows if row["kind"] == "ended" and row["cmd"]}
    return [
        row
        for row in rows
        if row["act"] not in SILENT and not (row["kind"] == "asked" and row["cmd"] in ended)
    ]


def _people(rows: list[dict[str, Any]]) -> list[str]:
    found: dict[str, None] = {}
    for row in rows:
        if row["actor"] and row["actor"] != "roomd":
            found.setdefault(f"{row['actor']} ({row['role']})" if row["role"] else row["actor"])
    return list(found)


def _row(row: dict[str, Any]) -> str:
    act, zh, en = str(row["act"]), "", ""
    zh, en = _act(act, "zh"), _act(act, "en")
    cells = (
        str(row["seq"]),
        _time(row["wall"])[11:],
        escape(str(row["actor"]) or "—"),
        f"{escape(zh)}<br><small lang='en'>{escape(en)}</small>",
        f"{escape(str(row['obj']) or '—')}{_args(row)}",
        _result(row),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _act(act: str, language: Any) -> str:
    found = words(f"act.{act}", {}, language)
    return act if found == f"act.{act}" else found


def _args(row: dict[str, Any]) -> str:
    args: dict[str, Any] = row["detail"].get("args") or {}
    shown = ", ".join(f"{name}={value}" for name, value in args.items())
    return f"<br><small>{escape(shown)}</small>" if shown else ""


def _result(row: dict[str, Any]) -> str:
    result, reason = str(row["result"]), str(row["reason"])
    if not result:
        return "—"
    zh, en = (words(f"outcome.{result}", {}, lang) for lang in ("zh", "en"))
    why = f" ({escape(reason)})" if reason else ""
    return f"{escape(zh)}<br><small lang='en'>{escape(en)}</small>{why}"


def _time(wall: str) -> str:
    return dt.datetime.fromisoformat(wall).strftime("%Y-%m-%d %H:%M:%S")


def _foot(facts: Facts) -> str:
    if facts.anchor is None:
        return ""
    text = str(facts.anchor["detail"].get("text", ""))
    return f"""<div class="foot">{svg(text)}<div><p>此二维码是操作记录在会议结束时的签名，保存好即可证明之后没有删改。
<span lang="en">This QR is the record's signature at the end of the meeting; whoever keeps it can prove that nothing
was changed or removed afterwards: roomd audit verify --anchor FILE.</span></p>
<p><small>{escape(text)}</small></p></div></div>"""
