"""Signed heads of the record, outside it: shown after a meeting, written to a folder, sent to another machine."""

from __future__ import annotations

import datetime as dt
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from roomd.audit.anchor import Anchor

PRIORITY: Final = 13 * 8 + 6
"""Facility 13 (log audit), severity 6 (informational); RFC 5424, section 6.2.1."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where anchors go; empty: nowhere."""

    folder: Path | None = None
    syslog: tuple[str, int] | None = None


def put(anchor: Anchor, places: Places) -> list[str]:
    """Take an anchor to its places; return what failed, in words for the log.

    A folder gets one file a year, a line each, so that no anchor replaces another.
    """
    failed: list[str] = []
    if places.folder is not None:
        try:
            places.folder.mkdir(parents=True, exist_ok=True)
            path = places.folder / f"roomd-{anchor.room or 'room'}-{anchor.at[:4]}.anchors"
            with path.open("a", encoding="utf-8") as file:
                file.write(anchor.text() + "\n")
        except OSError as error:
            failed.append(f"{places.folder}: {error.strerror}")
    if places.syslog is not None:
        try:
            _send(anchor, places.syslog)
        except OSError as error:
            failed.append(f"syslog {places.syslog[0]}: {error.strerror or error}")
    return failed


def message(anchor: Anchor, host: str) -> bytes:
    """Return the anchor as a syslog message (RFC 5424, section 6)."""
    at = dt.datetime.fromisoformat(anchor.at).isoformat(timespec="milliseconds")
    return f"<{PRIORITY}>1 {at} {host or '-'} roomd - anchor - {anchor.text()}".encode()


def _send(anchor: Anchor, place: tuple[str, int]) -> None:
    host, port = place
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as sender:
        sender.sendto(message(anchor, socket.gethostname()), address)
