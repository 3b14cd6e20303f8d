"""The panel's files come from a table made at the start."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from roomd.web.assets import Assets
from tests.support.web_room import web_room


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """Return a folder that looks like the panel's build."""
    folder = tmp_path / "panel"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>panel</p>", "utf-8")
    (folder / "admin.html").write_text("<p>admin</p>", "utf-8")
    (folder / "app.webmanifest").write_text("{}", "utf-8")
    (folder / "odd.qqq").write_bytes(b"\x00")
    (folder / ".hidden").write_text("secret", "utf-8")
    (folder / "assets" / "a.0123.js").write_text("let a = 1", "utf-8")
    (folder / "assets" / "a.0123.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return folder


async def test_pages_and_files_with_their_types(build: Path) -> None:
    async with web_room(build) as room:
        wanted = {
            "/": ("<p>panel</p>", "text/html; charset=utf-8"),
            "/index.html": ("<p>panel</p>", "text/html; charset=utf-8"),
            "/admin": ("<p>admin</p>", "text/html; charset=utf-8"),
            "/app.webmanifest": ("{}", "application/manifest+json"),
            "/odd.qqq": ("\x00", "application/octet-stream"),
            "/assets/a.0123.js": ("let a = 1", "javascript; charset=utf-8"),
        }
        for path, (text, kind) in wanted.items():
            async with room.session.get(room.url + path) as answer:
                assert (answer.status, await answer.text()) == (200, text), path
                assert answer.headers["Content-Type"].endswith(kind), path


async def test_what_has_a_hash_in_its_name_is_kept_and_the_rest_is_asked_for_again(
    build: Path,
) -> None:
    async with web_room(build) as room:
        async with room.session.get(f"{room.url}/assets/a.0123.js") as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        async with room.session.get(f"{room.url}/") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"
            tag = answer.headers["ETag"]
        headers = {"If-None-Match": tag}
        async with room.session.get(f"{room.url}/", headers=headers) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
        headers = {"If-None-Match": '"other"'}
        async with room.session.get(f"{room.url}/", headers=headers) as answer:
            assert answer.status == 200


async def test_who_can_unpack_gets_it_packed(build: Path) -> None:
    async with web_room(build) as room:
        for accepted, encoding in (("gzip, br", "gzip"), ("identity", None)):
            headers = {"Accept-Encoding": accepted}
            url = f"{room.url}/assets/a.0123.js"
            async with room.session.get(url, headers=headers) as answer:
                assert answer.headers.get("Content-Encoding") == encoding
                assert answer.headers["Vary"] == "Accept-Encoding"
                assert await answer.text() == "let a = 1"
        async with room.session.get(f"{room.url}/assets/a.0123.js.gz") as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/.hidden",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%00",
        "//index.html",
        "/index.html/",
        "/etc/passwd",
    ],
)
async def test_nothing_outside_the_table_is_ever_read(build: Path, path: str) -> None:
    async with web_room(build) as room:
        status, body = await room.ask("GET", path, None)
        assert (status, body["code"]) == (404, "not_found")
        assert "secret" not in str(body["params"].get("text", ""))


def test_another_file_makes_another_build(build: Path) -> None:
    first = Assets(build)
    assert first.present
    assert Assets(build).build == first.build
    (build / "index.html").write_text("<p>new</p>", "utf-8")
    assert Assets(build).build != first.build


def test_without_a_build_there_is_nothing(tmp_path: Path) -> None:
    assets = Assets(tmp_path / "nowhere")
    assert not assets.present
    assert assets.table == {}
