"""Hold to run: the lift moves only while a finger is on the button."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import card, go, held, middle, wait_moving, wait_still
from tests.browser.running import RunningRoom

LIFT = "lift.left"
UP = "按住上升"


@pytest.fixture
def lift(presenter: Page, room: RunningRoom) -> Locator:
    """The card of one of the lifts, which has room to move both ways."""
    room.operate(LIFT, position=30)
    return card(presenter, "升降", "升降屏 左")


@pytest.fixture
def stranger(presenter: Page, room: RunningRoom) -> Iterator[Page]:
    """A page in another browser in which nobody is logged in."""
    browser = presenter.context.browser
    assert browser is not None
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(room.url)
    yield page
    context.close()


def test_letting_go_stops_the_lift(room: RunningRoom, lift: Locator) -> None:
    with held(lift.get_by_role("button", name=UP)):
        expect(lift.get_by_role("status")).to_contain_text("运行中")
        wait_moving(room, LIFT, "up")
    expect(lift.get_by_role("status")).not_to_contain_text("运行中")
    wait_still(room, LIFT)


def test_sliding_off_the_button_stops_the_lift_and_sliding_back_starts_nothing(
    room: RunningRoom, presenter: Page, lift: Locator
) -> None:
    button = lift.get_by_role("button", name=UP)
    with held(button):
        wait_moving(room, LIFT, "up")
        x, y = middle(button)
        presenter.mouse.move(x, y + 200, steps=4)
        wait_still(room, LIFT)
        presenter.mouse.move(x, y, steps=4)
        expect(button).to_have_attribute("aria-pressed", "false")
        starts = room.simulator(LIFT)["starts"]
    assert room.simulator(LIFT)["starts"] == starts
    wait_still(room, LIFT)


@pytest.mark.parametrize(
    "happens",
    [
        "window.dispatchEvent(new Event('blur'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
        "window.dispatchEvent(new Event('pagehide'))",
    ],
    ids=["focus lost", "tab hidden", "page left"],
)
def test_a_page_that_is_not_looked_at_stops_the_lift(
    room: RunningRoom, presenter: Page, lift: Locator, happens: str
) -> None:
    with held(lift.get_by_role("button", name=UP)):
        wait_moving(room, LIFT, "up")
        presenter.evaluate(happens)
        wait_still(room, LIFT)
        expect(lift.get_by_role("status")).not_to_contain_text("运行中")


def test_a_page_that_is_gone_stops_the_lift(
    room: RunningRoom, presenter: Page, lift: Locator
) -> None:
    with held(lift.get_by_role("button", name=UP)):
        wait_moving(room, LIFT, "up")
        presenter.goto("about:blank")
    wait_still(room, LIFT)


def test_a_socket_that_closes_stops_the_lift_and_the_hold_stays_ended(
    page: Page, room: RunningRoom
) -> None:
    page.add_init_script(
        "window.opened = []; const Real = WebSocket;"
        "window.WebSocket = class extends Real {"
        " constructor(url) { super(url); window.opened.push(this) } }"
    )
    page.goto(room.page("/", "presenter"))
    lift = card(page, "升降", "升降屏 左")
    button = lift.get_by_role("button", name=UP)
    with held(button):
        wait_moving(room, LIFT, "up")
        page.evaluate("window.opened.at(-1).close()")
        wait_still(room, LIFT)
        expect(page.get_by_text("已连接")).to_be_visible()
        expect(button).to_have_attribute("aria-pressed", "false")
        assert room.simulator(LIFT)["moving"] == "none"


def test_keys_hold_too(room: RunningRoom, presenter: Page, lift: Locator) -> None:
    lift.get_by_role("button", name="按住下降").focus()
    presenter.keyboard.down("Space")
    expect(lift.get_by_role("status")).to_contain_text("运行中")
    presenter.keyboard.up("Space")
    wait_still(room, LIFT)


def test_a_second_panel_cannot_take_the_lift_over_but_can_stop_it(
    room: RunningRoom, presenter: Page, lift: Locator, stranger: Page
) -> None:
    stranger.goto(room.page("/", "presenter"))
    other = card(stranger, "升降", "升降屏 左")
    with held(lift.get_by_role("button", name=UP)):
        wait_moving(room, LIFT, "up")
        expect(other.get_by_role("status")).to_contain_text("运行中")
        with held(other.get_by_role("button", name="按住下降")):
            expect(other.get_by_text("正在操作升降屏 左，您可以随时按停止")).to_be_visible()
        assert room.simulator(LIFT)["moving"] == "up"
        other.get_by_role("button", name="停止").click()
        wait_still(room, LIFT)
        expect(lift.get_by_role("button", name=UP)).to_have_attribute("aria-pressed", "false")
    assert presenter.get_by_role("alert").filter(has_text="停止未确认").count() == 0


def test_stop_without_log_in_stops_what_another_page_moves(
    room: RunningRoom, lift: Locator, stranger: Page
) -> None:
    button = lift.get_by_role("button", name=UP)
    with held(button):
        wait_moving(room, LIFT, "up")
        stranger.get_by_role("button", name="停止").click()
        wait_still(room, LIFT)
        expect(button).to_have_attribute("aria-pressed", "false")
    expect(stranger.get_by_role("status").filter(has_text="停止")).to_be_visible()


def test_a_screen_runs_after_a_tap_and_stop_is_between_its_buttons(
    room: RunningRoom, presenter: Page
) -> None:
    room.operate("screen.main", position=50)
    screen = card(presenter, "升降", "投影幕布")
    screen.get_by_role("button", name="放下").click()
    wait_moving(room, "screen.main", "down")
    expect(screen.get_by_role("status")).to_contain_text("运行中 · 下降")
    go(presenter, "首页")
    expect(presenter.get_by_role("link", name="投影幕布")).to_contain_text("运行中")
    presenter.get_by_role("banner").get_by_role("button", name="停止").click()
    wait_still(room, "screen.main")
    expect(presenter.get_by_role("link", name="投影幕布")).not_to_contain_text("运行中")
