"""Verbs that look around without a daemon."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from drivers.transport.identity import SerialPortSeen
from roomd import __version__
from roomd.cli import app
from roomd.doctor import Check
from tests.support.small_room import HEAD, ROOM

RUN = CliRunner()
PORT = SerialPortSeen("/dev/ttyUSB0", "by_id: usb-FTDI_A1-if00-port0", "FT232R", "A1", "0403:6001")


@pytest.fixture
def one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.transport.identity.ports", lambda: [PORT])


def test_ports_show_what_to_write_into_the_room_file(one_port: None) -> None:
    told = RUN.invoke(app, ["ports"])
    assert told.exit_code == 0
    assert "by_id: usb-FTDI_A1-if00-port0" in told.stdout
    (found,) = json.loads(RUN.invoke(app, ["ports", "--json"]).stdout)
    assert found["stable"] == PORT.stable
    assert found["vid_pid"] == "0403:6001"


def test_discover_prints_yaml_with_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[dict[str, Any]] = [
        {"how": "serial", "what": "FT232R", "where": "/dev/ttyUSB0", "yaml": "links:\n  a: {}\n"},
        {"how": "mdns", "what": "x", "where": "192.168.1.2:80", "yaml": ""},
    ]

    async def look() -> list[dict[str, Any]]:
        return found

    monkeypatch.setattr("roomd.discovery.discover", look)
    told = RUN.invoke(app, ["discover"])
    assert told.stdout.splitlines() == [
        "# serial: FT232R (/dev/ttyUSB0)",
        "links:",
        "  a: {}",
        "",
        "# mdns: x (192.168.1.2:80)",
    ]
    assert json.loads(RUN.invoke(app, ["discover", "--json"]).stdout) == found
    found.clear()
    assert "nothing found" in RUN.invoke(app, ["discover"]).stdout


@pytest.mark.parametrize("text, code", [(ROOM, 0), (HEAD + "idle_after: 5\n", 1)])
def test_doctor_ends_with_1_where_something_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    monkeypatch.setattr("roomd.doctor._ports", lambda: Check("serial", "ok", "无", "none"))
    monkeypatch.setattr("roomd.doctor._panel", lambda: Check("panel", "ok", "有", "there"))
    monkeypatch.setattr("roomd.doctor._disk", lambda _: Check("disk", "ok", "空", "empty"))
    file, data = tmp_path / "room.yaml", tmp_path / "data"
    file.write_text(text, "utf-8")
    data.mkdir(mode=0o700)
    args = ["doctor", "--config", str(file), "--data", str(data)]
    told = RUN.invoke(app, args)
    assert told.exit_code == code
    assert "config" in told.stdout
    as_json = RUN.invoke(app, [*args, "--json"])
    assert as_json.exit_code == code
    levels = {c["name"]: c["level"] for c in json.loads(as_json.stdout)}
    assert (levels["config"] == "error") is (code == 1)


def test_version() -> None:
    assert RUN.invoke(app, ["version"]).stdout == f"roomd {__version__}\n"
    told = json.loads(RUN.invoke(app, ["version", "--json"]).stdout)
    assert told == {"version": __version__}
