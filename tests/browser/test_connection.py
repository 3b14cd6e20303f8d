"""A page without its daemon is honest about it, and comes back by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import card
from tests.browser.running import RunningRoom

LOST = "与控制器的连接已断开"


@pytest.fixture
def room(own_room: RunningRoom) -> RunningRoom:
    """A room that these tests freeze, kill and restart."""
    own_room.go_on()
    return own_room


def test_a_frozen_daemon_makes_the_page_stale_and_it_comes_back(
    room: RunningRoom, presenter: Page
) -> None:
    lamp = presenter.get_by_role("button", name="走廊灯")
    expect(lamp).to_have_attribute("data-quality", "confirmed")
    room.pause()
    try:
        expect(presenter.get_by_text(LOST).first).to_be_visible(timeout=9000)
        expect(lamp).to_have_attribute("data-quality", "stale")
        expect(lamp).to_contain_text("时为关")
        lamp.click(force=True)  # it is aria-disabled, and still tells why
        expect(presenter.get_by_role("dialog")).to_contain_text("未连接")
        presenter.keyboard.press("Escape")
        # What was never known cannot be asked for either.
        cove = presenter.get_by_role("group", name="灯带").get_by_role("button", name="开")
        expect(cove).to_have_attribute("aria-disabled", "true")
    finally:
        room.go_on()
    expect(presenter.get_by_text(LOST).first).to_be_hidden(timeout=15_000)
    expect(lamp).to_have_attribute("data-quality", re.compile("confirmed|observed"))
    expect(lamp).to_have_attribute("aria-pressed", "false")
    assert room.simulator("lights.corridor")["power"] is False, "nothing was sent later"


def test_stop_that_nobody_answers_says_so(room: RunningRoom, presenter: Page) -> None:
    room.pause()
    try:
        presenter.get_by_role("banner").get_by_role("button", name="停止").click()
        warning = presenter.get_by_role("alert").filter(has_text="停止未确认")
        expect(warning).to_be_visible(timeout=2000)
    finally:
        room.go_on()
    expect(warning).to_be_hidden(timeout=15_000)


def test_a_killed_daemon_makes_the_page_stale_and_its_successor_brings_it_back(
    room: RunningRoom, presenter: Page
) -> None:
    lift = card(presenter, "升降", "升降屏 左")
    presenter.evaluate("window.same = true")
    room.process.kill()
    expect(presenter.get_by_text(LOST).first).to_be_visible(timeout=6000)
    expect(lift.get_by_role("button", name="按住上升")).to_have_attribute("aria-disabled", "true")
    expect(lift.get_by_role("button", name="停止")).to_be_enabled()
    room.restart()
    connected = presenter.get_by_text("已连接")
    field = presenter.get_by_text("其他方式")
    expect(connected.or_(field)).to_be_visible(timeout=15_000)
    if field.is_visible():  # the demo has new tokens at each start
        field.click()
        presenter.get_by_label("访问令牌").fill(room.facts["tokens"]["presenter"])
        presenter.get_by_role("button", name="进入").click()
    expect(connected).to_be_visible(timeout=15_000)
    expect(presenter.get_by_text(LOST)).to_have_count(0)
    expect(lift.get_by_role("button", name="按住上升")).to_have_attribute("aria-disabled", "false")
    assert presenter.evaluate("window.same") is True, "the page was not loaded again"
    assert room.simulator("lift.left")["starts"] == 0, "nothing moved"
