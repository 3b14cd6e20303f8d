"""Without any usable configuration: one page without script, in both languages, that says what is wrong and where.

Every page answers 503 with it; STOP is answered (there is nothing to stop); nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from aiohttp import web

from roomd.config.places import Problem
from roomd.messages import words
from roomd.web.headers import add_headers
from roomd.web.problem import json_response, problem_response

SHOWN = 20
"""Problems on the page, at most."""


def failure_app(problems: Sequence[Problem], config: Path) -> web.Application:
    """Return the application of safe mode."""
    page = failure_page(problems, config).encode()

    async def show(request: web.Request) -> web.Response:
        if request.path.startswith("/api/"):
            return problem_response("config_none", {"errors": len(problems)}, 503)
        return web.Response(
            body=page,
            status=503,
            content_type="text/html",
            charset="utf-8",
            headers={"Retry-After": "5"},
        )

    async def stop(request: web.Request) -> web.Response:
        return json_response({"devices": {}})

    async def alive(request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(request: web.Request) -> web.Response:
        return web.Response(text="no configuration\n", status=503)

    app = web.Application()
    app.router.add_post("/api/v1/stop", stop)
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_route("*", "/{path:.*}", show)
    app.on_response_prepare.append(add_headers)
    return app


def failure_page(problems: Sequence[Problem], config: Path) -> str:
    """Return the page; places, keys and messages only, never source lines or values."""
    rows = "\n".join(_row(p) for p in problems[:SHOWN])
    count = len(problems)
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>roomd</title></head>
<body>
<h1>会议室暂时不能使用 · <span lang="en">The room is not available</span></h1>
<p>配置文件有 {count} 处错误，请联系信息部门。
<span lang="en">The configuration has {count} errors. Call IT.</span></p>
<ul>
{rows}
</ul>
<p><code>roomd config check {escape(str(config))}</code></p>
</body></html>
"""


def _row(problem: Problem) -> str:
    zh = words(problem.code, problem.params, "zh")
    en = words(problem.code, problem.params, "en")
    place = f"{problem.place} {problem.dotted}".strip()
    return (
        f"<li><code>{escape(place)}</code> {escape(zh)} / <span lang='en'>{escape(en)}</span></li>"
    )
