"""Compose the parts of the daemon, start them, and stop them in order.

Start: configuration -> web -> links, all at once; the panel answers before any device does, and whether one does or
not. Stop, at most 3 s: nothing new, stop what moves, tell the panels, close.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from drivers.clock import Clock, LoopClock
from roomd.assembly import BrokerAddress, make_facts, make_plan, make_transport, own_broker
from roomd.broker import BrokerMissing, ManagedBroker
from roomd.config.durable import make_folder, write_durably
from roomd.config.room import Room
from roomd.config_service import ConfigKeeper
from roomd.control.dispatch import Dispatch
from roomd.control.holds import Holds
from roomd.control.lifeline import Lifeline
from roomd.control.plan import RoomPlan
from roomd.control.supervisor import Supervisor
from roomd.control_socket import serve as serve_control_socket
from roomd.control_socket import socket_path
from roomd.identity.tokens import Tokens
from roomd.state.store import Store
from roomd.web.assets import Assets
from roomd.web.failure import failure_app
from roomd.web.feed import Feed
from roomd.web.metrics import count
from roomd.web.room_view import snapshot
from roomd.web.server import make_app
from roomd.web.services import Services
from roomd.web.traces import Traces

log = structlog.stdlib.get_logger(__name__)

PANEL = Path(__file__).parent / "_panel"
Replace = Callable[[RoomPlan], Awaitable[RoomPlan]]


@dataclass
class Options:
    """How the daemon is started."""

    config: Path
    data: Path
    host: str
    port: int
    hosts: frozenset[str]
    """Names and addresses under which it answers."""
    lan: bool = False
    shown_host: str = ""
    """Host in the printed address, where the one that is listened on means "all"."""
    strict: bool = False
    tokens: Tokens | None = None
    """The demo's own; None: those kept in the data folder."""
    broker_host: str = "127.0.0.1"
    replace_links: Replace | None = None
    """The demo puts its simulators in the place of real links."""
    simulators: Any = None
    announce: bool = True
    """mDNS."""


class NoConfiguration(Exception):
    """`--strict`, and the configuration has errors."""


