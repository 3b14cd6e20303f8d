"""`broker: managed`: Debian's mosquitto, started and looked after by roomd with a configuration of its own.

No anonymous clients, one user for roomd and one for devices, rights from an ACL, nothing kept on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
from pathlib import Path

import structlog

from roomd.assembly import BrokerAddress
from roomd.config.durable import make_folder, write_durably

log = structlog.stdlib.get_logger(__name__)

DEVICES = "device"
"""User name of the devices."""
RESTART = 1.0
READY = 5.0
"""Seconds that mosquitto may take to accept a connection."""


class BrokerMissing(Exception):
    """mosquitto is not installed."""


class ManagedBroker:
    """One mosquitto process.

    Args:
        folder: where its configuration lives (0700).
        host: address that devices reach it under; loopback in the demo.
        port: TCP port; 0 picks a free one.
        room: id of the room, for roomd's own topics.
        client_id: roomd's MQTT client id.
    """

    def __init__(self, folder: Path, host: str, port: int, room: str, client_id: str) -> None:
        self._folder = folder
        self._room = room
        self._host = host
        self._port = port or _free_port(host)
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._password = secrets.token_urlsafe(24)
        self.device_password = secrets.token_urlsafe(16)
        """For the devices' user; shown to the admin, kept 0600."""
        self.address = BrokerAddress(host, self._port, "roomd", self._password, client_id)
        self.restarts = 0

    async def start(self) -> None:
        """Start mosquitto and wait until it accepts connections.

        Raises:
            BrokerMissing: there is no mosquitto on this machine.
        """
        program = _program("mosquitto")
        await self._configure()
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._keep(program, ready), name="broker")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY):
                await ready.wait()

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

    async def _configure(self) -> None:
        make_folder(self._folder)
        passwords = self._folder / "passwords"
        write_durably(
            passwords, f"roomd:{self._password}\n{DEVICES}:{self.device_password}\n".encode()
        )
        hasher = await asyncio.create_subprocess_exec(_program("mosquitto_passwd"), "-U", passwords)
        await hasher.wait()
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
            f"listener {self._port} {self._host}",
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

    async def _keep(self, program: str, ready: asyncio.Event) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                *_with_parent(program),
                "-c",
                self._folder / "mosquitto.conf",
                # Ctrl-C at the terminal is for roomd: the last stop frames still need the broker.
                start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            self._process = process
            try:
                await self._wait_until_open()
                ready.set()
                code = await process.wait()
                log.warning("broker.ended", code=code)
                self.restarts += 1
                await asyncio.sleep(RESTART)
            finally:
                self._process = None
                if process.returncode is None:
                    process.terminate()
                    await process.wait()

    async def _wait_until_open(self) -> None:
        end = asyncio.get_running_loop().time() + READY
        while asyncio.get_running_loop().time() < end:
            try:
                _, writer = await asyncio.open_connection(self._host, self._port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            return


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


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
