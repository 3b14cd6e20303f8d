"""npm packages that others wrote, installed once as `tests/peers/npm/` locks them, run by node.

They are CommonJS: a script in any folder finds them by `NODE_PATH`. Without npm a test skips by
name, in CI it fails.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support import node, programs

LOCKED = Path(__file__).parents[1] / "peers/npm"
FILES = ("package.json", "package-lock.json", ".npmrc")


def node_modules() -> Path:
    """Return the folder of the installed packages; without npm skip the test, in CI fail it."""
    place = Path(sys.prefix) / f".roomd-npm-peers-{_wanted()}"
    with Path(sys.prefix, ".roomd-npm-peers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "complete").is_file():
            _install(place)
    return place / "node_modules"


@asynccontextmanager
async def running(script: Path, *args: str) -> AsyncIterator[Process]:
    """Run a CommonJS script that requires the packages; its three streams are pipes."""
    modules = node_modules()
    process = await create_subprocess_exec(
        str(node.NODE / "bin/node"),
        str(script),
        *args,
        env={**node.environment(), "NODE_PATH": str(modules)},
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def _wanted() -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((LOCKED / name).read_bytes())
    return digest.hexdigest()[:16]


def _install(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name in FILES:
        shutil.copy(LOCKED / name, place)
    done = subprocess.run(
        [str(node.NODE / "bin/node"), str(node.NPM), "ci", "--ignore-scripts"],
        cwd=place,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
        programs.miss("npm ci failed, so the npm peers (pjlink, visca-over-ip) are missing")
    (place / "complete").touch()
