"""Real Chromium against the real program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import running
from tests.browser.running import RunningRoom
from tests.support.programs import miss, require_program

PANEL = Path(__file__).parents[2] / "roomd/_panel/index.html"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
EXPECTED = re.compile(r"status of (401|504)|net::ERR_|WebSocket connection")
"""What Chromium itself writes when nobody is logged in, a probed device is silent, or there is no server."""


expect.set_options(timeout=15_000)
"""A condition that holds is seen at once; a busy machine only makes it later."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser; all of it on one worker, for there are two cores."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(240))
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Use Debian's Chromium; nothing is downloaded."""
    return {"executable_path": require_program("chromium"), "args": list(SWITCHES)}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """Every page is a tablet unless a test says otherwise."""
    return {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}


@pytest.fixture(scope="session")
def shared_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRoom]:
    """A demo room for all tests that leave it running; each brings about what it looks at."""
    yield from _room(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def room(shared_room: RunningRoom) -> RunningRoom:
    """The demo room. Files whose tests end it have one of their own (`own_room`)."""
    return shared_room


@pytest.fixture(scope="module")
def own_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRoom]:
    """A demo room that a file of tests may freeze, kill and restart."""
    yield from _room(tmp_path_factory.mktemp("own"))


def _room(data: Path) -> Iterator[RunningRoom]:
    if not PANEL.is_file():
        miss("the panel is not built (roomd/_panel)")
    found = running.start(data)
    try:
        yield found
    finally:
        found.end()


class Watched:
    """What a page did besides what it shows."""

    def __init__(self, context: BrowserContext) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self._said(message.type, message.text))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _said(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not EXPECTED.search(text):
            self.errors.append(text)


@pytest.fixture
def watched(context: BrowserContext, room: RunningRoom) -> Iterator[Watched]:
    """Watch the page; afterwards there were no errors and no foreign address."""
    watching = Watched(context)
    yield watching
    assert watching.errors == []
    foreign = [u for u in watching.requests if not u.startswith((room.url, "blob:", "data:"))]
    assert foreign == []


@pytest.fixture
def presenter(page: Page, room: RunningRoom, watched: Watched) -> Page:
    """The presenter's page, logged in and connected."""
    assert watched.errors == []
    page.goto(room.page("/", "presenter"))
    expect(page.get_by_text("已连接")).to_be_visible()
    return page
