"""`broker: managed`: Debian's mosquitto, started and looked after by roomd with a configuration of its own.

No anonymous clients, one user for roomd and one for devices, rights from an ACL, nothing kept on disk, loopback only:
gateways such as Zigbee2MQTT run on the same machine; devices elsewhere need the site's own broker.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog
from pydantic import BaseModel, ValidationError

from roomd.assembly import BrokerAddress, own_broker
from roomd.config.durable import make_folder, write_durably
from roomd.config.room import Room

log = structlog.stdlib.get_logger(__name__)

HOST = "127.0.0.1"
DEVICES = "device"
"""User name of the devices."""
ACCESS = "access.json"
"""File with port and passwords, for those who set devices up (0600)."""
RESTART = 1.0
"""Seconds before a broker that ended is started again."""
PATIENCE = 1.0
"""Seconds that the start of the room waits for it; devices connect later by themselves."""
READY = 5.0
"""Seconds after which a broker that takes no connection is told to the admin."""
GRACE = 1.5
"""Seconds between asking it to end and ending it."""


class BrokerMissing(Exception):
    """mosquitto is not installed."""


class Access(BaseModel):
    """How it is reached; the same at each start, for devices keep what they were told."""

    port: int
    roomd: str
    """Password of roomd itself."""
    device: str
    """Password of the user `device`."""


class Warn(Protocol):
    """Shows or takes away a banner of the admin page."""

    def __call__(self, code: str, *, on: bool) -> None:
        """Show the banner `code`, or take it away."""
        ...


class RoomBroker:
    """The broker of a room, whichever it is: managed, the site's own, or none.

    Args:
        folder: where a managed one lives (0700).
        port: of a managed one, where it is free; 0 for any.
        installation: names this installation.
        warn: shows a banner to the admin.
        always: a managed one in the place of the site's own too (the demo).
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        installation: Callable[[], str],
        warn: Warn,
        *,
        always: bool,
    ) -> None:
        self._folder = folder
        self._port = port
        self._installation = installation
        self._warn = warn
        self._always = always
        self.managed: ManagedBroker | None = None

    def wanted(self, room: Room) -> bool:
        """Return whether roomd runs one for this room."""
        return room.file.broker == "managed" or (self._always and room.file.broker is not None)

    async def before(self, room: Room) -> BrokerAddress | None:
        """Start one where the room needs it; return the room's broker, None where there is none."""
        client_id = f"roomd-{room.file.room.id}-{self._installation()}"
        if not self.wanted(room):
            return own_broker(room, client_id)
        if self.managed is None:
            await self._start(room.file.room.id)
        if self.managed is None:
            return None
        return self.managed.address(client_id)

    async def after(self, room: Room) -> None:
        """End it where the room, which runs by now, does not need it."""
        if not self.wanted(room):
            await self.close()

    async def close(self) -> None:
        """End it."""
        managed, self.managed = self.managed, None
        if managed is not None:
            await managed.stop()

    async def _start(self, room_id: str) -> None:
        broker = ManagedBroker(self._folder, self._port, room_id, self._warn)
        try:
            await broker.start()
        except BrokerMissing:
            log.error("broker.missing", install="apt install mosquitto")  # noqa: TRY400  # no traceback: what to do is said
            self._warn("broker_missing", on=True)
            return
        except OSError as error:
            # A full or read-only disk costs the broker, not the room.
            log.error("broker.not_started", why=str(error))  # noqa: TRY400  # as above
            self._warn("broker_failed", on=True)
            return
        self._warn("broker_missing", on=False)
        self.managed = broker


