"""How a start is described, and why it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.config.load import load
from roomd.options import PORT, CannotServe, NoConfiguration, web_port
from tests.support.small_room import HEAD


@pytest.mark.parametrize("more, port", [("", PORT), ("web: {port: 8123}\n", 8123)])
def test_the_room_file_may_name_the_port(tmp_path: Path, more: str, port: int) -> None:
    file = tmp_path / "room.yaml"
    file.write_text(HEAD + more, "utf-8")
    room = load(file).room
    assert room is not None
    assert web_port(room) == port


def test_a_bad_configuration_is_reported_with_every_place(tmp_path: Path) -> None:
    file = tmp_path / "room.yaml"
    file.write_text(HEAD + "idle_after: 5\nlanguage: fr\n", "utf-8")
    report = NoConfiguration(load(file).errors).report
    assert f"{file}:3:13: idle_after" in report
    assert f"{file}:4:11: language" in report


def test_a_refusal_has_a_code_for_people() -> None:
    refused = CannotServe("port_in_use", port=8470)
    assert (str(refused), refused.params) == ("port_in_use", {"port": 8470})
