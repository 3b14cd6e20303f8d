"""A lamp: what the page shows is what the lamp does."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.hands import card, fault_count, middle, until, wait_faults
from tests.browser.running import RunningRoom

TRUE = re.compile("confirmed|observed")


def test_a_tap_switches_the_lamp_and_the_tile_shows_its_report(
    room: RunningRoom, presenter: Page
) -> None:
    room.operate("lights.stage", power=False)
    lamp = presenter.get_by_role("button", name="主席台灯")
    expect(lamp).to_have_attribute("aria-pressed", "false")
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", "true")
    expect(lamp).to_have_attribute("data-quality", "confirmed")
    expect(lamp).to_contain_text(re.compile(r"开 \d+%"))
    assert room.simulator("lights.stage")["power"] is True


def test_what_is_done_at_the_lamp_is_seen_on_the_page(room: RunningRoom, presenter: Page) -> None:
    lamp = presenter.get_by_role("button", name="走廊灯")
    for on in (True, False):
        room.operate("lights.corridor", power=on)
        expect(lamp).to_have_attribute("aria-pressed", str(on).lower())


def test_a_lamp_without_feedback_is_never_said_to_be_on(room: RunningRoom, presenter: Page) -> None:
    lights = card(presenter, "灯光", "灯带")
    presenter.get_by_role("button", name="全开").click()
    # Until the first word of it there are two buttons, on and off, which a locator of one would not wait out.
    switch = lights.get_by_role("button", name="灯带").first
    expect(switch).to_contain_text("已发送（无回传）")
    expect(switch).to_have_attribute("data-quality", "assumed")
    until(lambda: room.simulator("lights.cove")["level"] > 0, "the cove lights shine")
    presenter.get_by_role("button", name="全关").click()
    until(lambda: room.simulator("lights.cove")["level"] == 0, "the cove lights are dark")


def test_a_drag_ends_at_the_fingers_last_value(room: RunningRoom, presenter: Page) -> None:
    thumb = card(presenter, "灯光", "会议桌灯").get_by_role("slider", name="亮度")
    track = thumb.locator("..").bounding_box()
    assert track is not None
    x, y = middle(thumb)
    presenter.mouse.move(x, y)
    presenter.mouse.down()
    for part in (0.9, 0.3):
        presenter.mouse.move(track["x"] + track["width"] * part, y, steps=20)
        # The lamp's own reports lag behind the finger and never move the thumb under it.
        expect(thumb).to_have_attribute("aria-valuenow", f"{part * 100:.0f}")
    presenter.mouse.up()
    expect(thumb).to_have_attribute("aria-valuetext", re.compile("^30% · 30%"))
    until(lambda: abs(room.simulator("lights.table")["level"] - 30) <= 1, "the lamp is at 30 %")


def test_keys_and_step_buttons_move_a_fader(room: RunningRoom, presenter: Page) -> None:
    lamp = card(presenter, "灯光", "主席台灯")
    warmth = lamp.get_by_role("slider", name="色温")
    warmth.press("Home")
    until(lambda: room.simulator("lights.stage")["cct"] == 2000, "the warmest light")
    expect(warmth).to_have_attribute("aria-valuetext", re.compile("^2,000 K · 2,000 K"))
    lamp.get_by_role("button", name="色温：增大").click()
    until(lambda: room.simulator("lights.stage")["cct"] > 2000, "a step colder")


def test_a_silent_lamp_says_so_counts_as_one_fault_and_the_rest_works(
    room: RunningRoom, presenter: Page
) -> None:
    room.operate("lights.entrance", power=False)
    lamp = presenter.get_by_role("button", name="入口灯")
    expect(lamp).to_have_attribute("data-quality", TRUE)
    before = fault_count(presenter)
    room.break_device("lights.entrance", "mute")
    try:
        lamp.click()
        retry = presenter.get_by_role("button", name="没有回应 · 点按重试")
        expect(retry).to_be_visible(timeout=15_000)
        wait_faults(presenter, before + 1)
        presenter.get_by_role("button", name="项故障").click()
        faults = presenter.get_by_role("dialog", name="故障")
        expect(faults.get_by_role("listitem").filter(has_text="入口灯没有回应")).to_be_visible()
        presenter.keyboard.press("Escape")
        other = presenter.get_by_role("button", name="主席台灯")
        was = other.get_attribute("aria-pressed")
        other.click()
        expect(other).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
    finally:
        room.break_device("lights.entrance", None)
    retry.click()
    expect(retry).to_be_hidden(timeout=15_000)
    wait_faults(presenter, before)
