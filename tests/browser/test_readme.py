"""The README's picture is what the panel looks like: taken here, never drawn.

`ROOMD_PICTURES=1` replaces `docs/images/panel.png`; without it the picture is only taken and looked at.
"""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.hands import card, go, until, wait_still
from tests.browser.running import RunningRoom

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs/images/panel.png"
LIMIT = 300_000
SIZE = (1280, 800)


def size_of(picture: bytes) -> tuple[int, int]:
    """Return width and height as the header of a PNG says."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def a_meeting(room: RunningRoom, page: Page) -> None:
    """Bring about what the picture shows: some lights, the projector, cool air, a screen on its way."""
    for device, level in {"lights.stage": 80, "lights.table": 60}.items():
        room.operate(device, power=False, level=level)
    room.operate("lights.corridor", power=False)
    room.operate("projector.main", power="on")
    room.operate("screen.main", position=50)
    climate = card(page, "环境", "空调")
    climate.get_by_role("button", name="制冷").click()
    until(lambda: room.simulator("ac.main")["values"]["power"] is True, "the air is cooled")
    go(page, "首页")
    for name, words in {"主席台灯": "开 80%", "会议桌灯": "开 60%"}.items():
        lamp = page.get_by_role("button", name=name)
        expect(lamp).to_have_attribute("aria-pressed", "false")
        lamp.click()
        expect(lamp).to_contain_text(words)
        expect(lamp).to_have_attribute("data-quality", "confirmed")
    expect(page.get_by_role("link", name="投影机")).to_contain_text("开", timeout=30_000)
    card(page, "升降", "投影幕布").get_by_role("button", name="放下").click()
    go(page, "首页")
    expect(page.get_by_role("link", name="投影幕布")).to_contain_text("运行中")
    page.get_by_role("heading", name="灯光").click()  # no focus ring in the picture


def test_the_picture_can_be_taken_and_is_light(room: RunningRoom, presenter: Page) -> None:
    a_meeting(room, presenter)
    taken = presenter.screenshot(animations="disabled")
    presenter.get_by_role("banner").get_by_role("button", name="停止").click()
    wait_still(room, "screen.main")
    assert size_of(taken) == SIZE
    assert len(taken) < LIMIT
    if os.environ.get("ROOMD_PICTURES"):
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(taken)


def test_the_readme_shows_it_first() -> None:
    picture = PICTURE.read_bytes()
    assert size_of(picture) == SIZE
    assert len(picture) < LIMIT
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"!\[[^\]]+\]\(docs/images/panel\.png\)", readme)
    assert shown is not None
    assert shown.start() < readme.index("## "), (
        "it stands under the sentence that says what this is"
    )
