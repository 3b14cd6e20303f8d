"""Cameras: the pad drives while a finger is on it, positions are saved and come back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import card, held, middle, until
from tests.browser.running import RunningRoom

CAMERA = "camera.back"


@pytest.fixture
def camera(presenter: Page) -> Locator:
    """The card of the camera on the serial line."""
    return card(presenter, "摄像", "后摄像机")


def stands(state: dict[str, Any]) -> bool:
    return not (state["pan_speed"] or state["tilt_speed"] or state["zoom_speed"])


def wait_standing(room: RunningRoom) -> None:
    until(lambda: stands(room.simulator(CAMERA)), "the camera stands")


def test_an_arrow_turns_the_camera_while_it_is_held(room: RunningRoom, camera: Locator) -> None:
    before = room.simulator(CAMERA)["pan"]
    with held(camera.get_by_role("button", name="向右转")):
        until(lambda: room.simulator(CAMERA)["pan"] > before, "it turns right")
    wait_standing(room)


def test_the_pad_steers_by_where_the_finger_is(
    room: RunningRoom, presenter: Page, camera: Locator
) -> None:
    wait_standing(room)
    # The stick has no role: whoever cannot drag has the arrows around it. It is between them.
    left, right = (middle(camera.get_by_role("button", name=n)) for n in ("向左转", "向右转"))
    x, y = (left[0] + right[0]) / 2, left[1]
    presenter.mouse.move(x, y)
    presenter.mouse.down()
    presenter.mouse.move(x - 60, y, steps=3)
    until(lambda: room.simulator(CAMERA)["pan_speed"] < 0, "it turns left")
    presenter.mouse.move(x, y - 60, steps=6)
    until(lambda: room.simulator(CAMERA)["tilt_speed"] > 0, "it turns up")
    presenter.mouse.up()
    wait_standing(room)


def test_zoom_is_held_and_stops(room: RunningRoom, camera: Locator) -> None:
    with held(camera.get_by_role("button", name="拉近")):
        until(lambda: room.simulator(CAMERA)["zoom"] > 0, "it zooms in")
    wait_standing(room)


def test_a_long_press_saves_a_position_and_a_tap_recalls_it(
    room: RunningRoom, camera: Locator
) -> None:
    third = camera.get_by_role("button", name="预置位 3")
    with held(third):
        until(lambda: "3" in map(str, room.simulator(CAMERA)["presets"]), "position 3 is saved")
    third.click()
    expect(third).to_have_attribute("aria-pressed", "true", timeout=15_000)
    expect(third).to_have_attribute("aria-busy", "false")


def test_autofocus_and_home(room: RunningRoom, camera: Locator) -> None:
    focus = camera.get_by_role("button", name="自动对焦")
    was = room.simulator(CAMERA)["autofocus"]
    focus.click()
    until(lambda: room.simulator(CAMERA)["autofocus"] is not was, "the focus mode has changed")
    expect(focus).to_have_attribute("aria-pressed", str(not was).lower())
    focus.click()
    until(lambda: room.simulator(CAMERA)["autofocus"] is was, "the focus mode is as before")
    camera.get_by_role("button", name="回中").click()
    until(lambda: abs(room.simulator(CAMERA)["pan"]) < 1, "it looks straight ahead", 15)