class ManagedBroker:
    """One mosquitto process.

    Args:
        folder: where its configuration lives (0700).
        port: TCP port, where it is free; 0 for any. One that was used before is preferred.
        room: id of the room, for roomd's own topics.
        warn: shows a banner while it takes no connections.
    """

    def __init__(self, folder: Path, port: int, room: str, warn: Warn) -> None:
        self._folder = folder
        self._wanted_port = port
        self._room = room
        self._warn = warn
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._open = asyncio.Event()
        self.access = Access(port=0, roomd="", device="")
        self.restarts = 0

    def address(self, client_id: str) -> BrokerAddress:
        """Return how roomd connects."""
        return BrokerAddress(HOST, self.access.port, "roomd", self.access.roomd, client_id)

    async def start(self) -> None:
        """Start mosquitto, and give it a moment to accept connections.

        Raises:
            BrokerMissing: there is no mosquitto on this machine.
        """
        program, hasher = _program("mosquitto"), _program("mosquitto_passwd")
        make_folder(self._folder)
        self.access = _access(self._folder / ACCESS, self._wanted_port)
        await self._configure(hasher)
        self._task = asyncio.create_task(self._keep(program), name="broker")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._open.wait()

    async def stop(self) -> None:
        """End the process that was started here."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    @property
    def pid(self) -> int | None:
        """Return mosquitto's process id while it runs."""
        return None if self._process is None else self._process.pid

    async def _configure(self, hasher: str) -> None:
        passwords = self._folder / "passwords"
        clear = f"roomd:{self.access.roomd}\n{DEVICES}:{self.access.device}\n"
        write_durably(passwords, clear.encode())
        process = await asyncio.create_subprocess_exec(hasher, "-U", passwords)
        await process.wait()
        acl = self._folder / "acl"
        own = f"roomd/{self._room}/#"
        # roomd may do everything; a device everything but speak in roomd's own name.
        write_durably(
            acl,
            (
                "user roomd\ntopic readwrite #\n\n"
                f"user {DEVICES}\ntopic readwrite #\ntopic deny {own}\n"
            ).encode(),
        )
        write_durably(self._folder / "mosquitto.conf", self._text(passwords, acl).encode())

    def _text(self, passwords: Path, acl: Path) -> str:
        lines = [
            f"listener {self.access.port} {HOST}",
            "allow_anonymous false",
            f"password_file {passwords}",
            f"acl_file {acl}",
            "persistence false",
            "set_tcp_nodelay true",
            "max_packet_size 65536",
            "max_connections 64",
            "max_inflight_messages 0",
            "max_queued_messages 10000",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
        ]
        if os.geteuid() == 0:
            lines.append("user root")  # else it drops to a user that cannot read our 0600 files
        return "\n".join(lines) + "\n"

    async def _keep(self, program: str) -> None:
        while True:
            await self._run(program)
            self.restarts += 1
            await asyncio.sleep(RESTART)

    async def _run(self, program: str) -> None:
        """Run it once, to its end."""
        process = await asyncio.create_subprocess_exec(
            *_with_parent(program),
            "-c",
            self._folder / "mosquitto.conf",
            # Ctrl-C at the terminal is for roomd: the last stop frames still need the broker.
            start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._process = process
        said: deque[str] = deque(maxlen=10)
        watching = {
            asyncio.create_task(_listen(process.stderr, said)),
            asyncio.create_task(self._watch()),
        }
        try:
            code = await process.wait()
            log.warning("broker.ended", code=code, said=list(said))
        finally:
            self._process = None
            self._open.clear()
            for task in watching:
                task.cancel()
            await asyncio.wait(watching)
            await _end(process)

    async def _watch(self) -> None:
        """Tell when it takes connections, and when it does not in time."""
        try:
            async with asyncio.timeout(READY):
                await self._connects()
        except TimeoutError:
            log.error("broker.not_ready", port=self.access.port)  # noqa: TRY400  # nothing to trace
            self._warn("broker_failed", on=True)
            await self._connects()
        self._warn("broker_failed", on=False)
        self._open.set()

    async def _connects(self) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, self.access.port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            return


async def _listen(stream: asyncio.StreamReader | None, said: deque[str]) -> None:
    while stream is not None and (line := await stream.readline()):
        said.append(line.decode(errors="replace").strip())


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it: kindly, then surely, for a frozen one does not hear."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _access(path: Path, wanted: int) -> Access:
    """Return port and passwords of the last time, or new ones; what is returned is kept."""
    try:
        kept = Access.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        kept = Access(
            port=wanted, roomd=secrets.token_urlsafe(24), device=secrets.token_urlsafe(16)
        )
    access = kept.model_copy(update={"port": _free_port(kept.port)})
    write_durably(path, access.model_dump_json(indent=1).encode())
    return access


def _program(name: str) -> str:
    for folder in (None, "/usr/sbin", "/usr/local/sbin"):
        found = shutil.which(name, path=folder)
        if found is not None:
            return found
    raise BrokerMissing(name)


def _with_parent(program: str) -> list[str]:
    """Return the command line that ends the program when roomd dies, even by kill -9."""
    setpriv = shutil.which("setpriv")
    return [program] if setpriv is None else [setpriv, "--pdeathsig", "TERM", program]


def _free_port(wanted: int) -> int:
    """Return a port of loopback that is free: the wanted one, else any."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET) as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            found: int = probe.getsockname()[1]
            return found
    return wanted
