"""What a room file may say of a display."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from drivers.samsung_mdc.settings import MdcSettings


def test_what_is_left_out() -> None:
    settings = MdcSettings()
    assert (settings.display, settings.pause_after_off, settings.mac) == (1, 30.0, None)
    assert settings.names == {"hdmi1": 33, "hdmi2": 35, "displayport1": 37, "dvi": 24, "pc": 20}
    assert settings.name_of(0x21) == "hdmi1"
    assert settings.name_of(0x40) == "0x40"
    assert settings.name_of(0x04) == "0x04"


def test_inputs_are_numbers_or_hexadecimal_text() -> None:
    settings = MdcSettings.model_validate({"inputs": {"laptop": "0x21", "camera": 0x23}})
    assert settings.names == {"laptop": 0x21, "camera": 0x23}
    assert settings.name_of(0x21) == "laptop"
    assert settings.name_of(0x25) == "0x25"


@pytest.mark.parametrize("pin", ["0000", "123456", 1234, SecretStr("87654321")])
def test_a_pin(pin: Any) -> None:
    settings = MdcSettings(pin=pin)
    assert settings.pin is not None
    written = pin.get_secret_value() if isinstance(pin, SecretStr) else str(pin)
    assert settings.pin.get_secret_value() == written
    assert written not in repr(settings)
    assert written not in settings.model_dump_json()


@pytest.mark.parametrize("mac", ["02:00:5E:10:00:02", "02-00-5e-10-00-02", "0200.5e10.0002"])
def test_a_mac_address_in_any_writing(mac: str) -> None:
    assert MdcSettings(mac=mac).mac == "02005e100002"


def test_a_fingerprint_in_any_writing() -> None:
    assert MdcSettings(certificate=":".join(["AB"] * 32)).certificate == "ab" * 32


def test_durations() -> None:
    settings = MdcSettings.model_validate({"pause_after_off": "5s", "wake_time": "1min"})
    assert (settings.pause_after_off, settings.wake_time) == (5.0, 60.0)


@pytest.mark.parametrize(
    "options",
    [
        {"display": 254},
        {"display": -1},
        {"inputs": {"a": 256}},
        {"inputs": {"a": "21"}},
        {"inputs": {"A": 1}},
        {"inputs": {"a": 0x22}},
        {"inputs": {"a": 1, "b": 1}},
        {"pin": "123"},
        {"pin": "123456789"},
        {"pin": "12a4"},
        {"pin": True},
        {"mac": "02:00:5e:10:00"},
        {"certificate": "ab"},
        {"wake_port": 0},
        {"wake_time": "10min"},
        {"pause_after_off": "3min"},
        {"pause_after_off": 5000},
        {"without": ("power",)},
        {"colour": "red"},
    ],
)
def test_what_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MdcSettings.model_validate(options)


def test_a_number_that_is_only_reported_is_refused_with_the_right_one() -> None:
    with pytest.raises(ValidationError, match="name 0x21 instead"):
        MdcSettings.model_validate({"inputs": {"laptop": "0x22"}})


def test_a_refused_pin_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        MdcSettings.model_validate({"pin": "98x7654"})
    assert "98x7654" not in str(refused.value)
