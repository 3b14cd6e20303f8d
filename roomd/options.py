"""How the daemon is started, and why it cannot be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomd.config.places import Problem
from roomd.config.report import report
from roomd.config.room import Room
from roomd.control.plan import RoomPlan
from roomd.identity.tokens import Tokens

PORT = 8470
"""TCP port where neither the command line nor the room file names one."""
Replace = Callable[[RoomPlan], Awaitable[RoomPlan]]


@dataclass
class Options:
    """How the daemon is started."""

    config: Path
    data: Path
    socket: Path
    """Where the command line finds it."""
    host: str
    port: int | None
    """TCP port, 0 for any; None: `web.port` where the room file names it, else 8470."""
    hosts: frozenset[str]
    """Names and addresses under which it answers."""
    lan: bool = False
    https: bool = False
    """HTTPS on loopback too."""
    shown_host: str = ""
    """Host in the printed address, where the one that is listened on means "all"."""
    strict: bool = False
    tokens: Tokens | None = None
    """The demo's own; None: those kept in the data folder."""
    broker_port: int = 1883
    """Of the managed broker, where it is free; 0 for any."""
    replace_links: Replace | None = None
    """The demo puts its simulators in the place of real links."""
    close_links: Callable[[], Awaitable[None]] | None = None
    """Takes the demo's simulators away, while the broker still runs."""
    simulators: Any = None
    announce: bool = True
    """mDNS."""
    hangup_ends: bool = False
    """The terminal's end is the program's (the demo in a terminal); else SIGHUP reloads."""


class NoConfiguration(Exception):
    """`--strict`, and the configuration has errors; `report` lists them for people."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} errors")
        self.report = report(problems, {})


class CannotServe(Exception):
    """No server can be opened; `code` and `params` say why, for people."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def web_port(room: Room) -> int:
    """Return the room's TCP port: only one that its file names, for 443 is kept for HTTPS."""
    return room.file.web.port if "port" in room.file.web.model_fields_set else PORT
