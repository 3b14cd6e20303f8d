"""A real mosquitto for tests: own port, own folder, ended by its process id."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.programs import require_program
from tests.support.waiting import until

USER = "roomd"
PASSWORD = "let-me-in"


class Broker:
    """One mosquitto, and the port that it comes back on.

    Args:
        folder: for its files.
        password: demand user `roomd` with this password; None takes anybody.
        acl: lines of an access control list, or None.
    """

    def __init__(
        self, folder: Path, *, password: str | None = None, acl: str | None = None
    ) -> None:
        self._program = require_program("mosquitto")
        self._folder = folder
        self._password = password
        self._acl = acl
        self._process: asyncio.subprocess.Process | None = None
        self.port = free_port()

    async def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        await self._write()
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            "-c",
            str(self._folder / "m.conf"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await until(self._accepts)

    async def kill(self) -> None:
        """End it without a word, as a power cut does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it say nothing more, with all connections open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    async def set_acl(self, acl: str) -> None:
        """Change the rights in mid-connection."""
        self._acl = acl
        await self._write()
        self._signal(signal.SIGHUP)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    async def _write(self) -> None:
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "user root"]
        if self._password is None:
            lines.append("allow_anonymous true")
        else:
            lines += ["allow_anonymous false", f"password_file {self._folder / 'passwords'}"]
            passwords = self._folder / "passwords"
            passwords.touch(0o600)
            tool = require_program("mosquitto_passwd")
            made = await asyncio.create_subprocess_exec(
                tool, "-b", str(passwords), USER, self._password
            )
            assert await made.wait() == 0
        if self._acl is not None:
            (self._folder / "acl").write_text(self._acl)
            (self._folder / "acl").chmod(0o600)
            lines.append(f"acl_file {self._folder / 'acl'}")
        (self._folder / "m.conf").write_text("\n".join(lines) + "\n")

    def _accepts(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            return True
        return False

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish as an independent client, mosquitto_pub."""
        client = await asyncio.create_subprocess_exec(
            require_program("mosquitto_pub"),
            *("-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", topic, "-m", payload),
            *(["-r"] if retain else []),
            *self._credentials(),
        )
        assert await client.wait() == 0

    @asynccontextmanager
    async def subscribed(self, topic: str) -> AsyncIterator[list[str]]:
        """Listen as an independent client, mosquitto_sub; gives `topic payload` lines as they come."""
        client = await asyncio.create_subprocess_exec(
            require_program("mosquitto_sub"),
            *("-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-v", "-t", topic),
            *("-t", "test/ready"),
            *self._credentials(),
            stdout=asyncio.subprocess.PIPE,
        )
        heard: list[str] = []
        reader = asyncio.create_task(_read(client, heard))
        try:
            while "test/ready yes" not in heard:
                await self.publish("test/ready", "yes")
                await asyncio.sleep(0.01)
            heard.clear()
            yield heard
        finally:
            client.kill()
            await client.wait()
            reader.cancel()
            await asyncio.wait({reader})

    def _credentials(self) -> list[str]:
        return [] if self._password is None else ["-u", USER, "-P", self._password]


async def _read(client: asyncio.subprocess.Process, heard: list[str]) -> None:
    assert client.stdout is not None
    while line := await client.stdout.readline():
        heard.append(line.decode().rstrip("\n"))


@asynccontextmanager
async def broker_in(
    folder: Path, *, password: str | None = None, acl: str | None = None
) -> AsyncIterator[Broker]:
    """Run a broker while the block runs."""
    broker = Broker(folder, password=password, acl=acl)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.kill()


def free_port() -> int:
    """Return a TCP port of loopback that nobody uses."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
