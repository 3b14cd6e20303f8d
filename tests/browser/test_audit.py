"""The operation record: the auditor reads and checks it, sees nothing else, and nobody else sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.running import RunningRoom
from tests.browser.test_pages import prefer, violations_in_both_themes


@pytest.fixture
def auditor(page: Page, room: RunningRoom, watched: Watched) -> Page:
    """The admin page, with the auditor logged in."""
    assert watched.errors == []
    page.goto(room.page("/admin", "auditor"))
    expect(rows(page).first).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    """Return the rows of the record that are shown."""
    return page.get_by_role("region", name="操作记录").locator("tbody tr")


def numbers(page: Page) -> list[int]:
    """Return the numbers of the rows that are shown."""
    return [int(text) for text in rows(page).locator("th").all_text_contents()]


def look_for(page: Page, fields: dict[str, str]) -> None:
    """Fill in filters by their label, and show what fits."""
    for label, text in fields.items():
        page.get_by_label(label).fill(text)
    with page.expect_response(re.compile("/api/v1/audit")):
        page.get_by_role("button", name="查看").click()


def test_the_newest_rows_come_first_with_who_what_and_how_it_ended(auditor: Page) -> None:
    shown = numbers(auditor)
    assert shown == sorted(shown, reverse=True)
    login = rows(auditor).filter(has_text="登录").first
    expect(login).to_contain_text("auditor")
    expect(login).to_contain_text("session.open")
    expect(login).to_contain_text("已完成")
    assert violations_in_both_themes(auditor) == []


def test_filters_narrow_the_rows_and_stay_in_the_address(auditor: Page, room: RunningRoom) -> None:
    look_for(auditor, {"事项（代号）": "roomd.start"})
    expect(rows(auditor)).to_have_count(1)
    expect(rows(auditor)).to_contain_text("程序启动")
    assert "act=roomd.start" in auditor.url
    auditor.reload()
    expect(rows(auditor)).to_have_count(1)
    expect(auditor.get_by_label("事项（代号）")).to_have_value("roomd.start")
    look_for(auditor, {"事项（代号）": "", "序号小于": "3"})
    expect(rows(auditor).locator("th")).to_have_text(["2", "1"])
    look_for(auditor, {"序号大于": "1"})
    expect(rows(auditor).locator("th")).to_have_text(["2"])
    look_for(auditor, {"序号大于": "", "序号小于": "", "何人（账号）": "nobody"})
    expect(auditor.get_by_text("没有符合条件的记录")).to_be_visible()
    assert room.process.poll() is None


def test_older_rows_are_shown_on_demand_without_a_gap(auditor: Page, room: RunningRoom) -> None:
    # Each reading is a row, so there are soon more of them than one page holds.
    for _ in range(50):
        assert auditor.request.get(f"{room.url}/api/v1/audit?limit=1").ok
    look_for(auditor, {})
    expect(rows(auditor)).to_have_count(50)
    auditor.get_by_role("button", name="更早的记录").click()
    expect(rows(auditor).nth(50)).to_be_visible()
    shown = numbers(auditor)
    assert shown == list(range(shown[0], shown[0] - len(shown), -1))
    assert len(shown) > 50


def test_the_chain_is_verified_and_what_is_not_proved_is_said(auditor: Page) -> None:
    auditor.get_by_role("button", name="校验").click()
    found = auditor.get_by_role("status").filter(has_text="完好")
    expect(found).to_contain_text(re.compile(r"完好：共 [\d,]+ 条，到第 \d+ 条，链条一致"))
    expect(found).to_contain_text("没有提供初始密钥")
    expect(found).to_contain_text("没有提供锚点")
    assert violations_in_both_themes(auditor) == []
    look_for(auditor, {})
    expect(rows(auditor).filter(has_text="校验记录").first).to_be_visible()


def test_a_bad_row_is_named_with_its_reason(auditor: Page) -> None:
    auditor.route(
        "**/api/v1/audit/verify",
        lambda route: route.fulfill(
            json={
                "sound": False,
                "rows": 16,
                "last": 16,
                "bad": 17,
                "reason": "edited",
                "sealed_from": None,
                "checkpoint": None,
                "unproved": [],
            }
        ),
    )
    auditor.get_by_role("button", name="校验").click()
    found = auditor.get_by_role("status").filter(has_text="不完好")
    expect(found).to_contain_text("第 17 条起有问题：内容被修改")
    assert violations_in_both_themes(auditor) == []


def test_the_auditor_sees_nothing_else(auditor: Page, room: RunningRoom) -> None:
    entries = auditor.get_by_role("navigation").get_by_role("link")
    expect(entries).to_have_text([re.compile("操作记录")])
    auditor.goto(f"{room.url}/admin#devices")
    expect(rows(auditor).first).to_be_visible()
    expect(auditor.get_by_text("modbus_relay")).to_have_count(0)
    auditor.goto(room.url)
    expect(auditor.get_by_text("您的身份看不到这个房间的设备")).to_be_visible()
    expect(auditor.get_by_role("button", name="停止").first).to_be_visible()


def test_the_administrator_does_not_see_the_record(
    page: Page, room: RunningRoom, watched: Watched
) -> None:
    page.goto(room.page("/admin", "admin"))
    expect(page.get_by_text("已连接")).to_be_visible()
    expect(page.get_by_role("link", name="设备")).to_be_visible()
    expect(page.get_by_role("link", name="操作记录")).to_have_count(0)
    page.goto(f"{room.url}/admin#record")
    expect(page.get_by_role("row").filter(has_text="relay.rack").first).to_be_visible()
    assert [url for url in watched.requests if "/audit" in url] == []


def test_the_record_is_shown_in_english_too(
    page: Page, room: RunningRoom, watched: Watched
) -> None:
    prefer(page, "en", "light")
    page.goto(room.page("/admin", "auditor"))
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("status").filter(has_text="Sound:")).to_contain_text("Not proved:")
    expect(page.get_by_role("cell", name=re.compile("Log-in")).first).to_be_visible()
    assert violations_in_both_themes(page) == []
    assert watched.errors == []
