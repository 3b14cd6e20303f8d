"""Serial ports by what they are, looked up anew at each open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from serial.tools.list_ports_common import ListPortInfo

from drivers.errors import Misconfigured, Unreachable
from drivers.transport import identity
from drivers.transport.identity import is_present, ports, resolve


@pytest.fixture
def tty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A serial port of this machine, with udev's two names and what USB says of it."""
    master, slave = os.openpty()
    path = os.ttyname(slave)
    for folder, name in [("by-id", "usb-FTDI_A10-if00-port0"), ("by-path", "pci-0000:00:14.0")]:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).symlink_to(path)
    monkeypatch.setattr(identity, "BY_ID", tmp_path / "by-id")
    monkeypatch.setattr(identity, "BY_PATH", tmp_path / "by-path")
    seen(monkeypatch, usb(path))
    yield path
    os.close(master)
    os.close(slave)


def usb(path: str, serial: str | None = "A10", vid: int | None = 0x0403) -> ListPortInfo:
    info = ListPortInfo(path, skip_link_detection=True)
    info.serial_number, info.vid, info.pid = serial, vid, 0x6001 if vid else None
    info.description = "FT232R"
    return info


def seen(monkeypatch: pytest.MonkeyPatch, *infos: ListPortInfo) -> None:
    monkeypatch.setattr(identity, "comports", lambda: list(infos))


@pytest.mark.parametrize(
    "kind, name",
    [
        ("by_id", "usb-FTDI_A10-if00-port0"),
        ("by_path", "pci-0000:00:14.0"),
        ("usb_serial", "A10"),
        ("vid_pid", "0403:6001"),
        ("vid_pid", "0403:6001".upper()),
    ],
)
def test_a_port_is_found_by_each_of_its_names(tty: str, kind: str, name: str) -> None:
    assert resolve({kind: name}) == tty
    assert is_present({kind: name})


def test_a_path_is_followed_to_its_end(tty: str, tmp_path: Path) -> None:
    (tmp_path / "rs485").symlink_to(tty)
    assert resolve({"path": str(tmp_path / "rs485")}) == tty
    assert resolve({"path": tty}) == tty


@pytest.mark.parametrize(
    "kind, name",
    [
        ("by_id", "usb-FTDI_B20"),
        ("by_path", "pci-9"),
        ("usb_serial", "B20"),
        ("vid_pid", "1a86:7523"),
        ("path", "/dev/ttyUSB99"),
    ],
)
def test_one_that_is_not_there_is_unreachable_for_now(tty: str, kind: str, name: str) -> None:
    with pytest.raises(Unreachable, match="no such serial port now") as error:
        resolve({kind: name})
    assert not error.value.permanent
    assert not is_present({kind: name})


@pytest.mark.parametrize("kind, name", [("usb_serial", "A10"), ("vid_pid", "0403:6001")])
def test_two_that_fit_are_misconfigured_and_both_are_named(
    tty: str, kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(monkeypatch, usb("/dev/ttyUSB1"), usb(tty))
    with pytest.raises(Misconfigured, match="/dev/ttyUSB1") as error:
        resolve({kind: name})
    assert tty in str(error.value)
    assert error.value.permanent
    assert not is_present({kind: name})


def test_a_file_is_no_serial_port(tmp_path: Path) -> None:
    (tmp_path / "port").touch()
    with pytest.raises(Misconfigured, match="is no serial port"):
        resolve({"path": str(tmp_path / "port")})


def test_a_port_is_looked_up_anew_each_time(tty: str, tmp_path: Path) -> None:
    link = tmp_path / "by-id/usb-FTDI_A10-if00-port0"
    assert resolve({"by_id": link.name}) == tty
    master, slave = os.openpty()
    link.unlink()
    with pytest.raises(Unreachable):
        resolve({"by_id": link.name})
    link.symlink_to(os.ttyname(slave))
    assert resolve({"by_id": link.name}) == os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_ports_are_listed_with_the_name_that_survives_a_replug(
    tty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = os.openpty()
    wired = os.ttyname(slave)
    (tmp_path / "by-path/pci-9").symlink_to(wired)
    seen(monkeypatch, usb("/dev/ttyS0", None, None), usb(wired, "X"), usb(tty))
    found = {p.path: p for p in ports()}
    assert list(found) == sorted(found)
    assert found[tty].stable == "by_id: usb-FTDI_A10-if00-port0"
    assert found[wired].stable == "by_path: pci-9"
    assert found["/dev/ttyS0"].stable == "path: /dev/ttyS0"
    assert (found[tty].usb_serial, found[tty].vid_pid) == ("A10", "0403:6001")
    assert (found["/dev/ttyS0"].usb_serial, found["/dev/ttyS0"].vid_pid) == ("", "")
    os.close(master)
    os.close(slave)


def test_a_machine_without_udevs_folders_has_ports_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(identity, "BY_ID", tmp_path / "none")
    monkeypatch.setattr(identity, "BY_PATH", tmp_path / "none")
    seen(monkeypatch, usb("/dev/ttyS0", None, None))
    assert [p.stable for p in ports()] == ["path: /dev/ttyS0"]
