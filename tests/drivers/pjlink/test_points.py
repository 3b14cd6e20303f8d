"""Which points and commands a projector has."""

from __future__ import annotations

import pytest

from drivers.pjlink.points import gone, points
from drivers.pjlink.settings import PjlinkSettings


def test_polled_points_are_asked_within_the_time_in_which_connections_are_kept() -> None:
    periods = {p.name: p.period for p in points(PjlinkSettings())}
    assert {periods[n] for n in ("power", "input", "blank", "mute", "freeze")} == {15.0}
    assert periods["model"] is None


def test_connecting_for_each_burst_asks_once_a_minute_at_most() -> None:
    periods = [p.period for p in points(PjlinkSettings(keep_open=False))]
    assert min(p for p in periods if p is not None) == 60.0


@pytest.mark.parametrize(
    "part, commands",
    [("input", {"input"}), ("freeze", {"freeze"}), ("volume", {"volume_up", "volume_down"})],
)
def test_what_it_cannot_do_is_neither_point_nor_command(part: str, commands: set[str]) -> None:
    settings = PjlinkSettings.model_validate({"without": [part]})
    assert part not in {p.name for p in points(settings)}
    assert gone(settings) == commands


def test_inputs_are_those_of_the_room_file() -> None:
    (spec,) = (p for p in points(PjlinkSettings(inputs={"vga": "11"})) if p.name == "input")
    assert spec.values == ("vga",)
