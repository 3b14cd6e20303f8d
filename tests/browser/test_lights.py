"""A lamp: what the page shows is what the lamp does."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.running import RunningRoom


def test_a_tap_switches_the_lamp_and_the_tile_shows_its_report(
    room: RunningRoom, presenter: Page
) -> None:
    lamp = presenter.get_by_role("button", name="主席台灯")
    expect(lamp).to_have_attribute("aria-pressed", "false")
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", "true")
    expect(lamp).to_have_attribute("data-quality", "confirmed")
    assert room.simulator("lights.stage")["power"] is True


def test_a_lamp_without_feedback_is_never_said_to_be_on(room: RunningRoom, presenter: Page) -> None:
    assert room.process.poll() is None
    cove = presenter.get_by_role("group", name="灯带")
    cove.get_by_role("button", name="开").click()
    tile = presenter.get_by_role("button", name="灯带")
    expect(tile).to_contain_text("已发送（无回传）")
    expect(tile).to_have_attribute("data-quality", "assumed")


def test_a_drag_ends_at_the_fingers_last_value(room: RunningRoom, presenter: Page) -> None:
    presenter.get_by_role("link", name="灯光").click()
    card = presenter.locator("[data-device='lights.table']")
    thumb = card.get_by_role("slider", name="亮度")
    box = thumb.bounding_box()
    track = card.locator(".fader-track").first.bounding_box()
    assert box is not None
    assert track is not None
    y = box["y"] + box["height"] / 2
    presenter.mouse.move(box["x"] + box["width"] / 2, y)
    presenter.mouse.down()
    presenter.mouse.move(track["x"] + track["width"] * 0.8, y, steps=20)
    presenter.mouse.move(track["x"] + track["width"] * 0.3, y, steps=20)
    expect(thumb).to_have_attribute("aria-valuenow", "30")
    presenter.mouse.up()
    expect(card.locator(".fader").first).to_have_attribute("data-quality", "confirmed")
    expect(card.locator(".fader-text").first).to_have_text(re.compile("30"))
    assert abs(room.simulator("lights.table")["level"] - 30) <= 1


def test_a_silent_lamp_says_so_and_the_rest_works(room: RunningRoom, presenter: Page) -> None:
    room.break_device("lights.entrance", "mute")
    try:
        presenter.get_by_role("button", name="入口灯").click()
        expect(presenter.get_by_role("button", name="没有回应 · 点按重试")).to_be_visible(
            timeout=15_000
        )
        expect(presenter.get_by_role("button", name="项故障")).to_be_visible()
        other = presenter.get_by_role("button", name="走廊灯")
        other.click()
        expect(other).to_have_attribute("data-quality", re.compile("confirmed|observed"))
        expect(other).to_have_attribute("aria-pressed", "true")
    finally:
        room.break_device("lights.entrance", None)
