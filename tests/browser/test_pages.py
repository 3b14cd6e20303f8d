"""Every page, in both languages, in both themes: whole, accessible, and at home."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.running import RunningRoom

SCREENS = ("home", "lights", "display", "climate", "lift", "cameras", "more")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def prefer(page: Page, language: str, theme: str) -> None:
    """Choose before the page loads what a person has chosen on this tablet."""
    page.add_init_script(
        f"localStorage.setItem('roomd.language', '{language}');"
        f"localStorage.setItem('roomd.theme', '{theme}')"
    )


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize("language,theme", [("zh", "dark"), ("en", "light")])
def test_the_presenter_page_is_accessible(
    page: Page, room: RunningRoom, watched: Watched, language: str, theme: str
) -> None:
    prefer(page, language, theme)
    page.goto(room.page("/", "presenter"))
    expect(page.locator(".connection[data-up=true]")).to_be_visible()
    wrong: dict[str, list[str]] = {}
    for screen in SCREENS:
        page.evaluate(f"location.hash = '{screen}'")
        expect(page.locator(f"a[href='#{screen}'][aria-current=page]")).to_be_visible()
        wrong[screen] = violations(page)
    assert wrong == {screen: [] for screen in SCREENS}
    assert watched.errors == []


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(
    "path,role,sign",
    [
        ("/admin", "admin", "visca"),
        ("/admin#trace", "admin", "含义"),
        ("/display", "display", "多功能智能会议室"),
    ],
)
def test_the_other_pages_are_accessible(
    page: Page, room: RunningRoom, path: str, role: str, sign: str
) -> None:
    page.goto(room.page(path.partition("#")[0], role))
    if "#" in path:
        page.get_by_role("link", name="收发帧").click()
    expect(page.get_by_text(sign).first).to_be_visible()
    assert violations(page) == []


def test_the_language_changes_without_a_reload(presenter: Page) -> None:
    presenter.evaluate("window.same = true")
    presenter.get_by_role("button", name="English").click()
    expect(presenter.get_by_role("button", name="STOP").first).to_be_visible()
    expect(presenter.get_by_role("heading", name="Multi-function meeting room")).to_be_visible()
    assert presenter.evaluate("document.documentElement.lang") == "en"
    assert presenter.evaluate("window.same") is True
    presenter.reload()
    expect(presenter.get_by_text("Connected")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/admin", "/display"])
def test_no_page_may_run_or_load_anything_foreign(page: Page, room: RunningRoom, path: str) -> None:
    answer = page.goto(room.url + path)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"):
        assert rule in policy
    assert "unsafe" not in policy


def test_a_token_leaves_the_address_and_its_history(presenter: Page) -> None:
    assert "token" not in presenter.url
    assert presenter.evaluate("localStorage.getItem('token')") is None
    assert "roomd" not in presenter.evaluate("document.cookie"), "scripts cannot read the session"


def test_without_a_token_a_page_asks_for_one(
    page: Page, room: RunningRoom, watched: Watched
) -> None:
    page.goto(room.url)
    page.get_by_label("访问令牌").fill("wrong")
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_role("alert")).to_have_text("令牌不正确")
    page.get_by_label("访问令牌").fill(room.facts["tokens"]["presenter"])
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_text("已连接")).to_be_visible()
    assert watched.errors == []


def test_the_admin_page_shows_live_traffic(page: Page, room: RunningRoom) -> None:
    page.goto(room.page("/admin", "admin"))
    row = page.get_by_role("row").filter(has_text="relay.rack")
    row.get_by_role("button", name="收发帧").click()
    expect(page.get_by_role("cell", name="relay.rack").first).to_be_visible(timeout=15_000)


def test_an_admin_page_of_another_role_asks_for_the_admins_token(
    page: Page, room: RunningRoom
) -> None:
    page.goto(room.page("/admin", "presenter"))
    expect(page.get_by_text("此页需要管理员令牌")).to_be_visible()


@pytest.mark.parametrize("width,height", [(800, 1280), (390, 844), (320, 640)])
def test_no_page_is_wider_than_the_screen(
    page: Page, room: RunningRoom, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(room.page("/", "presenter"))
    expect(page.locator(".connection[data-up=true]")).to_be_attached()
    for screen in SCREENS:
        page.evaluate(f"location.hash = '{screen}'")
        expect(page.locator(f"a[href='#{screen}'][aria-current=page]")).to_be_attached()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{screen} is {wide} px wide"
        expect(page.get_by_role("button", name="停止").first).to_be_attached()