@dataclass
class App:
    """The daemon."""

    options: Options
    clock: Clock = field(default_factory=LoopClock)
    url: str = ""
    new_tokens: dict[str, str] = field(default_factory=dict[str, str])
    """Role -> token, where this start made them."""

    def __post_init__(self) -> None:
        self.keeper = ConfigKeeper(self.options.config, self.options.data)
        self.store = Store(self.clock)
        self.dispatch = Dispatch(self.clock, self.store)
        self.holds = Holds(self.clock, self.dispatch)
        self.supervisor = Supervisor(
            self.clock, self.store, self.dispatch, self.holds, make_transport
        )
        self.lifeline = Lifeline(self.clock, self.supervisor.stoppable)
        self.broker: ManagedBroker | None = None
        self.services: Services | None = None
        self._announcing: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._runners: list[web.AppRunner] = []
        self._closers: list[Callable[[], Awaitable[None]]] = []

    # -- start ----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the web server, then everything else.

        Raises:
            OSError: the port cannot be opened.
            NoConfiguration: `strict`, and the configuration has errors.
        """
        make_folder(self.options.data)
        room = await asyncio.to_thread(self.keeper.start)
        if self.options.strict and self.keeper.errors:
            raise NoConfiguration
        if room is None:
            await self._serve_failure()
            return
        self.services = self._make_services(room)
        await self._serve(self.services)
        await self._start_broker(room)
        self.keeper.apply = self._apply
        await self._apply(room)
        self.lifeline.start()
        self._announce(room)

    def _make_services(self, room: Room) -> Services:
        traces = Traces()
        self.supervisor.traces.append(traces.on_trace)
        self.dispatch.outcomes.append(count)
        return Services(
            clock=self.clock,
            store=self.store,
            dispatch=self.dispatch,
            holds=self.holds,
            supervisor=self.supervisor,
            feed=Feed(self.clock, self.store),
            tokens=self._tokens(),
            traces=traces,
            assets=Assets(PANEL),
            facts=make_facts(room),
            config=self.keeper,
            simulators=self.options.simulators,
            lan=self.options.lan,
            discover=self._discover,
            doctor=self._doctor,
        )

    def _tokens(self) -> Tokens:
        if self.options.tokens is not None:
            return self.options.tokens
        path = self.options.data / "identity" / "tokens.json"
        kept = Tokens.load(self.clock, path)
        if kept is not None:
            return kept
        tokens, self.new_tokens = Tokens.fresh(self.clock)
        tokens.save(path)
        return tokens

    async def _serve(self, services: Services) -> None:
        await self._listen(make_app(services, self.options.hosts, control_socket=False))
        control = make_app(services, frozenset(), control_socket=True)
        self._runners.append(await serve_control_socket(control, socket_path(self.options.data)))

    async def _serve_failure(self) -> None:
        """Serve the page that says what is wrong with the configuration; STOP is answered, nothing moves."""
        log.error("config.none", file=str(self.options.config), errors=len(self.keeper.errors))
        await self._listen(failure_app(self.keeper.errors, self.options.config))

    async def _listen(self, app: web.Application) -> None:
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=15.0, max_line_size=4096
        )
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, self.options.host, self.options.port)
        await site.start()
        port = runner.addresses[0][1]
        host = self.options.shown_host or self.options.host
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{port}"

    async def _start_broker(self, room: Room) -> None:
        if room.file.broker != "managed":
            return
        broker = ManagedBroker(
            self.options.data / "broker",
            self.options.broker_host,
            0,
            room.file.room.id,
            f"roomd-{room.file.room.id}-{installation(self.options.data)}"[:23],
        )
        try:
            await broker.start()
        except BrokerMissing:
            log.error("broker.missing", install="apt install mosquitto")  # noqa: TRY400  # no traceback: what to do is said
            self._warn("broker_missing", {})
            return
        self.broker = broker
        self._closers.append(broker.stop)

    def _warn(self, code: str, params: dict[str, Any]) -> None:
        if self.services is not None:
            self.services.warnings.append({"code": code, "params": params})

    def _announce(self, room: Room) -> None:
        if not (self.options.announce and room.file.northbound.mdns.enabled):
            return
        from roomd.northbound.mdns import Announcement  # noqa: PLC0415  # 0.1 s that the start does not need

        port = int(self.url.rsplit(":", 1)[1])
        name = room.file.northbound.mdns.name or f"roomd-{room.file.room.id}".replace("_", "-")
        announcement = Announcement(name, self.options.host, port)
        self._closers.append(announcement.close)
        # Asking the network whether the name is free takes seconds; the room does not wait for that.
        self._announcing = asyncio.create_task(announcement.open(), name="mdns")

    # -- configuration --------------------------------------------------------------------------------------------

    def _broker_address(self, room: Room) -> BrokerAddress | None:
        if self.broker is not None:
            return self.broker.address
        return own_broker(room, installation(self.options.data))

    async def _apply(self, room: Room) -> dict[str, Any]:
        plan = make_plan(room, self._broker_address(room))
        if self.options.replace_links is not None:
            plan = await self.options.replace_links(plan)
        change = await self.supervisor.apply(plan)
        if self.services is not None:
            self.services.facts = make_facts(room)
            self.services.feed.broadcast(snapshot(self.services))
        return {
            "added": list(change.added),
            "removed": list(change.removed),
            "changed": list(change.changed),
            "untouched": list(change.untouched),
        }

    async def _discover(self) -> list[dict[str, Any]]:
        from roomd.discovery import discover  # noqa: PLC0415  # used once in a while

        return await discover()

    async def _doctor(self) -> list[dict[str, Any]]:
        from roomd.doctor import examine  # noqa: PLC0415  # used once in a while

        checks = await asyncio.to_thread(examine, self.options.config, self.options.data)
        return [check.as_json() for check in checks]

    # -- run and stop ---------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until `stop` or a signal; the room must have been started."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload_by_signal)
        try:
            await self._stop.wait()
        finally:
            await self.close()

    def stop(self) -> None:
        """End the daemon."""
        self._stop.set()

    def _reload_by_signal(self) -> None:
        task = asyncio.ensure_future(self.keeper.reload())
        _reloads.add(task)
        task.add_done_callback(_reloads.discard)

    async def close(self) -> None:
        """Stop what moves, tell the panels, close everything."""
        await self.supervisor.halt()
        self.lifeline.stop()
        if self.services is not None:
            self.services.feed.broadcast({"type": "bye", "code": "restart"})
            await asyncio.sleep(0)
        await self.supervisor.close()
        for closer in reversed(self._closers):
            with contextlib.suppress(Exception):
                await closer()
        for runner in self._runners:
            await runner.cleanup()
        with contextlib.suppress(FileNotFoundError):
            socket_path(self.options.data).unlink()


def installation(data: Path) -> str:
    """Return 8 hex digits that name this installation; made once, kept in the data folder."""
    path = data / "installation"
    if not path.exists():
        make_folder(data)
        write_durably(path, secrets.token_hex(16).encode())
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


_reloads: set[asyncio.Future[dict[str, Any]]] = set()
"""Keeps the tasks from being collected while they run."""
