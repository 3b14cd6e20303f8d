"""Without any usable configuration: one page without script, in both languages, that says what is wrong and where.

Every page but `/admin` answers 503 with it; STOP is answered (there is nothing to stop); nothing moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from aiohttp import web

from roomd.config.places import Problem
from roomd.messages import words

SHOWN = 20
"""Problems on the page, at most."""
NOBODY_KNOWN = {"zh": "信息部门", "en": "IT"}
"""Whom to call where the room file does not say it, or not readably."""


def unavailable(page: str) -> web.Response:
    """Return the page as an answer: 503, to be asked for again in 5 s."""
    return web.Response(
        text=page, status=503, content_type="text/html", headers={"Retry-After": "5"}
    )


def failure_page(
    problems: Sequence[Problem], config: Path, contact: Mapping[str, str] | None
) -> str:
    """Return the page; places, keys and messages only, never source lines or values.

    Args:
        problems: what is wrong.
        config: the room file, for the command that shows more.
        contact: whom to call, in both languages, where that much of the file is readable.
    """
    rows = "\n".join(_row(p) for p in problems[:SHOWN])
    count = len(problems)
    call = contact or NOBODY_KNOWN
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>roomd</title></head>
<body>
<h1>会议室暂时不能使用 · <span lang="en">The room is not available</span></h1>
<p>配置文件有 {count} 处错误，请联系{escape(call["zh"])}。
<span lang="en">The configuration has {count} errors. Call {escape(call["en"])}.</span></p>
<ul>
{rows}
</ul>
<p><code>roomd config check {escape(str(config))}</code></p>
<p><a href="/admin">管理员登录 <span lang="en">Log in as administrator</span></a></p>
</body></html>
"""


def _row(problem: Problem) -> str:
    zh = words(problem.code, problem.params, "zh")
    en = words(problem.code, problem.params, "en")
    place = f"{problem.place} {problem.dotted}".strip()
    return (
        f"<li><code>{escape(place)}</code> {escape(zh)} / <span lang='en'>{escape(en)}</span></li>"
    )
