"""Hold to run: the lift moves only while a finger is on the button."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.browser.running import RunningRoom

SOON_S = 3.0
"""Ample for a browser on a busy machine; the bounds themselves are measured in tests of the daemon."""


@contextmanager
def held(button: Locator) -> Iterator[None]:
    """Keep a finger on a button."""
    box = button.bounding_box()
    assert box is not None
    mouse = button.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    try:
        yield
    finally:
        mouse.up()


def wait_moving(room: RunningRoom, device: str, way: str) -> None:
    """Wait until the simulated motor runs that way; `none` is standing."""
    until = time.monotonic() + SOON_S
    while (moving := room.simulator(device)["moving"]) != way:
        assert time.monotonic() < until, f"moving: {moving}, not {way}"
        time.sleep(0.02)


def wait_still(room: RunningRoom, device: str) -> None:
    wait_moving(room, device, "none")


def lift(page: Page) -> Locator:
    page.evaluate("location.hash = 'lift'")
    return page.locator("[data-device='lift.left']")


def test_letting_go_stops_the_lift(room: RunningRoom, presenter: Page) -> None:
    card = lift(presenter)
    with held(card.get_by_role("button", name="按住上升")):
        expect(card.get_by_role("status")).to_contain_text("运行中")
        wait_moving(room, "lift.left", "up")
    expect(card.get_by_role("status")).not_to_contain_text("运行中")
    wait_still(room, "lift.left")


def test_a_window_that_loses_focus_stops_the_lift(room: RunningRoom, presenter: Page) -> None:
    card = lift(presenter)
    with held(card.get_by_role("button", name="按住上升")):
        wait_moving(room, "lift.left", "up")
        presenter.evaluate("window.dispatchEvent(new Event('blur'))")
        wait_still(room, "lift.left")
        expect(card.get_by_role("status")).not_to_contain_text("运行中")


def test_a_page_that_is_gone_stops_the_lift(room: RunningRoom, presenter: Page) -> None:
    card = lift(presenter)
    with held(card.get_by_role("button", name="按住上升")):
        wait_moving(room, "lift.left", "up")
        presenter.goto("about:blank")
    wait_still(room, "lift.left")


def test_keys_hold_too(room: RunningRoom, presenter: Page) -> None:
    card = lift(presenter)
    card.get_by_role("button", name="按住上升").focus()
    presenter.keyboard.down("Space")
    wait_moving(room, "lift.left", "up")
    presenter.keyboard.up("Space")
    wait_still(room, "lift.left")


def test_stop_without_log_in_stops_what_another_page_moves(
    room: RunningRoom, presenter: Page
) -> None:
    stranger = presenter.context.browser
    assert stranger is not None
    context = stranger.new_context(locale="zh-CN")
    try:
        other = context.new_page()
        other.goto(room.url)
        card = lift(presenter)
        with held(card.get_by_role("button", name="按住上升")):
            wait_moving(room, "lift.left", "up")
            other.get_by_role("button", name="停止").click()
            wait_still(room, "lift.left")
            expect(card.get_by_role("button", name="按住上升")).to_have_attribute(
                "aria-pressed", "false"
            )
        expect(other.locator(".stop-note[data-look=good]")).to_be_visible()
    finally:
        context.close()
