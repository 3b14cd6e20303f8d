"""Projector and matrix: what takes long says so, and a route is what the matrix reports."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.hands import card, fault_count, go, until, wait_faults
from tests.browser.running import RunningRoom


def test_a_projector_that_warms_up_says_so_until_it_is_on(
    room: RunningRoom, presenter: Page
) -> None:
    room.operate("projector.main", power="off", warm_up=2.0)
    projector = card(presenter, "显示", "投影机")
    power = projector.get_by_role("button", name="投影机")
    expect(power).to_have_attribute("aria-pressed", "false", timeout=30_000)
    power.click()
    expect(power).to_contain_text("正在预热…")
    expect(power).to_have_attribute("aria-busy", "true")
    expect(power).to_have_attribute("data-quality", "pending")
    assert room.simulator("projector.main")["power"] == "warming"
    expect(power).to_have_attribute("data-quality", "confirmed", timeout=30_000)
    expect(power).to_contain_text("开")
    assert room.simulator("projector.main")["power"] == "on"


def test_a_projector_that_is_on_takes_an_input_and_blanks(
    room: RunningRoom, presenter: Page
) -> None:
    room.operate("projector.main", power="on")
    projector = card(presenter, "显示", "投影机")
    expect(projector.get_by_role("button", name="投影机")).to_contain_text("开", timeout=30_000)
    choice = projector.get_by_role("group", name="信号").get_by_role("button", name="数字 2")
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    assert room.simulator("projector.main")["input"] == "32"
    blank = projector.get_by_role("button", name="黑屏")
    expect(blank).to_have_attribute("aria-pressed", "false")
    blank.click()
    expect(blank).to_have_attribute("aria-pressed", "true")
    assert room.simulator("projector.main")["blank"] is True


def test_a_route_is_chosen_and_what_the_matrix_reports_is_shown(
    room: RunningRoom, presenter: Page
) -> None:
    matrix = card(presenter, "显示", "视频矩阵")
    output = matrix.get_by_role("combobox", name="输出 2")
    output.select_option("输入 5")
    until(
        lambda: room.simulator("matrix.main")["values"]["out.2.input"] == 5,
        "output 2 shows input 5",
    )
    expect(output).to_have_value("5")
    output.select_option("未接")
    until(
        lambda: room.simulator("matrix.main")["values"]["out.2.input"] == 0, "output 2 shows none"
    )


def test_a_display_that_refuses_says_why_here_and_at_home(
    room: RunningRoom, presenter: Page
) -> None:
    room.operate("display.side", power="off")
    display = card(presenter, "显示", "侧屏")
    power = display.get_by_role("button", name="侧屏")
    expect(power).to_have_attribute("aria-pressed", "false", timeout=15_000)
    before = fault_count(presenter)
    room.break_device("display.side", "refuse")
    try:
        power.click()
        expect(display.get_by_text("侧屏拒绝了操作")).to_be_visible(timeout=15_000)
        expect(power).to_have_attribute("aria-pressed", "false")
        wait_faults(presenter, before + 1)
        go(presenter, "首页")
        expect(presenter.get_by_role("link", name="侧屏")).to_contain_text("上次操作未成功")
    finally:
        room.break_device("display.side", None)
    power = card(presenter, "显示", "侧屏").get_by_role("button", name="侧屏")
    power.click()
    expect(power).to_have_attribute("aria-pressed", "true", timeout=15_000)
    wait_faults(presenter, before)
