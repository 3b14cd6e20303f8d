"""What a page makes a tablet load."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.browser.conftest import PANEL

LIMITS_KB = {"index.html": 60, "display.html": 40, "join.html": 40, "admin.html": 120}


@pytest.mark.parametrize("name", LIMITS_KB)
def test_the_scripts_of_a_page_are_small(name: str) -> None:
    folder = PANEL.parent
    if not PANEL.is_file():
        pytest.skip("the panel is not built (roomd/_panel)")
    page = (folder / name).read_text(encoding="utf-8")
    scripts = set(re.findall(r'"\./(assets/[^"]+\.js)"', page))
    assert scripts
    total = sum(len(gzip.compress((folder / script).read_bytes(), 9)) for script in scripts)
    assert total <= LIMITS_KB[name] * 1000, f"{name} loads {total} bytes of script"


@pytest.mark.parametrize("name", LIMITS_KB)
def test_a_page_has_nothing_inline_and_no_foreign_address(name: str) -> None:
    if not PANEL.is_file():
        pytest.skip("the panel is not built (roomd/_panel)")
    page = (PANEL.parent / name).read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    assert not re.search(r"https?://", page)
