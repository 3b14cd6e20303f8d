"""A demo room as a child process, for tests that need the real program."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READY_S = 60.0
"""Far more than it takes: the machine may be busy with other tests."""


@dataclass
class RunningRoom:
    """One `roomd demo`, ready."""

    data: Path
    """Folder of its data and of its words."""
    process: subprocess.Popen[str]
    facts: dict[str, Any]
    """The ready line."""
    config: Path | None = None
    """The room file; None is the demo's own."""

    @property
    def url(self) -> str:
        """Return the address of its pages, without a slash at the end."""
        return str(self.facts["url"])

    def page(self, path: str, role: str) -> str:
        """Return the address that logs `role` in on a page."""
        return f"{self.url}{path}#token={self.facts['tokens'][role]}"

    def simulator(self, device: str) -> dict[str, Any]:
        """Return the state of a simulated device: the truth that pages are compared with."""
        body: dict[str, Any] = self._ask(f"/sim/{device}", None)
        state: dict[str, Any] = body["state"]
        return state

    def break_device(self, device: str, fault: str | None) -> None:
        """Break a simulated device; None mends it."""
        self._ask(f"/sim/{device}", {"fault": fault})

    def operate(self, device: str, **values: Any) -> None:
        """Change a simulated device as a person at it would."""
        self._ask(f"/sim/{device}", {"set": values})

    def restart(self) -> None:
        """Kill it, and start it again at the same address on the same data."""
        self.process.kill()
        self.process.wait(10)
        port = self.url.rpartition(":")[2]
        self.process, self.facts = _begin(self.data, port, self.config)

    def pause(self) -> None:
        """Freeze the program: connections stay open and nothing answers."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a frozen program run again."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Stop the program, kindly first."""
        self.go_on()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def _ask(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310  # our own address
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.facts['tokens']['admin']}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # the same
            found: dict[str, Any] = json.loads(answer.read())
        return found


def start(data: Path, config: Path | None = None) -> RunningRoom:
    """Start a demo on a free port and wait until it says that it is ready.

    Raises:
        RuntimeError: it ended, or said nothing in time; with its last words.
    """
    return RunningRoom(data, *_begin(data, "0", config), config)


def _begin(
    data: Path, port: str, config: Path | None
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    log = data / "demo.log"
    command = [sys.executable, "-c", "from roomd.cli import main; main()", "demo", "--json"]
    command += [] if config is None else ["--config", str(config)]
    with log.open("w") as words:
        process = subprocess.Popen(
            [*command, "--port", port, "--data", str(data / "room")],
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
        )
    assert process.stdout is not None
    watch = threading.Timer(READY_S, process.kill)
    watch.start()
    with process.stdout:
        line = process.stdout.readline()
    watch.cancel()
    if not line:
        process.wait(5)
        raise RuntimeError(f"the demo did not start:\n{log.read_text()[-2000:]}")
    return process, json.loads(line)
