"""The programs that a benchmark starts: roomd, the floor, mosquitto. Ended by their process ids."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bench.sinks import free_port

ROOT = Path(__file__).parents[1]
READY = 180.0
"""Seconds that a program may take to answer."""
LOOK = 0.002
"""Seconds between looks whether it does."""
ROOMD = ("-c", "from roomd.cli import main; main()")
"""What Python runs to be the command `roomd`."""
DATA = "data"
"""The daemon's data folder, below the folder of a set of programs."""
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Debian keeps daemons where an ordinary user's PATH does not look."""


class BenchError(Exception):
    """Something did not come about; what was measured so far is lost."""


class Child:
    """One program, started now.

    Args:
        name: for messages and for its log.
        command: program and arguments.
        folder: where its log goes.
    """

    def __init__(self, name: str, command: Sequence[str], folder: Path) -> None:
        self.name = name
        self._command = command
        self._log = folder / f"{name}.log"
        self.process: asyncio.subprocess.Process | None = None
        self.started = 0.0
        """`perf_counter` right before it was started."""

    async def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self.started = time.perf_counter()
            self.process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=_environment(),
            )

    @property
    def pid(self) -> int:
        """Return its process id.

        Raises:
            BenchError: it was not started.
        """
        if self.process is None:
            raise BenchError(f"{self.name} was not started")
        return self.process.pid

    def cpu(self) -> float:
        """Return the seconds of processor time it has used, user and system."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def rss(self) -> int:
        """Return its resident memory in bytes."""
        return int(psutil.Process(self.pid).memory_info().rss)

    async def line(self) -> str:
        """Return the next line that it prints.

        Raises:
            BenchError: it ended, or printed nothing in time.
        """
        process = self.process
        if process is None or process.stdout is None:
            raise BenchError(f"{self.name} was not started")
        try:
            async with asyncio.timeout(READY):
                line = await process.stdout.readline()
        except TimeoutError:
            raise self.failed("said nothing") from None
        if not line:
            raise self.failed("ended")
        return line.decode()

    async def answers(self, url: str) -> float:
        """Wait until `url` answers 200; return the seconds since the start.

        Raises:
            BenchError: it does not in time.
        """
        async with aiohttp.ClientSession() as session:
            while not self.over():
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(url) as answer:
                        await answer.read()
                        if answer.status == 200:
                            return time.perf_counter() - self.started
                await asyncio.sleep(LOOK)
        raise self.failed(f"does not answer at {url}")

    def over(self) -> bool:
        """Return whether it has ended, or its time to get ready has."""
        ended = self.process is None or self.process.returncode is not None
        return ended or time.perf_counter() > self.started + READY

    async def stop(self) -> None:
        """End it, kindly first; harmless when it has ended."""
        process, self.process = self.process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def failed(self, what: str) -> BenchError:
        """Return an error with the program's last words."""
        words = self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""
        return BenchError(f"{self.name} {what}\n{words}")


def _environment() -> dict[str, str]:
    """Return the environment of a program: Python may keep its compiled files, as it does once it is installed."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def roomd(folder: Path, *, huge: bool = False) -> Child:
    """Return the daemon on the room file in `folder`, not yet started; `huge`: the file may be of any size."""
    program = ["-m", "bench.serve"] if huge else ROOMD
    room, kept = str(folder / "room.yaml"), str(folder / DATA)
    command = [sys.executable, *program, "run", "--strict", "--config", room, "--data", kept]
    command += ["--listen", "127.0.0.1"]
    return Child("roomd", command, folder)


def floor(folder: Path, facts: dict[str, Any]) -> Child:
    """Return the bare floor (`bench/floor.py`), not yet started."""
    return Child("floor", [sys.executable, "-m", "bench.floor", json.dumps(facts)], folder)


def demo(folder: Path, *arguments: str) -> Child:
    """Return the demo, not yet started."""
    command = [sys.executable, *ROOMD, "demo", "--json", "--data", str(folder / DATA), *arguments]
    return Child("demo", command, folder)


async def token(child: Child, folder: Path, role: str) -> str:
    """Wait until a daemon answers on its control socket; return a token of `role` that it makes there.

    Raises:
        BenchError: it ended, or did not answer in time.
    """
    path = str(folder / DATA / "control.sock")
    while not child.over():
        with contextlib.suppress(aiohttp.ClientError, OSError):
            connector = aiohttp.UnixConnector(path=path)
            async with aiohttp.ClientSession(connector=connector) as session:
                wanted = {"name": f"bench {role}", "role": role}
                async with session.post("http://roomd/api/v1/tokens", json=wanted) as answer:
                    return str((await answer.json())["token"])
        await asyncio.sleep(LOOK)
    raise child.failed("did not start")


@asynccontextmanager
async def broker(folder: Path) -> AsyncGenerator[int]:
    """Run mosquitto without delays; give its port."""
    port = free_port()
    program = find("mosquitto")
    (folder / "broker.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "set_tcp_nodelay true\nmax_queued_messages 0\nmax_inflight_messages 0\n"
    )
    child = Child("mosquitto", [program, "-c", str(folder / "broker.conf")], folder)
    await child.start()
    try:
        await _accepts(child, port)
        yield port
    finally:
        await child.stop()


async def _accepts(child: Child, port: int) -> None:
    while not child.over():
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(LOOK)
    raise child.failed("accepts nobody")


def find(program: str) -> str:
    """Return the path of a program.

    Raises:
        BenchError: it is not installed.
    """
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS))
    found = shutil.which(program, path=path)
    if found is None:
        raise BenchError(f"{program} is not installed (scripts/bootstrap --for demo installs it)")
    return found
