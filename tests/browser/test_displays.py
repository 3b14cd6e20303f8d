"""Projector and matrix: what takes long says so, and a route is what the matrix reports."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.hands import card, until
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
