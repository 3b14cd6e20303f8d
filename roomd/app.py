"""Compose the parts of the daemon, start them, and stop them in order.

Start: configuration -> web -> links, all at once; the panel answers before any device does, and whether one does or
not. Without any usable configuration it starts too, with no device and the page that says what is wrong. Stop, at most
3 s: nothing new, stop what moves, tell the panels, close.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from drivers.clock import Clock, LoopClock
from roomd import __version__
from roomd.assembly import NO_ROOM, make_facts, make_plan, make_rules, make_transport
from roomd.audit.entry import Entry
from roomd.audit.opening import database_of, opener
from roomd.audit.record import Clockwork, Record
from roomd.broker import RoomBroker
from roomd.clock import Jump, WallClock, kernel_synchronised
from roomd.config.built_in import MEETING
from roomd.config.durable import FolderInUse, lock_folder, make_folder, write_durably
from roomd.config.remembered import Remembered
from roomd.config.room import Room
from roomd.config_service import ConfigKeeper
from roomd.control.dispatch import Dispatch
from roomd.control.holds import Holds
from roomd.control.latches import Latches
from roomd.control.lifeline import Lifeline
from roomd.control.meeting import Meeting
from roomd.control.recording import CommandRecord, record_runs
from roomd.control.safety import Safety
from roomd.control.satisfy import Plans
from roomd.control.scene_run import Run
from roomd.control.scenes import Scenes
from roomd.control.supervisor import Supervisor
from roomd.control.unattended import Unattended
from roomd.control_socket import remove as remove_control_socket
from roomd.control_socket import serve as serve_control_socket
from roomd.identity.identity import Identity
from roomd.options import CannotServe, NoConfiguration, Options
from roomd.record_service import RecordService
from roomd.serving import Serving
from roomd.state.store import Store
from roomd.web.assets import Assets
from roomd.web.failure import failure_page
from roomd.web.feed import Feed
from roomd.web.metrics import count
from roomd.web.room_view import snapshot
from roomd.web.server import make_app
from roomd.web.services import Services
from roomd.web.traces import Traces

if TYPE_CHECKING:
    from roomd.northbound.mdns import Presence

log = structlog.stdlib.get_logger(__name__)

PANEL = Path(__file__).parent / "_panel"


@dataclass
class App:
    """The daemon."""

    options: Options
    clock: Clock = field(default_factory=LoopClock)
    url: str = ""

    def __post_init__(self) -> None:
        self.keeper = ConfigKeeper(self.options.config, self.options.data)
        self.store = Store(self.clock)
        self.dispatch = Dispatch(self.clock, self.store)
        self.holds = Holds(self.clock, self.dispatch)
        self.safety = Safety(
            self.store,
            self.dispatch,
            Latches(self.options.data / "latches.json", self.clock.wall),
        )
        self.plans = Plans(self.clock, self.store, self.dispatch, self.safety)
        self.scenes = Scenes(self.clock, self.store, self.dispatch, self.safety)
        self.supervisor = Supervisor(
            self.clock,
            self.store,
            self.dispatch,
            self.holds,
            partial(make_transport, memory=Remembered(self.options.data / "devices.json")),
        )
        self.lifeline = Lifeline(self.clock, self.supervisor.stoppable)
        self.unattended = Unattended(
            self.clock,
            self.store,
            self.dispatch,
            self.scenes,
            Remembered(self.options.data / "schedules.json"),
            self._tell,
            self._warn,
        )
        self.broker = RoomBroker(
            self.options.data / "broker",
            self.options.broker_port,
            lambda: installation(self.options.data),
            self._warn,
            always=self.options.simulators is not None,
        )
        self.wall = WallClock(
            self.clock,
            last_good_time(self.options.data),
            partial(keep_good_time, self.options.data),
            kernel_synchronised,
        )
        self.serving = Serving(self.options, self.clock, self.wall, self._warn)
        self.meeting = Meeting(
            self.clock, self.store, Remembered(self.options.data / "meeting.json")
        )
        self.dispatch.rules.append(self.meeting.denial)
        self.record_service: RecordService | None = None
        self.record: Record | None = None
        self.identity: Identity | None = None
        self.services: Services | None = None
        self._presence: Presence | None = None
        self._stop = asyncio.Event()
        self._lock: int | None = None
        self._runners: list[web.AppRunner] = []
        self._reloads: set[asyncio.Future[Any]] = set()

    # -- start ----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the web server, then everything else.

        Raises:
            CannotServe: the port or the data folder cannot be used.
            NoConfiguration: `strict`, and the configuration has errors.
        """
        try:
            await self._start()
        except BaseException:
            await self.close()
            raise

    async def _start(self) -> None:
        self._take_folder()
        self.wall.changed.append(self._clock_changed)
        self.wall.jumped.append(self._clock_jumped)
        self.wall.start()
        room = await asyncio.to_thread(self.keeper.start)
        if self.options.strict and self.keeper.errors:
            raise NoConfiguration(self.keeper.errors)
        self._start_record(room)
        self.services = self._make_services(room)
        await self._serve(self.services, room)
        self.keeper.apply = self._apply
        self.lifeline.start()
        if room is None:
            log.error("config.none", file=str(self.options.config), errors=len(self.keeper.errors))
            return
        await self._apply(room)
        if not self.wall.ok:
            self._clock_changed()

    def _take_folder(self) -> None:
        try:
            make_folder(self.options.data)
            self._lock = lock_folder(self.options.data)
        except FolderInUse:
            raise CannotServe("data_in_use", path=str(self.options.data)) from None
        except OSError as error:
            why = error.strerror or str(error)
            raise CannotServe("cannot_use", path=str(self.options.data), why=why) from error

    def _start_record(self, room: Room | None) -> None:
        """Record from here on; a disk that refuses delays nothing, rows wait in memory."""
        zone = ZoneInfo("Asia/Shanghai" if room is None else room.file.room.timezone)
        clockwork = Clockwork(zone, lambda: self.wall.ok)
        room_id = "" if room is None else room.file.room.id
        hashed = "sha256" if room is None else room.file.audit.hash
        record = Record(opener(self.options.data, room_id, hashed, clockwork.stamp), clockwork)
        record.start()
        record.post(Entry("roomd.start", detail={"version": __version__}))
        CommandRecord(record, self.store, self.dispatch)
        self.scenes.told.append(record_runs(record))
        self.safety.latches.on_fall.append(
            lambda rule: record.post(Entry("latch.fall", actor="roomd", obj=rule.id))
        )
        self.record = record
        self.record_service = RecordService(self.clock, record, self.meeting, lambda: self.wall.ok)
        self.dispatch.rules.append(self.record_service.denial)

    def _make_services(self, room: Room | None) -> Services:
        traces = Traces()
        self.supervisor.traces.append(traces.on_trace)
        self.dispatch.outcomes.append(count)
        self.scenes.told.append(self._tell_run)
        identity = self._open_identity(room)
        return Services(
            clock=self.clock,
            store=self.store,
            dispatch=self.dispatch,
            holds=self.holds,
            supervisor=self.supervisor,
            feed=Feed(self.clock, self.store),
            tokens=identity.tokens,
            identity=identity,
            traces=traces,
            assets=Assets(PANEL),
            facts=NO_ROOM if room is None else make_facts(room),
            why=self.safety.why,
            satisfy=self.plans.run,
            scenes=self.scenes,
            unattended=self.unattended,
            reset=self.safety.reset,
            record=self.record,
            record_path=database_of(self.options.data),
            anchor=lambda: "" if self.record_service is None else self.record_service.last,
            tls=self.serving,
            confirm_clock=self.wall.confirm,
            config=self.keeper,
            simulators=self.options.simulators,
            lan=self.options.lan,
            discover=self._discover,
            doctor=self._doctor,
            failure=self._failure,
        )

    def _clock_changed(self) -> None:
        """Say that the clock cannot be believed, or can again; schedules rest meanwhile."""
        self._warn("clock_untrusted", on=not self.wall.ok)
        self.unattended.rest(not self.wall.ok)
        if self.record is not None:
            self.record.post(Entry("clock.trusted" if self.wall.ok else "clock.untrusted"))

    def _clock_jumped(self, jump: Jump) -> None:
        log.warning("clock.jumped", seconds=round(jump.after - jump.before, 1))
        if self.record is not None:
            detail = {"before": round(jump.before), "after": round(jump.after)}
            self.record.post(Entry("clock.jump", actor="roomd", detail=detail))

    def _tell_run(self, run: Run) -> None:
        """Show every panel how a scene goes on."""
        self._tell({"type": "run", **run.as_json()})

    def _tell(self, message: Mapping[str, Any]) -> None:
        if self.services is not None:
            self.services.feed.broadcast(message)

    def _failure(self) -> str | None:
        """Return the page that says what is wrong, while nothing usable was ever read."""
        if self.keeper.room is not None:
            return None
        return failure_page(self.keeper.errors, self.options.config, self.keeper.contact)

    def _open_identity(self, room: Room | None) -> Identity:
        name = "" if room is None else room.file.room.id
        folder = self.options.data / "identity"
        identity = self.identity = Identity.open(self.clock, folder, name, self.options.tokens)
        self.meeting.items["guests"] = lambda: _done(identity.end_guests())
        self.meeting.items["locks"] = self.dispatch.locks.close_all
        self.dispatch.locks.pin_is = lambda actor, pin: identity.pin_is(actor.user, pin)
        return identity

    async def _serve(self, services: Services, room: Room | None) -> None:
        await self.serving.open(make_app(services, self.serving.hosts, control_socket=False), room)
        self.url = services.url = self.serving.url
        control = make_app(services, frozenset(), control_socket=True)
        path = self.options.socket
        try:
            self._runners.append(await serve_control_socket(control, path))
        except OSError as error:
            why = error.strerror or str(error)
            raise CannotServe("cannot_use", path=str(path), why=why) from error

    # -- configuration --------------------------------------------------------------------------------------------

    async def _apply(self, room: Room) -> dict[str, Any]:
        """Go over to `room`: broker, devices, what the pages say, mDNS; what stays the same is not touched."""
        broker = await self.broker.before(room)
        plan = make_plan(room, broker)
        if self.options.replace_links is not None:
            plan = await self.options.replace_links(plan)
        # Rules change first, all at once: nothing new runs under the old ones.
        self.safety.use(make_rules(room))
        await self.serving.use(room)
        self.scenes.use(room.file.scenes)
        change = await self.supervisor.apply(plan)
        await self._have_meeting(room)
        await self.broker.after(room)
        await self.unattended.use(room.file, self.options.config.parent)
        if self.identity is not None:
            pin = room.file.identity.pin
            self.identity.pin = "" if pin is None else pin.get_secret_value()
        if self.services is not None:
            self.services.facts = make_facts(room)
            self.services.feed.broadcast(snapshot(self.services))
        self._announce(room)
        return {
            "added": list(change.added),
            "removed": list(change.removed),
            "changed": list(change.changed),
            "untouched": list(change.untouched),
        }

    async def _have_meeting(self, room: Room) -> None:
        """Put the room's meeting among its devices, last; the first time, wipe what a daemon left behind."""
        if self.record_service is not None:
            self.record_service.use(room)
        device = self.dispatch.devices.pop(MEETING, None)
        if device is None:
            device = self.meeting.device()
            self.store.declare(MEETING, device.points)
            await self.meeting.open()
        self.dispatch.devices[MEETING] = device

    def _warn(self, code: str, *, on: bool, **params: Any) -> None:
        """Show or take away a banner of the admin page."""
        if self.services is not None:
            others = [w for w in self.services.warnings if w["code"] != code]
            self.services.warnings = [*others, {"code": code, "params": params}] if on else others

    def _announce(self, room: Room) -> None:
        mdns = room.file.northbound.mdns
        wanted = self.options.announce and mdns.enabled
        if self._presence is None:
            if not wanted:
                return
            from roomd.northbound.mdns import Presence  # noqa: PLC0415  # 0.1 s that the start does not need

            self._presence = Presence(self.options.host, self.serving.port)
        name = mdns.name or f"roomd-{room.file.room.id}".replace("_", "-")
        # Asking the network whether the name is free takes seconds; the room does not wait for that.
        self._presence.change(name if wanted else None)

    async def _discover(self) -> list[dict[str, Any]]:
        from roomd.discovery import discover  # noqa: PLC0415  # used once in a while

        return await discover()

    async def _doctor(self) -> list[dict[str, Any]]:
        from roomd.doctor import examine  # noqa: PLC0415  # used once in a while

        checks = await asyncio.to_thread(examine, self.options.config, self.options.data)
        return [check.as_json() for check in checks]

    # -- run and stop ---------------------------------------------------------------------------------------------

    def listen_to_signals(self) -> None:
        """End kindly on SIGTERM and SIGINT, reload on SIGHUP; before the start, so that none is too early."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        hangup = self.stop if self.options.hangup_ends else self._reload_by_signal
        loop.add_signal_handler(signal.SIGHUP, hangup)

    async def wait(self) -> None:
        """Wait for `stop`."""
        await self._stop.wait()

    async def run(self) -> None:
        """Run until `stop`; the room must have been started."""
        try:
            await self.wait()
        finally:
            await self.close()

    def stop(self) -> None:
        """End the daemon."""
        self._stop.set()

    def _reload_by_signal(self) -> None:
        if self.keeper.apply is None:
            return
        task = asyncio.ensure_future(self.keeper.reload())
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    async def close(self) -> None:
        """Stop what moves, tell the panels, close everything; harmless when done already."""
        await self.unattended.close()
        self.scenes.cancel_all("interrupted")
        await self.supervisor.halt()
        self.lifeline.stop()
        for task in self._reloads:
            task.cancel()
        if self.services is not None:
            self.services.feed.close()
        await self.supervisor.close()
        if self.options.close_links is not None:
            await self.options.close_links()
        if self._presence is not None:
            await self._presence.close()
        await self.broker.close()
        await self.serving.close()
        if self._lock is not None:  # else the folder is another daemon's
            self.wall.close()
        runners, self._runners = self._runners, []
        for runner in runners:
            await runner.cleanup()
        await self._close_files()

    async def _close_files(self) -> None:
        """Close what is on the disk, the record last."""
        if self.record_service is not None:
            await self.record_service.close()
        if self.identity is not None:
            self.identity.close()
        if self.record is not None:
            self.record.post(Entry("roomd.stop"))
            await asyncio.to_thread(self.record.close)
            self.record = None
        if self._lock is not None:
            remove_control_socket(self.options.socket)
            os.close(self._lock)
            self._lock = None


def _done(_count: int) -> None:
    """Say nothing of how many there were."""


def last_good_time(data: Path) -> float | None:
    """Return the last time that an earlier run knew to be good, in seconds since 1970, or None."""
    try:
        return float((data / "clock" / "last_good_time").read_text("utf-8"))
    except (OSError, ValueError):
        return None


def keep_good_time(data: Path, wall: float) -> None:
    """Note a time that is good; a disk that refuses is told of elsewhere."""
    with contextlib.suppress(OSError):
        make_folder(data / "clock")
        write_durably(data / "clock" / "last_good_time", f"{wall:.0f}\n".encode())


def installation(data: Path) -> str:
    """Return 8 hex digits that name this installation; made once, kept in the data folder."""
    path = data / "installation"
    if not path.exists():
        make_folder(data)
        write_durably(path, secrets.token_hex(16).encode())
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
