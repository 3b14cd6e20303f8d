"""The real program as a child process: `roomd run`, `roomd demo --json`, or any verb to its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.waiting import until

PROGRAM = (sys.executable, "-c", "from roomd.cli import main; main()")
LOOPBACK = ("--listen", "127.0.0.1")
START = 60.0
"""Seconds that a program may take to be ready; only ends a test that fails."""


@dataclass(frozen=True)
class Ended:
    """How a verb ended."""

    code: int
    stdout: str
    stderr: str


async def roomd(*args: object, **environment: str) -> Ended:
    """Run `roomd ARGS` to its end."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *map(str, args),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        async with asyncio.timeout(START):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@dataclass
class Daemon:
    """A daemon that runs."""

    process: asyncio.subprocess.Process
    log: Path
    before: int = 0
    """Bytes in the log that others wrote."""
    ready: dict[str, Any] = field(default_factory=dict[str, Any])
    """The demo's ready line."""
    url: str = ""

    @staticmethod
    async def token(data: Path, role: str) -> str:
        """Have a token made, at the console."""
        return (await roomd("token", "add", "test", "--role", role, "--data", data)).stdout.strip()

    @staticmethod
    @asynccontextmanager
    async def run(config: Path, data: Path, *more: str) -> AsyncIterator[Daemon]:
        """Start `roomd run`, and wait until it is ready."""
        async with _started(
            data, "run", "--config", config, "--data", data, *LOOPBACK, *more
        ) as daemon:
            daemon.url = str((await daemon.event("room.ready"))["url"])
            yield daemon

    @staticmethod
    @asynccontextmanager
    async def demo(data: Path, *args: object) -> AsyncIterator[Daemon]:
        """Start `roomd demo --json`, and wait for its ready line."""
        given = ("demo", "--json", "--port", "0", "--data", data, *args)
        async with _started(data, *given) as daemon:
            line = await daemon.line()
            assert line, daemon.log.read_text("utf-8")[-2000:]
            daemon.ready = json.loads(line)
            daemon.url = str(daemon.ready["url"])
            yield daemon

    @staticmethod
    @asynccontextmanager
    async def told(data: Path, *args: object) -> AsyncIterator[Daemon]:
        """Start `roomd demo` as for people; read what it prints with `line`."""
        async with _started(data, "demo", "--port", "0", "--data", data, *args) as daemon:
            yield daemon

    async def line(self) -> str:
        """Return the next line that it prints."""
        assert self.process.stdout is not None
        async with asyncio.timeout(START):
            return (await self.process.stdout.readline()).decode()

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return what it logged under a name so far."""
        text = self.log.read_bytes()[self.before :].decode()
        found = (_json(line) for line in text.splitlines())
        return [event for event in found if event.get("event") == name]

    async def event(self, name: str) -> dict[str, Any]:
        """Wait until it has logged something under a name; return it."""
        await until(lambda: self.events(name) or self.process.returncode is not None, START)
        found = self.events(name)
        assert found, self.log.read_text("utf-8")[-2000:]
        return found[0]

    async def status(self, path: str, token: str) -> int:
        """Return the HTTP status of a GET."""
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.url + path, headers=headers) as answer,
        ):
            return answer.status

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; return the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        async with asyncio.timeout(10):
            return await self.process.wait()


@asynccontextmanager
async def _started(data: Path, *args: object) -> AsyncIterator[Daemon]:
    log = data.with_suffix(".log")
    before = log.stat().st_size if log.exists() else 0
    with log.open("ab") as words:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM,
            *map(str, args),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=words,
        )
    try:
        yield Daemon(process, log, before)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _json(line: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return {}
    return found


def free_port() -> int:
    """Return a TCP port of loopback that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
