"""What is wrong with an installation, and what to do."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import NamedTuple

import pytest

from drivers.transport.identity import SerialPortSeen
from roomd import doctor
from roomd.doctor import Check, examine, listener
from tests.support.small_room import HEAD, ROOM


class Usage(NamedTuple):
    """As `shutil.disk_usage` tells it."""

    total: int
    used: int
    free: int


@pytest.fixture
def installation(tmp_path: Path) -> tuple[Path, Path]:
    """A room file and a data folder as they should be."""
    config, data = tmp_path / "room.yaml", tmp_path / "data"
    config.write_text(ROOM, "utf-8")
    data.mkdir(mode=0o700)
    return config, data


def find(name: str, config: Path, data: Path) -> Check | None:
    found = [c for c in examine(config, data) if c.name == name]
    return found[0] if found else None


def level(name: str, installation: tuple[Path, Path]) -> str | None:
    found = find(name, *installation)
    return None if found is None else found.level


def test_a_good_installation_has_no_error_of_its_own(installation: tuple[Path, Path]) -> None:
    assert level("config", installation) == "ok"
    assert level("data", installation) == "ok"
    assert level("broker", installation) is None


def test_every_finding_speaks_both_languages(installation: tuple[Path, Path]) -> None:
    for check in examine(*installation):
        told = check.as_json()
        assert set(told) == {"name", "level", "zh", "en"}
        assert all(told.values())


@pytest.mark.parametrize(
    "text, expected",
    [
        (None, "error"),
        (HEAD + "idle_after: 5\n", "error"),
        (HEAD + "contact: {zh: 甲}\n", "warning"),
    ],
)
def test_the_configuration(
    installation: tuple[Path, Path], text: str | None, expected: str
) -> None:
    config, _ = installation
    config.unlink() if text is None else config.write_text(text, "utf-8")
    found = find("config", *installation)
    assert found is not None
    assert found.level == expected
    if text is None or "idle" in text:
        assert str(config) in found.en


def test_a_data_folder_that_others_can_read(installation: tuple[Path, Path]) -> None:
    installation[1].chmod(0o755)
    found = find("data", *installation)
    assert found is not None
    assert (found.level, "chmod 700" in found.en) == ("error", True)


def test_a_data_folder_that_is_not_there_yet(installation: tuple[Path, Path]) -> None:
    installation[1].rmdir()
    assert level("data", installation) == "warning"


def test_a_data_folder_that_cannot_be_written(
    installation: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomd.doctor.os.access", lambda *_: False)
    assert level("data", installation) == "error"


@pytest.mark.parametrize("used, expected", [(79, "ok"), (80, "warning"), (90, "error")])
def test_the_disk(
    installation: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, used: int, expected: str
) -> None:
    monkeypatch.setattr("roomd.doctor.shutil.disk_usage", lambda _: Usage(100, used, 100 - used))
    assert level("disk", installation) == expected


def test_the_broker(installation: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    config, data = installation
    config.write_text(HEAD + "broker: {host: 192.168.10.2}\n", "utf-8")
    assert level("broker", installation) == "warning"
    config.write_text(HEAD + "broker: {host: 192.168.10.2, user: roomd}\n", "utf-8")
    assert level("broker", installation) is None
    config.write_text(HEAD + "broker: managed\n", "utf-8")
    monkeypatch.setattr("roomd.doctor.shutil.which", lambda *_, **__: "/usr/sbin/mosquitto")
    found = find("broker", config, data)
    assert found is not None
    assert (found.level, str(data / "broker" / "access.json") in found.en) == ("ok", True)
    monkeypatch.setattr("roomd.doctor.shutil.which", lambda *_, **__: None)
    found = find("broker", config, data)
    assert found is not None
    assert (found.level, "apt install mosquitto" in found.en) == ("error", True)


def test_serial_ports_that_may_not_be_opened(
    installation: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = str(installation[0])
    gone = str(tmp_path / "ttyUSB9")
    for path, expected in ((there, "ok"), (gone, "error")):
        seen = [SerialPortSeen(path, f"path: {path}", "", "", "")]
        monkeypatch.setattr("drivers.transport.identity.ports", lambda seen=seen: seen)
        assert level("serial", installation) == expected


def test_panel_and_fonts(installation: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", lambda _: True)
        assert (doctor._panel().level, doctor._fonts().level) == ("ok", "ok")
        patch.setattr(Path, "exists", lambda _: False)
        assert (doctor._panel().level, doctor._fonts().level) == ("error", "warning")


def test_who_has_a_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert listener(port) is None  # bound, not listening
        taken.listen()
        assert listener(port) == Path("/proc/self/comm").read_text("utf-8").strip()
    assert listener(port) is None
