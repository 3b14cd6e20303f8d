"""Every page, in both languages, in both themes: whole, accessible, and at home."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.hands import card, go, held, wait_moving, wait_still
from tests.browser.running import RunningRoom

SCREENS = {
    "zh": ("首页", "灯光", "显示", "环境", "升降", "摄像", "更多"),
    "en": ("Home", "Lights", "Displays", "Climate", "Lift", "Cameras", "More"),
}
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def prefer(page: Page, language: str, theme: str) -> None:
    """Choose before the page loads what a person has chosen on this tablet."""
    page.add_init_script(
        f"localStorage.setItem('roomd.language', '{language}');"
        f"localStorage.setItem('roomd.theme', '{theme}')"
    )


def violations(page: Page, options: dict[str, Any] = WCAG) -> list[str]:
    """Return what axe finds wrong, with the place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    run = (
        "options => axe.run(document, {...options, resultTypes: ['violations']}).then(found =>"
        " found.violations.map(v => v.id + ': ' + v.nodes[0].html.slice(0, 200)))"
    )
    found: list[str] = page.evaluate(run, options)
    return found


def violations_in_both_themes(page: Page) -> list[str]:
    """Look at everything in the theme there is, and at the colours in the other one too."""
    found = violations(page)
    root = "document.documentElement.dataset.theme"
    theme = page.evaluate(root)
    page.evaluate(f"{root} = '{'light' if theme == 'dark' else 'dark'}'")
    found += [f"other theme, {v}" for v in violations(page, CONTRAST)]
    page.evaluate(f"{root} = '{theme}'")
    return found


# -- whole and accessible --------------------------------------------------------------------------


@pytest.mark.parametrize("language,theme", [("zh", "dark"), ("en", "light")])
def test_the_presenter_page_is_accessible(
    page: Page, room: RunningRoom, watched: Watched, language: str, theme: str
) -> None:
    prefer(page, language, theme)
    page.goto(room.page("/", "presenter"))
    expect(page.get_by_text("已连接" if language == "zh" else "Connected")).to_be_visible()
    wrong: dict[str, list[str]] = {}
    for screen in SCREENS[language]:
        go(page, screen)
        wrong[screen] = violations_in_both_themes(page)
    page.get_by_role("button", name="求助" if language == "zh" else "Help").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    wrong["help"] = violations_in_both_themes(page)
    assert {screen: found for screen, found in wrong.items() if found} == {}
    assert watched.errors == []


def test_a_page_full_of_trouble_is_accessible(room: RunningRoom, presenter: Page) -> None:
    broken = ("lights.stage", "relay.rack")
    try:
        for device in broken:
            room.break_device(device, "unplug")
        go(presenter, "更多")
        board = presenter.get_by_role("region", name="继电器", exact=True)
        expect(board.get_by_role("button", name="起离线")).to_be_visible(timeout=30_000)
        wrong = violations_in_both_themes(presenter)
        with held(card(presenter, "升降", "升降屏 中").get_by_role("button", name="按住上升")):
            wait_moving(room, "lift.middle", "up")
            wrong += violations_in_both_themes(presenter)
        wait_still(room, "lift.middle")
        assert wrong == []
    finally:
        for device in broken:
            room.break_device(device, None)
    go(presenter, "更多")
    expect(board.get_by_role("button", name="起离线")).to_be_hidden(timeout=30_000)


class Place(NamedTuple):
    """A page that is no presenter's, and a word by which it is known to be there."""

    address: str
    role: str
    zh: str
    en: str


PLACES = (
    Place("/admin#devices", "admin", "modbus_relay", "modbus_relay"),
    Place("/admin#trace", "admin", "含义", "Meaning"),
    Place("/admin#about", "admin", "界面版本", "Panel build"),
    Place("/display", "display", "多功能智能会议室", "Multi-function meeting room"),
)


@pytest.mark.parametrize("place", PLACES, ids=[p.address for p in PLACES])
@pytest.mark.parametrize("look", ["zh light", "en dark"])
def test_the_other_pages_are_accessible(
    page: Page, room: RunningRoom, watched: Watched, place: Place, look: str
) -> None:
    language, theme = look.split()
    prefer(page, language, theme)
    address, _, tab = place.address.partition("#")
    page.goto(room.page(address, place.role))
    if tab:
        page.evaluate(f"location.hash = '{tab}'")
    sign = place.zh if language == "zh" else place.en
    expect(page.get_by_text(sign).first).to_be_visible(timeout=15_000)
    assert violations(page) == []
    assert watched.errors == []


@pytest.mark.parametrize("path", ["/", "/admin", "/display", "/join"])
def test_a_page_that_asks_who_you_are_is_accessible_and_stops(
    page: Page, room: RunningRoom, watched: Watched, path: str
) -> None:
    page.goto(room.url + path)
    expect(page.get_by_role("button", name="确定")).to_be_visible()
    assert violations_in_both_themes(page) == []
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_role("status").filter(has_text="停止")).to_be_visible()
    assert watched.errors == []


# -- language, theme, size -------------------------------------------------------------------------


