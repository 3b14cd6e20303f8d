"""What the web server needs of the room, in one place; made by `roomd.app`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from aiohttp import web

from drivers.clock import Clock
from drivers.commands import Outcome
from roomd.audit.entry import Entry
from roomd.audit.record import Record
from roomd.control.commands import Command
from roomd.control.dispatch import Dispatch
from roomd.control.holds import Holds
from roomd.control.scenes import Scenes
from roomd.control.supervisor import Supervisor
from roomd.control.unattended import Unattended
from roomd.identity.identity import Identity
from roomd.identity.tokens import Tokens
from roomd.state.store import Store
from roomd.web.assets import Assets
from roomd.web.feed import Feed
from roomd.web.traces import Traces


@dataclass(frozen=True)
class RoomFacts:
    """What the pages say of the room itself, from its configuration."""

    id: str
    name: Mapping[str, str]
    language: str
    contact: Mapping[str, Any] | None
    idle_after: float
    """Seconds without a touch until the overlay."""
    plan: Any
    """The drawing as in the room file, or None."""


class ConfigService(Protocol):
    """The running configuration, as the admin page and `roomd config` see it."""

    def status(self) -> dict[str, Any]:
        """Return file, generation, time, hash, and the errors of the last attempt."""
        ...

    async def reload(self) -> dict[str, Any]:
        """Read the file again and go over to it; return what changed, or the errors that kept the old one."""
        ...

    async def rollback(self, steps: int) -> dict[str, Any]:
        """Go back `steps` kept generations."""
        ...

    def check(self, text: str) -> dict[str, Any]:
        """Check a text without using it."""
        ...


class TlsService(Protocol):
    """The certificates that the room is served with."""

    def status(self) -> dict[str, Any]:
        """Return which is served, ready for JSON."""
        ...

    def request(self) -> str:
        """Make a key and the request for it, PEM."""
        ...

    async def take(self, chain: str) -> str | None:
        """Go over to a certificate, PEM; return the code of why not, or None."""
        ...


def no_rules(_command: Command) -> list[dict[str, Any]]:
    """Say that no rule was asked: a room without any."""
    return []


Discover = Callable[[], Awaitable[list[dict[str, Any]]]]
Doctor = Callable[[], Awaitable[list[dict[str, Any]]]]


@dataclass
class Services:
    """See the module."""

    clock: Clock
    store: Store
    dispatch: Dispatch
    holds: Holds
    supervisor: Supervisor
    feed: Feed
    tokens: Tokens
    traces: Traces
    assets: Assets
    facts: RoomFacts
    why: Callable[[Command], list[dict[str, Any]]] = no_rules
    """What every rule says to a command."""
    satisfy: Callable[[Command], Awaitable[Outcome]] | None = None
    """Runs what refusing rules offer, then the command; None: a room without rules."""
    scenes: Scenes | None = None
    """The room's scenes; None where nothing runs (tests)."""
    unattended: Unattended | None = None
    """What happens while nobody taps; None where nothing does (tests)."""
    reset: Callable[[str], str | None] = lambda _rule: "unknown_rule"
    """Ends a latch; returns the code of why not, or None."""
    record: Record | None = None
    """The operation record; None where nothing is recorded (tests)."""
    record_path: Path | None = None
    """Its file, for reading."""
    identity: Identity | None = None
    """Accounts, pairing, join code; None where there are none (tests)."""
    url: str = ""
    """Address under which other machines reach the room; empty: as it was asked."""
    anchor: Callable[[], str] = lambda: ""
    """The last signed head of the record, as text; empty before the first."""
    tls: TlsService | None = None
    confirm_clock: Callable[[], None] | None = None
    """A person who may says that the clock is right."""
    config: ConfigService | None = None
    discover: Discover | None = None
    doctor: Doctor | None = None
    simulators: Any = None
    """The demo's simulators, or None in `roomd run`."""
    lan: bool = False
    """The server is reached from outside this machine."""
    failure: Callable[[], str | None] = lambda: None
    """The page in the place of all others, while there is no usable configuration; else None."""
    warnings: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Banners of the admin page."""

    def record_writable(self) -> bool:
        """Return whether rows reach the disk now."""
        return self.record is None or self.record.writable

    def note(self, entry: Entry) -> None:
        """Put something into the operation record, where there is one."""
        if self.record is not None:
            self.record.post(entry)


SERVICES: Final = web.AppKey("services", Services)
