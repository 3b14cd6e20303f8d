"""A page without its daemon is honest about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import RunningRoom


@pytest.fixture
def paused(room: RunningRoom) -> Iterator[RunningRoom]:
    """The daemon is frozen; afterwards it runs again."""
    yield room
    room.go_on()


def test_a_frozen_daemon_makes_the_page_stale_and_it_comes_back(
    paused: RunningRoom, presenter: Page
) -> None:
    lamp = presenter.get_by_role("button", name="走廊灯")
    expect(lamp).to_have_attribute("data-quality", "confirmed")
    paused.pause()
    expect(presenter.locator(".stale-bar")).to_be_visible(timeout=9000)
    expect(lamp).to_have_attribute("data-quality", "stale")
    lamp.click(force=True)  # it is aria-disabled, and still tells why
    expect(presenter.get_by_role("dialog")).to_be_visible()
    presenter.keyboard.press("Escape")
    paused.go_on()
    expect(presenter.locator(".stale-bar")).to_be_hidden(timeout=15_000)
    expect(lamp).to_have_attribute("data-quality", re.compile("confirmed|observed"))
    expect(lamp).to_have_attribute("aria-pressed", "false")


def test_stop_that_nobody_answers_says_so(paused: RunningRoom, presenter: Page) -> None:
    paused.pause()
    presenter.get_by_role("banner").get_by_role("button", name="停止").click()
    expect(presenter.get_by_role("alert").filter(has_text="停止未确认")).to_be_visible(timeout=2000)
    paused.go_on()
    expect(presenter.get_by_text("停止未确认")).to_be_hidden(timeout=15_000)


def test_a_killed_daemon_makes_the_page_stale(room: RunningRoom, presenter: Page) -> None:
    room.process.kill()
    room.process.wait(5)
    expect(presenter.locator(".stale-bar")).to_be_visible(timeout=6000)
    expect(presenter.get_by_role("button", name="停止").first).to_be_enabled()
