"""What a room file may say of a board."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from drivers.modbus.settings import RelaySettings, SequencerSettings


def test_off_goes_the_other_way_round_unless_declared() -> None:
    assert SequencerSettings(channels=3).rising == (1, 2, 3)
    assert SequencerSettings(channels=3).falling == (3, 2, 1)
    assert SequencerSettings(order=(2, 1)).falling == (1, 2)
    assert SequencerSettings(order=(2, 1), off_order=(2, 1)).falling == (2, 1)


def test_a_delay_is_written_with_its_unit() -> None:
    assert SequencerSettings.model_validate({"delay": "1500ms"}).delay == 1.5


@pytest.mark.parametrize(
    "options",
    [
        {"order": (1, 1)},
        {"channels": 4, "order": (5,)},
        {"channels": 4, "off_order": (9,)},
        {"delay": "2min"},
        {"delay": "2"},
    ],
)
def test_a_wrong_order_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SequencerSettings.model_validate(options)


@pytest.mark.parametrize(
    "options",
    [
        {"unit": 0},
        {"unit": 256},
        {"channels": 65},
        {"first_address": 65535},
        {"transport": "ascii"},
    ],
)
def test_a_wrong_board_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RelaySettings.model_validate(options)
