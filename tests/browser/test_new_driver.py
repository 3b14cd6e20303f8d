"""A device described in one YAML file gets working controls: no page knows it, and none must."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import running
from tests.browser.conftest import PANEL
from tests.browser.hands import card, held, until
from tests.browser.running import RunningRoom
from tests.support.programs import miss

FOLDER = Path(__file__).with_name("fountain")
FOUNTAIN = "fountain.hall"


@pytest.fixture(scope="module")
def fountain_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRoom]:
    """A room with nothing in it but a fountain."""
    if not PANEL.is_file():
        miss("the panel is not built (roomd/_panel)")
    found = running.start(tmp_path_factory.mktemp("fountain"), FOLDER / "room.yaml")
    yield found
    found.end()


@pytest.fixture
def room(fountain_room: RunningRoom) -> RunningRoom:
    """The room of this file's tests."""
    return fountain_room


def test_a_device_that_no_page_knows_is_operated(room: RunningRoom, presenter: Page) -> None:
    fountain = card(presenter, "更多", "大厅水景")
    power = fountain.get_by_role("group", name="大厅水景")
    power.get_by_role("button", name="大厅水景 开").click()
    switch = fountain.get_by_role("button", name="大厅水景")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).to_have_attribute("data-quality", "confirmed")

    level = fountain.get_by_role("slider", name="亮度")
    level.press("End")
    # Both what was asked for and what the device answered.
    expect(level).to_have_attribute("aria-valuetext", "100% · 100%")

    blue = fountain.get_by_role("group", name="colour").get_by_role("button", name="blue")
    blue.click()
    expect(blue).to_have_attribute("aria-pressed", "true")

    with held(fountain.get_by_role("button", name="按住上升")):
        until(lambda: room.simulator(FOUNTAIN)["moving"] == "up", "it rises while it is held")
    until(lambda: room.simulator(FOUNTAIN)["moving"] == "none", "it stands when it is let go")


def test_a_room_has_only_the_screens_it_has_devices_for(presenter: Page) -> None:
    entries = presenter.get_by_role("navigation").get_by_role("link")
    expect(entries).to_have_text(["首页", "更多"])
