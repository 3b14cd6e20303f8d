"""The page of those who look after the room: how devices are doing, and what is on the wires."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.hands import go
from tests.browser.running import RunningRoom


@pytest.fixture
def admin(page: Page, room: RunningRoom, watched: Watched) -> Page:
    """The admin page, logged in."""
    assert watched.errors == []
    page.goto(room.page("/admin", "admin"))
    expect(page.get_by_text("已连接")).to_be_visible()
    return page


def row(page: Page, device: str) -> Locator:
    return page.get_by_role("row").filter(has_text=device)


def test_every_device_has_its_driver_address_and_state(admin: Page, room: RunningRoom) -> None:
    expect(row(admin, "relay.rack")).to_contain_text("modbus_relay")
    expect(row(admin, "relay.rack")).to_contain_text("正常")
    for device in room.facts["simulators"]:
        expect(row(admin, device).first).to_be_visible()


def test_a_probe_asks_and_says_what_came_of_it(admin: Page, room: RunningRoom) -> None:
    projector = row(admin, "projector.main")
    projector.get_by_role("button", name="测试").click()
    expect(projector.get_by_role("status")).to_have_text("已完成")
    room.break_device("projector.main", "mute")
    try:
        projector.get_by_role("button", name="测试").click()
        expect(projector.get_by_role("status")).to_contain_text("没有回应", timeout=30_000)
        expect(projector).to_contain_text(re.compile("离线|没有回应"), timeout=30_000)
    finally:
        room.break_device("projector.main", None)
    expect(projector).to_contain_text("正常", timeout=60_000)


def test_frames_are_shown_live_with_their_meaning(admin: Page, room: RunningRoom) -> None:
    row(admin, "lift.left").get_by_role("button", name="收发帧").click()
    expect(admin.get_by_role("combobox", name="设备")).to_have_value("lift.left")
    admin.get_by_role("banner").get_by_role("button", name="停止").click()
    frame = row(admin, "lift.left").filter(has_text="stop").first
    expect(frame).to_contain_text("->")
    expect(frame).to_contain_text(re.compile(r"\b[0-9a-f]{2}( [0-9a-f]{2}){3,}"))
    # Only what was asked for.
    expect(row(admin, "relay.rack")).to_have_count(0)
    admin.get_by_role("searchbox", name="过滤").fill("no such frame")
    expect(admin.get_by_text("还没有收发")).to_be_visible()
    assert room.process.poll() is None


def test_a_paused_list_stands_still_and_can_be_cleared(admin: Page) -> None:
    go(admin, "收发帧")
    expect(admin.get_by_role("row").nth(1)).to_be_visible(timeout=15_000)
    admin.get_by_role("button", name="暂停").click()
    expect(admin.get_by_role("button", name="继续")).to_have_attribute("aria-pressed", "true")
    admin.get_by_role("button", name="清空").click()
    expect(admin.get_by_text("还没有收发")).to_be_visible()
    admin.get_by_role("button", name="继续").click()
    expect(admin.get_by_role("row").nth(1)).to_be_visible(timeout=15_000)


def test_another_role_is_asked_for_the_admins_token(
    page: Page, room: RunningRoom, watched: Watched
) -> None:
    page.goto(room.page("/admin", "presenter"))
    expect(page.get_by_text("此页需要管理员令牌")).to_be_visible()
    page.get_by_label("访问令牌").fill(room.facts["tokens"]["admin"])
    page.get_by_role("button", name="进入").click()
    expect(row(page, "relay.rack")).to_be_visible()
    go(page, "收发帧")  # over the socket, which had been opened with the other role
    expect(page.get_by_role("row").nth(1)).to_be_visible(timeout=15_000)
    assert watched.errors == []
