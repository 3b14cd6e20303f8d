"""Air conditioning, sensors, contacts, relays: stepped, read, switched."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.hands import card, until
from tests.browser.running import RunningRoom


def test_taps_that_come_close_together_are_one_command(room: RunningRoom, presenter: Page) -> None:
    climate = card(presenter, "环境", "空调")
    climate.get_by_role("group", name="模式").get_by_role("button", name="制冷").click()
    target = climate.get_by_role("group", name="目标")
    expect(target).to_contain_text("已发送（无回传）")
    before = room.simulator("ac.main")["values"]["target"]
    warmer = target.get_by_role("button", name="目标：增大")
    for _ in range(3):
        warmer.click()
    expect(target).to_contain_text(f"{before + 3} °C")
    until(
        lambda: room.simulator("ac.main")["values"]["target"] == before + 3,
        "the air conditioner is three degrees up",
    )
    # Infra-red has no way back: it is never said to be confirmed.
    expect(target).to_have_attribute("data-quality", "assumed")


def test_a_door_is_open_or_closed(room: RunningRoom, presenter: Page) -> None:
    door = card(presenter, "环境", "门")
    room.operate("contact.door", value=True)
    expect(door).to_contain_text("打开")
    room.operate("contact.door", value=False)
    expect(door).to_contain_text("关闭")


def test_each_channel_of_a_relay_board_is_a_switch(room: RunningRoom, presenter: Page) -> None:
    board = card(presenter, "更多", "继电器")
    channel = board.get_by_role("button", name="3 路")
    expect(channel).to_have_attribute("aria-pressed", "false")
    channel.click()
    expect(channel).to_have_attribute("aria-pressed", "true")
    assert room.simulator("relay.rack")["coils"][2] is True
    board.get_by_role("button", name="全部关闭").click()
    expect(channel).to_have_attribute("aria-pressed", "false")


def test_sequenced_power_comes_on_one_after_the_other(room: RunningRoom, presenter: Page) -> None:
    board = card(presenter, "更多", "时序电源")
    board.get_by_role("button", name="全部打开").click()
    expect(board.get_by_role("button", name="8 路")).to_have_attribute(
        "aria-pressed", "true", timeout=15_000
    )
    assert all(room.simulator("power.rack")["coils"])
    board.get_by_role("button", name="全部关闭").click()
    expect(board.get_by_role("button", name="1 路")).to_have_attribute(
        "aria-pressed", "false", timeout=15_000
    )
