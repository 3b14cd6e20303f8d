"""A serial line: a real pty, paced at its baud rate, that several simulators may share (RS-485, VISCA chain)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import tty
from functools import partial
from pathlib import Path

from drivers.clock import Clock
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator

BITS = 10
"""Start bit, eight data bits, stop bit."""


class PtyWire:
    """See the module. `path` is a link that stays the same when the pty behind it is made anew.

    Args:
        clock: pace and physics.
        baud: bits per second, both ways.
        echo: half duplex: what the master sends comes back to it first.
    """

    def __init__(self, clock: Clock, baud: int, *, echo: bool = False) -> None:
        self._clock = clock
        self._byte_time = BITS / baud
        self._echo = echo
        self._simulators: list[Simulator] = []
        self._folder = tempfile.TemporaryDirectory(prefix="roomd-pty-")
        self.path = str(Path(self._folder.name) / "port")
        self._master: int | None = None
        self._slave: int | None = None
        self._free_at = 0.0
        self._heard_at = 0.0
        self._plugged = 0
        """How often the pty was made."""

    @property
    def address(self) -> str:
        """Return the path of the port."""
        return self.path

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator on the line."""
        simulator.wire = self
        self._simulators.append(simulator)

    def detach(self, simulator: Simulator) -> None:
        """Take a simulator away."""
        self._simulators.remove(simulator)
        simulator.close()

    async def open(self) -> None:
        """Make the pty."""
        self._make()

    def _make(self) -> None:
        self._plugged += 1
        self._free_at = self._heard_at = 0.0
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        # Our own descriptor of the slave keeps the pty alive while roomd reconnects.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        with contextlib.suppress(FileNotFoundError):
            Path(self.path).unlink()
        Path(self.path).symlink_to(os.ttyname(self._slave))
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def _readable(self) -> None:
        if self._master is None:
            return
        try:
            data = os.read(self._master, 4096)
        except (BlockingIOError, OSError):
            return
        # A byte is there for the device when its last bit has arrived, not when we handed it over.
        now = self._clock.monotonic()
        self._heard_at = max(self._heard_at, now) + len(data) * self._byte_time
        self._clock.call_later(self._heard_at - now, partial(self._arrived, data, self._plugged))

    def _arrived(self, data: bytes, plugged: int) -> None:
        if self._master is None or plugged != self._plugged:
            return
        if self._echo:
            self._write(data)
        for simulator in list(self._simulators):
            deliver(simulator, data, None, "")

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Send byte by byte, one every 10 bits / baud."""
        now = self._clock.monotonic()
        for byte in data:
            self._free_at = max(self._free_at, now) + self._byte_time
            late = partial(self._write_late, bytes((byte,)), self._plugged)
            self._clock.call_later(self._free_at - now, late)

    def _write_late(self, data: bytes, plugged: int) -> None:
        """Write, unless the plug was pulled meanwhile: what was under way is lost."""
        if plugged == self._plugged:
            self._write(data)

    def _write(self, data: bytes) -> None:
        if self._master is not None:
            with contextlib.suppress(OSError):
                os.write(self._master, data)

    def drop_connections(self) -> None:
        """A serial line has none."""

    def unplug(self) -> None:
        """Close the master: whoever has the port open reads EIO; the path is gone."""
        master, self._master = self._master, None
        slave, self._slave = self._slave, None
        if master is not None:
            asyncio.get_running_loop().remove_reader(master)
            os.close(master)
        if slave is not None:
            os.close(slave)
        with contextlib.suppress(FileNotFoundError):
            Path(self.path).unlink()

    async def plug(self) -> None:
        """Make a new pty, usually under another number, behind the same link."""
        if self._master is None:
            self._make()

    async def close(self) -> None:
        """Take the line away for good."""
        self.unplug()
        for simulator in self._simulators:
            simulator.close()
        self._folder.cleanup()
