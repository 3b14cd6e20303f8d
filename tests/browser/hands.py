"""What a person does on a page, and what a test waits for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.browser.running import RunningRoom

SOON_S = 15.0
"""Ample for a browser on a busy machine; the bounds themselves are measured in tests of the daemon."""


def until(holds: Callable[[], bool], what: str, within_s: float = SOON_S) -> None:
    """Wait until a condition outside of the page holds.

    Raises:
        AssertionError: it did not in time; with `what` was waited for.
    """
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, f"not within {within_s} s: {what}"
        time.sleep(0.02)


def go(page: Page, screen: str) -> None:
    """Go to a screen by its entry in the navigation."""
    entry = page.get_by_role("navigation").get_by_role("link", name=screen, exact=True)
    entry.click()
    expect(entry).to_have_attribute("aria-current", "page")


def card(page: Page, screen: str, device: str) -> Locator:
    """Go to a screen and return the card of a device there."""
    go(page, screen)
    return page.get_by_role("region", name=device, exact=True)


@contextmanager
def held(button: Locator) -> Iterator[None]:
    """Keep a finger on a button."""
    x, y = middle(button)
    mouse = button.page.mouse
    mouse.move(x, y)
    mouse.down()
    try:
        yield
    finally:
        mouse.up()


def middle(element: Locator) -> tuple[float, float]:
    """Return where an element's middle is on the page."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def wait_moving(room: RunningRoom, device: str, way: str) -> None:
    """Wait until the simulated motor runs that way; `none` is standing."""
    until(lambda: room.simulator(device)["moving"] == way, f"{device} moving {way}")


def wait_still(room: RunningRoom, device: str) -> None:
    """Wait until the simulated motor stands."""
    wait_moving(room, device, "none")


def fault_count(page: Page) -> int:
    """Return how many faults the header counts; it has no button while there are none."""
    found = page.get_by_role("button", name=re.compile(r"项故障$"))
    if found.count() == 0:
        return 0
    return int((found.text_content() or "0").split()[0])


def wait_faults(page: Page, number: int) -> None:
    """Wait until the header counts that many faults."""
    found = page.get_by_role("button", name=re.compile(r"项故障$"))
    if number == 0:
        expect(found).to_have_count(0, timeout=SOON_S * 1000)
    else:
        expect(found).to_have_accessible_name(f"{number} 项故障", timeout=SOON_S * 1000)
