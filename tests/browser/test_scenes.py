"""Scenes and refusals: what a person sees before, while and after, and what can be done about it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.hands import card, go, held, middle, until, wait_still
from tests.browser.running import RunningRoom
from tests.browser.test_pages import violations_in_both_themes

KEPT = "正在放映，窗帘不能打开"
POWER = re.compile(r"^投影机")
LIGHT_S = 30.0
"""A projector warms up and cools down for some seconds."""


@pytest.fixture
def room(own_room: RunningRoom) -> RunningRoom:
    """A room of its own: what its lamps and motors do is another test's ground elsewhere."""
    return own_room


@pytest.fixture
def dark(room: RunningRoom, presenter: Page) -> Page:
    """The page, with the projector off."""
    assert room.process.poll() is None
    switch(presenter, room, on=False)
    go(presenter, "首页")
    return presenter


@pytest.fixture
def lit(room: RunningRoom, dark: Page) -> Page:
    """The page, while the projector is on, so that the curtain must stay closed."""
    switch(dark, room, on=True)
    go(dark, "首页")
    return dark


def switch(page: Page, room: RunningRoom, *, on: bool) -> None:
    """Switch the projector and wait until it has warmed up, or cooled down."""
    wanted = "on" if on else "off"
    projector = card(page, "显示", "投影机")
    until(lambda: room.simulator("projector.main")["power"] in {"on", "off"}, "steady", LIGHT_S)
    if room.simulator("projector.main")["power"] != wanted:
        projector.get_by_role("button", name=POWER).first.click()
    until(lambda: room.simulator("projector.main")["power"] == wanted, wanted, LIGHT_S)
    state = re.compile("^投影机 ?开" if on else "^投影机 ?关")
    expect(projector.get_by_role("button", name=state)).to_be_visible(timeout=LIGHT_S * 1000)


def scene(page: Page, name: str) -> Locator:
    """Return a scene's button."""
    return page.get_by_role("navigation", name="场景").get_by_role("button", name=name)


def sheet(page: Page) -> Locator:
    return page.get_by_role("dialog")


def told(page: Page, words: str | re.Pattern[str]) -> Locator:
    """Wait until the line under the scenes says something, and return the line."""
    line = page.locator(".notice")
    expect(line).to_contain_text(words, timeout=60_000)
    return line


# -- running ---------------------------------------------------------------------------------------


def test_scenes_stand_in_the_order_of_the_room_file(dark: Page) -> None:
    names = dark.get_by_role("navigation", name="场景").get_by_role("button")
    expect(names).to_have_text(
        [
            re.compile(n)
            for n in ("正式会议", "视频会议", "影片播放", "间歇休憩", "会议结束", "清洁打扫")
        ]
    )


def test_a_scene_is_run_shown_as_the_current_one_and_taken_back(
    room: RunningRoom, dark: Page
) -> None:
    scene(dark, "视频会议").click()
    told(dark, "「视频会议」已完成")
    bright = room.simulator("lights.stage")["level"]
    scene(dark, "正式会议").click()
    line = told(dark, "「正式会议」已完成")
    expect(scene(dark, "正式会议")).to_contain_text("当前")
    expect(scene(dark, "视频会议")).not_to_contain_text("当前")
    assert room.simulator("lights.stage")["level"] < bright
    line.get_by_role("button", name="撤销").click()
    told(dark, "已撤销「正式会议」")
    until(lambda: room.simulator("lights.stage")["level"] == bright, "as bright as before")
    expect(scene(dark, "正式会议")).not_to_contain_text("当前")


def test_every_step_is_listed_with_what_became_of_it(dark: Page) -> None:
    scene(dark, "正式会议").click()
    told(dark, "「正式会议」已完成").get_by_role("button", name="步骤").click()
    steps = sheet(dark).get_by_role("listitem")
    expect(steps.filter(has_text="主席台灯 亮度 80%")).to_contain_text(
        re.compile("已完成|已是如此")
    )
    expect(steps.filter(has_text="灯带 亮度 40%")).to_contain_text("已发送")
    expect(steps.filter(has_text="侧屏 开机")).to_be_visible()
    assert violations_in_both_themes(dark) == []


def test_a_scene_that_asks_first_does_nothing_until_it_is_answered(
    room: RunningRoom, lit: Page
) -> None:
    scene(lit, "会议结束").click()
    expect(sheet(lit)).to_contain_text("要执行「会议结束」吗")
    expect(sheet(lit).get_by_role("listitem").filter(has_text="投影机 关机")).to_be_visible()
    sheet(lit).get_by_role("button", name="取消").click()
    expect(sheet(lit)).to_have_count(0)
    assert room.simulator("projector.main")["power"] == "on"
    scene(lit, "会议结束").click()
    sheet(lit).get_by_role("button", name="执行").click()
    until(lambda: room.simulator("projector.main")["power"] != "on", "going off", LIGHT_S)
    told(lit, "「会议结束」")


def test_a_run_is_seen_going_on_and_cancelled(room: RunningRoom, dark: Page) -> None:
    scene(dark, "影片播放").click()
    expect(scene(dark, "影片播放")).to_contain_text(re.compile(r"\d/\d"))
    scene(dark, "影片播放").click()
    expect(sheet(dark)).to_contain_text("正在执行「影片播放」")
    sheet(dark).get_by_role("button", name="取消执行").click()
    expect(sheet(dark)).to_contain_text("「影片播放」已取消", timeout=60_000)
    wait_still(room, "screen.main")
    dark.keyboard.press("Escape")
    dark.get_by_role("button", name="停止").first.click()


