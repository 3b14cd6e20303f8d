"""Who comes in and how: the first start, accounts with an authenticator, a paired tablet with its key, a guest."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from roomd.identity.totp import code_at, step_of
from tests.browser import running
from tests.browser.running import RunningRoom
from tests.browser.test_pages import violations

GOOD = "correct horse"
SECRET = re.compile(r"[A-Z2-7]{32}")
TABLET = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRoom]:
    """A room of one's own: its accounts and devices are made here."""
    found = running.start(tmp_path_factory.mktemp("people"))
    try:
        yield found
    finally:
        found.end()


@pytest.fixture
def somebody(browser: Browser, room: RunningRoom) -> Iterator[list[BrowserContext]]:
    """Browsers of several people, all watched: no page breaks the policy or asks a foreign address."""
    said: list[str] = []
    asked: list[str] = []
    contexts = [browser.new_context(**TABLET) for _ in range(3)]  # type: ignore[arg-type]  # one dict for all
    for context in contexts:
        context.on("console", lambda message: said.append(message.text))
        context.on("request", lambda request: asked.append(request.url))
    yield contexts
    for context in contexts:
        context.close()
    assert [text for text in said if "Content Security Policy" in text or "trusted" in text] == []
    assert [url for url in asked if not url.startswith((room.url, "data:", "blob:"))] == []


def log_in(page: Page, room: RunningRoom, name: str, password: str) -> None:
    page.goto(f"{room.url}/admin")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="确定").click()


def enrol(page: Page) -> str:
    """Scan, so to speak, the QR; type the code; put the paper codes away. Return the secret."""
    expect(page.get_by_role("img", name="验证器二维码")).to_be_visible()
    found = SECRET.search(page.locator("code").inner_text())
    assert found is not None
    page.get_by_label("六位验证码").fill(code_at(found[0], step_of(time.time())))
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", name="一次性备用码")).to_be_visible()
    expect(page.get_by_role("region", name="一次性备用码").get_by_role("listitem")).to_have_count(
        10
    )
    assert violations(page) == []
    page.get_by_role("button", name="已抄下").click()
    return found[0]


def set_up(page: Page, room: RunningRoom) -> None:
    page.goto(f"{room.url}/admin")
    expect(page.get_by_role("heading", name="首次安装")).to_be_visible()
    expect(page.get_by_label("安装码")).not_to_have_value("")  # this is the machine's own screen
    assert violations(page) == []
    for name, role in (("root", "管理员"), ("bao", "安全管理员"), ("shen", "审计员")):
        person = page.get_by_role("group", name=role, exact=True)
        person.get_by_label("用户名").fill(name)
        person.get_by_label("密码").fill(GOOD)
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_the_first_start_makes_three_who_each_do_their_part(
    somebody: list[BrowserContext], room: RunningRoom
) -> None:
    admin, security, auditor = (context.new_page() for context in somebody)
    set_up(admin, room)
    log_in(admin, room, "root", GOOD)
    enrol(admin)
    admin.get_by_role("link", name="用户").or_(
        admin.get_by_role("button", name="用户")
    ).first.click()
    admin.get_by_label("新账号的用户名").fill("李四")
    admin.get_by_role("button", name="建立").click()
    start = admin.get_by_role("status").locator("code").inner_text()
    log_in(security, room, "bao", "wrong password")
    expect(security.get_by_role("alert")).to_contain_text("不正确")
    log_in(security, room, "bao", GOOD)
    enrol(security)
    security.get_by_label("李四 的角色").select_option("operator")
    expect(security.get_by_label("李四 的角色")).to_have_value("operator")
    assert violations(security) == []
    log_in(auditor, room, "shen", GOOD)
    enrol(auditor)
    expect(auditor.get_by_role("row", name=re.compile("account.grant")).first).to_be_visible()
    auditor.get_by_role("button", name="校验").click()
    expect(auditor.locator(".record-check[data-sound='true']")).to_be_visible()
    assert start


def test_a_tablet_is_paired_with_a_key_and_an_operator_rises_on_it(
    somebody: list[BrowserContext], room: RunningRoom
) -> None:
    admin, tablet, thief = (context.new_page() for context in somebody)
    admin.goto(room.page("/admin", "admin"))
    admin.get_by_role("link", name="用户").or_(
        admin.get_by_role("button", name="用户")
    ).first.click()
    admin.get_by_role("button", name="配对平板").click()
    code = admin.locator(".pair-code").inner_text()
    tablet.goto(room.url)
    assert violations(tablet) == []
    tablet.get_by_label("配对码").fill(code.lower())
    tablet.get_by_label("设备名称").fill("主席台平板")
    tablet.get_by_role("button", name="确定").click()
    expect(tablet.get_by_text("已连接")).to_be_visible()
    tablet.reload()
    expect(tablet.get_by_text("已连接")).to_be_visible()
    # The cookie alone, in another browser, does not connect.
    (cookie,) = somebody[1].cookies()
    somebody[2].add_cookies(
        [
            {
                "name": cookie.get("name", ""),
                "value": cookie.get("value", ""),
                "url": room.url,
                "httpOnly": True,
            }
        ]
    )
    thief.goto(room.url)
    expect(thief.get_by_label("配对码")).to_be_visible()
    # Revoked, the tablet is out at once.
    admin.reload()
    admin.get_by_role("button", name="撤销 主席台平板").click()
    expect(tablet.get_by_label("配对码")).to_be_visible()


def test_a_guest_joins_by_the_digits_on_the_wall(
    somebody: list[BrowserContext], room: RunningRoom
) -> None:
    wall, guest, other = (context.new_page() for context in somebody)
    wall.goto(room.page("/display", "display"))
    digits = wall.locator(".idle-code").inner_text()
    assert digits.replace(" ", "") == room.facts["join_code"]
    expect(wall.get_by_role("img", name="加入会议的二维码")).to_be_visible()
    guest.goto(f"{room.url}/join")
    guest.get_by_label("六位投屏码").fill("000 000" if digits != "000 000" else "000 001")
    guest.get_by_label("您的姓名").fill("王五")
    guest.get_by_role("button", name="确定").click()
    expect(guest.get_by_role("alert")).to_contain_text("投屏码不正确")
    guest.get_by_label("六位投屏码").fill(digits)
    guest.get_by_role("button", name="确定").click()
    expect(guest.get_by_role("heading", name="王五，您已加入")).to_be_visible()
    assert violations(guest) == []
    guest.get_by_role("button", name="离开").click()
    expect(guest.get_by_label("六位投屏码")).to_be_visible()
    secret = wall.evaluate("fetch('./api/v1/join').then(a => a.json()).then(b => b.qr)")
    assert str(secret).startswith("<svg")
    other.goto(f"{room.url}/join#join=wrong")
    expect(other.get_by_label("六位投屏码")).to_have_count(0)
    other.get_by_label("您的姓名").fill("赵六")
    other.get_by_role("button", name="确定").click()
    expect(other.get_by_label("六位投屏码")).to_be_visible()
    assert "join" not in other.url.partition("#")[2]
