"""What a room file may say of a projector."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from drivers.pjlink.settings import PjlinkSettings


def test_left_out_there_are_the_usual_inputs() -> None:
    settings = PjlinkSettings()
    assert settings.names["digital1"] == "31"
    assert settings.name_of("31") == "digital1"


def test_named_inputs_replace_the_usual_ones() -> None:
    settings = PjlinkSettings(inputs={"hdmi1": "31", "sdi": "3A"})
    assert settings.names == {"hdmi1": "31", "sdi": "3A"}
    assert settings.name_of("3A") == "sdi"


@pytest.mark.parametrize(
    "code, name",
    [("12", "rgb2"), ("6Z", "internalz"), ("71", "71"), ("", ""), ("1", "1"), ("311", "311")],
)
def test_an_input_that_is_not_in_the_list_is_called_by_its_kind(code: str, name: str) -> None:
    assert PjlinkSettings(inputs={"hdmi1": "31"}).name_of(code) == name


def test_what_a_projector_says_is_cut() -> None:
    assert PjlinkSettings().name_of("x" * 128) == "x" * 64


def test_times_are_written_with_their_unit() -> None:
    settings = PjlinkSettings.model_validate({"warm_up": "40s", "cool_down": "2min"})
    assert (settings.warm_up, settings.cool_down) == (40.0, 120.0)


def test_the_password_is_not_shown() -> None:
    settings = PjlinkSettings.model_validate({"password": "geheim"})
    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize(
    "options",
    [
        {"inputs": {"hdmi1": "31", "hdmi2": "31"}},
        {"inputs": {"HDMI": "31"}},
        {"inputs": {"hdmi1": "71"}},
        {"inputs": {"hdmi1": "30"}},
        {"inputs": {"hdmi1": "3a"}},
        {"without": ("zoom",)},
        {"warm_up": "500ms"},
        {"cool_down": "11min"},
        {"warm_up": "soon"},
        {"paswort": "x"},
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PjlinkSettings.model_validate(options)