def test_the_language_changes_without_a_reload(presenter: Page) -> None:
    presenter.evaluate("window.same = true")
    presenter.get_by_role("button", name="English").click()
    expect(presenter.get_by_role("button", name="STOP").first).to_be_visible()
    expect(presenter.get_by_role("heading", name="Multi-function meeting room")).to_be_visible()
    expect(presenter.get_by_role("button", name="Stage lights")).to_be_visible()
    assert presenter.evaluate("document.documentElement.lang") == "en"
    assert presenter.evaluate("window.same") is True
    presenter.reload()
    expect(presenter.get_by_text("Connected")).to_be_visible()


def test_theme_and_size_are_chosen_here_and_kept(presenter: Page) -> None:
    presenter.get_by_role("button", name="求助").click()
    sheet = presenter.get_by_role("dialog", name="求助")
    sheet.get_by_role("group", name="外观").get_by_role("button", name="浅色").click()
    sheet.get_by_role("group", name="字号").get_by_role("button", name="大").click()
    presenter.reload()
    expect(presenter.get_by_text("已连接")).to_be_visible()
    shown = presenter.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shown == "rgb(243, 245, 246)"
    assert presenter.evaluate("getComputedStyle(document.documentElement).fontSize") == "21px"


@pytest.mark.parametrize(
    "width,height,size",
    [(800, 1280, "normal"), (390, 844, "normal"), (390, 844, "large"), (320, 640, "normal")],
)
def test_no_page_is_wider_than_the_screen(
    page: Page, room: RunningRoom, width: int, height: int, size: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    prefer(page, "en", "dark")  # the longer words
    page.add_init_script(f"localStorage.setItem('roomd.size', '{size}')")
    page.goto(room.page("/", "presenter"))
    for screen in SCREENS["en"]:
        go(page, screen)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, screen
        inside = page.evaluate(
            "[...document.querySelectorAll('main button, main [role=slider]')].filter(e => {"
            " const b = e.getBoundingClientRect(); return b.right > innerWidth + 1 || b.left < -1"
            "}).map(e => e.textContent)"
        )
        assert inside == [], screen
        expect(page.get_by_role("button", name="STOP").first).to_be_in_viewport()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_tablet_shows_a_screen_without_scrolling(
    page: Page, room: RunningRoom, language: str
) -> None:
    prefer(page, language, "dark")
    page.goto(room.page("/", "presenter"))
    fitting = [s for i, s in enumerate(SCREENS[language]) if i not in {0, 6}]
    for screen in fitting:
        go(page, screen)
        assert page.evaluate("document.documentElement.scrollHeight") <= 800, screen


def test_a_sheet_takes_the_keyboard_and_gives_it_back(presenter: Page) -> None:
    opener = presenter.get_by_role("button", name="求助")
    opener.focus()
    presenter.keyboard.press("Enter")
    sheet = presenter.get_by_role("dialog", name="求助")
    expect(sheet).to_be_focused()
    for _ in range(12):
        presenter.keyboard.press("Tab")
        assert presenter.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    presenter.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()


# -- at home ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/admin", "/display"])
def test_no_page_may_run_or_load_anything_foreign(page: Page, room: RunningRoom, path: str) -> None:
    answer = page.goto(room.url + path)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"):
        assert rule in policy
    assert "unsafe" not in policy


def test_the_browser_keeps_the_policy(page: Page, room: RunningRoom) -> None:
    page.goto(room.url)
    told = page.evaluate(
        "new Promise(done => { document.addEventListener('securitypolicyviolation',"
        " e => done(e.effectiveDirective));"
        " const i = new Image(); i.src = 'http://192.0.2.1/x.png'; document.body.append(i) })"
    )
    assert told == "img-src"


def test_a_token_leaves_the_address_and_its_history(presenter: Page) -> None:
    assert "token" not in presenter.url
    assert presenter.evaluate("localStorage.getItem('token')") is None
    assert "roomd" not in presenter.evaluate("document.cookie"), "scripts cannot read the session"


def test_a_link_with_a_token_works_on_a_page_that_is_open_already(
    page: Page, room: RunningRoom
) -> None:
    page.goto(room.url)
    expect(page.get_by_label("配对码")).to_be_visible()
    page.goto(room.page("/", "presenter"))  # only the hash changes: nothing is loaded
    expect(page.get_by_text("已连接")).to_be_visible()
    assert "token" not in page.url


def test_without_a_token_a_page_asks_for_one(
    page: Page, room: RunningRoom, watched: Watched
) -> None:
    page.goto(room.url)
    page.get_by_text("其他方式").click()
    page.get_by_label("访问令牌").fill("wrong")
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_role("alert")).to_have_text("令牌不正确")
    page.get_by_label("访问令牌").fill(room.facts["tokens"]["presenter"])
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_text("已连接")).to_be_visible()
    assert watched.errors == []


def test_the_wall_shows_room_and_time_and_no_pointer(
    page: Page, room: RunningRoom, watched: Watched
) -> None:
    page.goto(room.page("/display", "display"))
    expect(page.get_by_role("heading", name="多功能智能会议室")).to_be_visible()
    expect(page.get_by_role("time")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).cursor") == "none"
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert watched.errors == []
