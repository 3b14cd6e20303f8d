"""Serial ports by what they are: numbers such as ttyUSB0 move after a replug, names do not."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serial.tools.list_ports import comports

from drivers.errors import Misconfigured, Unreachable

BY_ID = Path("/dev/serial/by-id")
BY_PATH = Path("/dev/serial/by-path")


@dataclass(frozen=True, slots=True)
class SerialPortSeen:
    """One serial port of this machine."""

    path: str
    stable: str
    """Name to write into the room file, for example `by_id: usb-FTDI_...`; the path where there is none."""
    description: str
    usb_serial: str
    vid_pid: str


def ports() -> list[SerialPortSeen]:
    """Return the machine's serial ports, with the name that survives a replug."""
    names = _links(BY_ID, "by_id") | {
        k: v for k, v in _links(BY_PATH, "by_path").items() if k not in _links(BY_ID, "by_id")
    }
    found: list[SerialPortSeen] = []
    for port in sorted(comports(), key=lambda p: p.device):
        vid_pid = "" if port.vid is None or port.pid is None else f"{port.vid:04x}:{port.pid:04x}"
        stable = names.get(os.path.realpath(port.device), f"path: {port.device}")
        found.append(
            SerialPortSeen(
                port.device, stable, port.description or "", port.serial_number or "", vid_pid
            )
        )
    return found


def resolve(identity: Mapping[str, str]) -> str:
    """Return the device file for `{by_id}`, `{by_path}`, `{usb_serial}`, `{vid_pid}` or `{path}`.

    Raises:
        Unreachable: there is none now.
        Misconfigured: several fit (all are named), or it is no serial port.
    """
    (kind, name), *_ = identity.items()
    match kind:
        case "by_id":
            path = str(BY_ID / name)
        case "by_path":
            path = str(BY_PATH / name)
        case "path":
            path = name
        case _:
            path = _search(kind, name)
    real = os.path.realpath(path)
    if not Path(real).exists():
        raise Unreachable(f"{kind} {name}: no such serial port now")
    if not stat.S_ISCHR(Path(real).stat().st_mode):
        raise Misconfigured(f"{path} is no serial port")
    return real


def is_present(identity: Mapping[str, str]) -> bool:
    """Return whether that port is there now."""
    try:
        resolve(identity)
    except (Unreachable, Misconfigured):
        return False
    return True


def _search(kind: str, wanted: str) -> str:
    fits = [
        p.device
        for p in comports()
        if (kind == "usb_serial" and p.serial_number == wanted)
        or (
            kind == "vid_pid" and p.vid is not None and f"{p.vid:04x}:{p.pid:04x}" == wanted.lower()
        )
    ]
    if len(fits) > 1:
        raise Misconfigured(f"{kind} {wanted} fits {', '.join(sorted(fits))}")
    if not fits:
        raise Unreachable(f"{kind} {wanted}: no such serial port now")
    return str(fits[0])


def _links(folder: Path, kind: str) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    return {os.path.realpath(link): f"{kind}: {link.name}" for link in sorted(folder.iterdir())}
