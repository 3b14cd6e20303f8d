"""Without any usable configuration: what is wrong and where, and nothing moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.config.places import Place, Problem
from roomd.web.failure import SHOWN, failure_page
from tests.support.web_room import web_room

ROOM = Path("/etc/roomd/room.yaml")


def problem(line: int = 7, **params: str) -> Problem:
    return Problem(
        Place("room.yaml", line, 3), ("devices", "x"), "unknown_key", {"key": "x", **params}
    )


def test_each_problem_is_shown_in_both_languages_with_its_place() -> None:
    page = failure_page([problem()], ROOM, {"zh": "王工", "en": "Wang"})
    assert "room.yaml:7:3" in page
    assert "未知的键" in page
    assert "unknown key" in page
    assert "roomd config check /etc/roomd/room.yaml" in page
    assert "王工" in page
    assert "Call Wang." in page


def test_without_a_contact_it_names_somebody_all_the_same() -> None:
    page = failure_page([problem()], ROOM, None)
    assert "信息部门" in page
    assert "Call IT." in page


def test_a_long_list_is_cut_and_counted() -> None:
    page = failure_page([problem(n) for n in range(SHOWN + 5)], ROOM, None)
    assert page.count("<li>") == SHOWN
    assert f"has {SHOWN + 5} errors" in page


def test_what_stands_in_the_file_never_becomes_markup() -> None:
    script = "<script>alert(1)</script>"
    page = failure_page([problem(key=script)], Path("/" + script), {"zh": script, "en": script})
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """Return a folder that looks like the panel's build."""
    for name in ("index.html", "admin.html", "display.html", "app.js"):
        (tmp_path / name).write_text(name, "utf-8")
    return tmp_path


async def test_every_page_but_the_admins_is_this_one(build: Path) -> None:
    async with web_room(build, failure=lambda: "<p>broken</p>") as room:
        for path in ("/", "/display", "/index.html", "/nowhere"):
            async with room.session.get(room.url + path) as answer:
                assert (answer.status, await answer.text()) == (503, "<p>broken</p>"), path
                assert answer.headers["Retry-After"] == "5"
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for path in ("/admin", "/app.js"):
            assert (await room.ask("GET", path, None))[0] == 200, path


async def test_nothing_moves_stop_works_and_an_admin_can_mend_it(build: Path) -> None:
    async with web_room(build, failure=lambda: "<p>broken</p>") as room:
        for method, path in (("GET", "room"), ("GET", "state"), ("POST", "devices/a/set")):
            status, body = await room.ask(method, path, "presenter", json={})
            assert (status, body["code"]) == (503, "config_none"), path
        assert room.texts("l1") == []
        assert (await room.ask("POST", "stop", None))[0] == 200
        assert (await room.ask("POST", "devices/lift/stop", "display"))[0] == 200
        for method, path in (("GET", "config"), ("POST", "config/reload"), ("GET", "room")):
            assert (await room.ask(method, path, "admin"))[0] == 200, path
        assert await room.ask("GET", "/readyz", None) == (503, "misconfigured\n")
        assert await room.ask("GET", "/healthz", None) == (200, "ok\n")