def test_a_long_press_says_what_would_happen_and_does_nothing(room: RunningRoom, lit: Page) -> None:
    starts = room.simulator("curtain.left")["starts"]
    with held(scene(lit, "间歇休憩")):
        expect(sheet(lit)).to_contain_text("还没有执行任何操作")
    opens = sheet(lit).get_by_role("listitem").filter(has_text="窗帘 打开")
    expect(opens).to_contain_text(f"不能执行：{KEPT}")
    expect(sheet(lit).get_by_role("listitem").filter(has_text="主席台灯")).to_be_visible()
    assert room.simulator("curtain.left")["starts"] == starts
    expect(lit.locator(".notice")).to_have_count(0)


# -- refused ---------------------------------------------------------------------------------------


def test_a_scene_that_is_kept_back_says_why_and_the_plan_makes_it_possible(
    room: RunningRoom, lit: Page
) -> None:
    scene(lit, "间歇休憩").click()
    expect(sheet(lit)).to_contain_text(f"第 2 步将被拒绝：{KEPT}")
    assert violations_in_both_themes(lit) == []
    sheet(lit).get_by_role("button", name="怎么办").click()
    expect(sheet(lit)).to_contain_text("先做：投影机 关机")
    expect(sheet(lit)).to_contain_text("执行「间歇休憩」")
    assert room.simulator("projector.main")["power"] == "on"
    starts = room.simulator("curtain.left")["starts"]
    sheet(lit).get_by_role("button", name="执行").click()
    until(lambda: room.simulator("curtain.left")["starts"] > starts, "curtain started", LIGHT_S)
    assert room.simulator("projector.main")["power"] != "on"
    told(lit, "「间歇休憩」已完成")
    expect(sheet(lit)).to_have_count(0)


def test_a_scene_can_be_run_although_a_step_will_be_refused(
    room: RunningRoom, lit: Page, watched: Watched
) -> None:
    starts = room.simulator("curtain.left")["starts"]
    scene(lit, "间歇休憩").click()
    sheet(lit).get_by_role("button", name="仍然执行").click()
    line = told(lit, "1 项")
    line.get_by_role("button", name="步骤").click()
    step = sheet(lit).get_by_role("listitem").filter(has_text="窗帘 打开")
    expect(step).to_contain_text(f"不能执行：{KEPT}")
    assert room.simulator("curtain.left")["starts"] == starts
    # What failed is asked for again, and is refused again before anything happens.
    sheet(lit).get_by_role("button", name="重试失败项").click()
    expect(sheet(lit)).to_contain_text("还没有执行任何操作")
    expect(sheet(lit).get_by_role("button", name="仍然执行")).to_have_count(0)
    # Chromium itself writes that the retry was answered with 409.
    watched.errors[:] = [text for text in watched.errors if "status of 409" not in text]


def test_a_refused_control_offers_what_can_be_done(room: RunningRoom, lit: Page) -> None:
    curtain = card(lit, "升降", "窗帘")
    curtain.get_by_role("button", name="打开").click()
    expect(curtain).to_contain_text(f"不能执行：{KEPT}")
    curtain.get_by_role("button", name="怎么办").click()
    expect(sheet(lit)).to_contain_text("再做：窗帘 打开")
    starts = room.simulator("curtain.left")["starts"]
    sheet(lit).get_by_role("button", name="执行").click()
    expect(sheet(lit)).to_contain_text("已完成", timeout=60_000)
    until(lambda: room.simulator("curtain.left")["starts"] > starts, "the curtain was started")
    lit.keyboard.press("Escape")
    expect(sheet(lit)).to_have_count(0)
    expect(curtain.get_by_role("button", name="怎么办")).to_have_count(0)


def test_the_refusal_is_said_in_the_chosen_language(lit: Page) -> None:
    lit.get_by_role("button", name="English").click()
    try:
        lit.get_by_role("navigation", name="Scenes").get_by_role("button", name="Break").click()
        expect(sheet(lit)).to_contain_text("The projector is on; the curtain stays closed")
        sheet(lit).get_by_role("button", name="What to do").click()
        expect(sheet(lit)).to_contain_text("First Projector: Power off (up to 60 s), then Curtain")
        lit.keyboard.press("Escape")
    finally:
        lit.get_by_role("button", name="中文").click()


# -- a phone, and two panels -----------------------------------------------------------------------


def test_on_a_phone_scenes_are_at_the_top_of_home_only(dark: Page) -> None:
    dark.set_viewport_size({"width": 390, "height": 844})
    first, second = scene(dark, "正式会议"), scene(dark, "视频会议")
    (x1, y1), (x2, y2) = middle(first), middle(second)
    assert x1 < x2
    assert y1 == y2
    assert middle(scene(dark, "影片播放"))[1] > y1
    go(dark, "灯光")
    expect(first).to_have_count(0)
    dark.set_viewport_size({"width": 1280, "height": 800})
    expect(first).to_be_visible()


def test_another_panel_sees_the_run_and_a_page_that_comes_later_what_is_current(
    room: RunningRoom, dark: Page, watched: Watched
) -> None:
    second = dark.context.new_page()
    second.goto(room.url)
    expect(second.get_by_text("已连接")).to_be_visible()
    scene(dark, "清洁打扫").click()
    told(second, "「清洁打扫」")
    told(dark, "「清洁打扫」")
    scene(dark, "正式会议").click()
    told(dark, "「正式会议」已完成")
    second.reload()
    expect(scene(second, "正式会议")).to_contain_text("当前")
    expect(second.locator(".notice")).to_have_count(0)
    second.close()
    assert watched.errors == []
