"""Cameras and their driver on one line: in memory, where time is exact, or on real ptys and sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from drivers.clock import VirtualClock
from drivers.commands import Outcome, OutcomeKind
from drivers.job import Gate, open_gate
from drivers.simulation.faults import deliver, set_fault
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import PtyWire, TcpWire, UdpWire
from drivers.transport.base import Transport
from drivers.transport.frames import Frame
from drivers.transport.memory import Memory
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from drivers.transport.udp import Udp
from drivers.visca import DRIVER
from drivers.visca.device import Camera
from drivers.visca.settings import ViscaSettings
from drivers.visca.simulator import ViscaSimulator
from tests.drivers.rig import Rig, rigged

Options = dict[str, dict[str, Any]]
ONE: Options = {"c": {}}
CHAIN: Options = {"a": {"address": 1}, "b": {"address": 2}, "c": {"address": 3}}
BAUD = 9600
KINDS = ("serial", "tcp", "udp", "sony")
CONFIRMED, FAILED, TIMEOUT = OutcomeKind.CONFIRMED, OutcomeKind.FAILED, OutcomeKind.TIMEOUT


class MemoryLine(Memory):
    """A line in memory that says of itself what it stands for."""

    def __init__(self, clock: VirtualClock, kind: str, baud: int = BAUD) -> None:
        super().__init__(clock, byte_time=10 / baud if kind == "serial" else 0.0)
        self._kind = kind

    @property
    def endpoint(self) -> str:
        """Return an endpoint of that kind."""
        return f"{self._kind}:/dev/line" if self._kind == "serial" else f"{self._kind}:127.0.0.1:1"


@dataclass
class MemoryWire:
    """Simulators at the other end of a line in memory; bytes take their time both ways."""

    clock: VirtualClock
    line: MemoryLine
    simulators: list[Simulator] = field(default_factory=list[Simulator])
    address: str = "memory"
    cut: bool = False
    """Nothing reaches the simulators."""
    _free_at: float = 0.0

    def __post_init__(self) -> None:
        self.line.on_send = self._sent

    @property
    def _simulators(self) -> list[Simulator]:
        return self.simulators

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator on the wire."""
        simulator.wire = self
        self.simulators.append(simulator)

    def _sent(self, frame: Frame) -> None:
        assert isinstance(frame, bytes)
        peer = ("127.0.0.1", 2)

        def arrive() -> None:
            for simulator in [] if self.cut else self.simulators:
                deliver(simulator, frame, peer, "")

        self.clock.call_later(self.line.wire_time(len(frame)), arrive)

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Let bytes arrive at the driver."""
        now = self.clock.monotonic()
        self._free_at = max(self._free_at, now) + self.line.wire_time(len(data))
        self.clock.call_later(self._free_at - now, lambda: self.line.feed(data))

    def drop_connections(self) -> None:
        """Lose the connection."""
        self.line.lose()

    def unplug(self) -> None:
        """Lose the connection."""
        self.line.lose()

    async def plug(self) -> None:
        """Nothing: the line is there at the next attempt."""

    async def close(self) -> None:
        """End the simulators."""
        for simulator in self.simulators:
            simulator.close()


Wire = MemoryWire | PtyWire | TcpWire | UdpWire


@dataclass
class Stage:
    """Both ends. Where there is one camera only, it is called `c`."""

    rig: Rig
    cameras: dict[str, ViscaSimulator]
    wire: Wire

    @property
    def camera(self) -> ViscaSimulator:
        """Return the simulated camera `c`."""
        return self.cameras["c"]

    @property
    def device(self) -> Camera:
        """Return the driver's `c`."""
        device = self.rig.devices["c"]
        assert isinstance(device, Camera)
        return device

    @property
    def now(self) -> float:
        """Return the time in seconds."""
        return self.rig.clock.monotonic()

    def turns(self) -> bool:
        """Return whether anything of camera `c` moves."""
        return self.camera.camera.moving

    def deafen(self) -> None:
        """Let nothing reach the camera any more; what is under way from it still arrives."""
        assert isinstance(self.wire, MemoryWire)
        self.wire.cut = True

    def fault(self, name: str, value: Any = True, seconds: float | None = None) -> None:
        """Break camera `c`."""
        set_fault(self.camera, name, value, seconds)

    async def do(self, name: str, *, of: str = "c", gate: Gate = open_gate, **args: Any) -> Outcome:
        """Run a command to its outcome."""
        return await self.end(self.begin(name, of=of, gate=gate, **args))

    def begin(
        self, name: str, *, of: str = "c", gate: Gate = open_gate, **args: Any
    ) -> asyncio.Task[Outcome]:
        """Begin a command."""
        return self.rig.begin(f"{of}.{name}", gate=gate, **args)

    async def end(self, task: asyncio.Task[Outcome]) -> Outcome:
        """Move the clock until a command has ended."""
        return await self.rig.until_done(task)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await self.rig.advance(seconds)

    async def until(self, condition: Callable[[], object], within: float = 30.0) -> None:
        """Let time pass until something is true."""
        end = self.now + within
        while not condition():
            assert self.now < end, "it never came true"
            await self.rig.advance(0.01)

    def value(self, point: str, of: str = "c") -> Any:
        """Return a value and its quality; `None` where it was never reported."""
        return self.rig.value(f"{of}.{point}") if point in self.rig.devices[of].values else None

    def sent(self, of: str = "") -> list[str]:
        """Return what left, without the headers of VISCA over IP, inquiries left out."""
        return [text for _, text in self.timed(of)]

    def timed(self, of: str = "") -> list[tuple[float, str]]:
        """Return the same with its time."""
        wall = self.rig.clock.wall() - self.now
        found: list[tuple[float, str]] = []
        for trace in self.rig.ears.traces:
            if trace.direction != "tx" or (of and trace.device != of):
                continue
            data = trace.data[8:] if trace.data[:1] in (b"\x01", b"\x02") else trace.data
            if data[1:2] != b"\x09":
                found.append((round(trace.at - wall, 4), data.hex(" ")))
        return found

    def forget(self) -> None:
        """Leave what was sent so far out of what follows."""
        self.rig.ears.traces.clear()


@asynccontextmanager
async def staged(
    kind: str = "serial",
    options: Options = ONE,
    *,
    real: bool = False,
    baud: int = BAUD,
    faults: dict[str, Any] | None = None,
) -> AsyncIterator[Stage]:
    """Put cameras and their driver on one line.

    Args:
        kind: `serial`, `tcp`, `udp` (bare packets) or `sony` (numbered messages over UDP).
        options: device id -> options of the room file.
        real: on a pty or sockets instead of in memory.
        baud: of a serial line.
        faults: of camera `c`, from the start.
    """
    clock = VirtualClock() if real else VirtualClock(pause=0)
    transport_kind = "udp" if kind == "sony" else kind
    protocol = "sony" if kind == "sony" else "raw"
    settings = {name: {"protocol": protocol, **values} for name, values in options.items()}
    wire, transport = await _line(clock, transport_kind, baud, real=real)
    cameras: dict[str, ViscaSimulator] = {}
    for name, values in settings.items():
        cameras[name] = ViscaSimulator(ViscaSettings(**values), transport_kind, clock)
        wire.attach(cameras[name])
    for name, value in (faults or {}).items():
        set_fault(cameras["c"], name, value, None)
    try:
        async with rigged(clock, transport, DRIVER, settings) as rig:
            yield Stage(rig, cameras, wire)
    finally:
        await wire.close()


async def _line(clock: VirtualClock, kind: str, baud: int, *, real: bool) -> tuple[Wire, Transport]:
    if not real:
        line = MemoryLine(clock, kind, baud)
        return MemoryWire(clock, line), line
    if kind == "serial":
        pty = PtyWire(clock, baud)
        await pty.open()
        return pty, SerialPort({"path": pty.path}, baud, "8N1", local_echo=False, modem={})
    if kind == "tcp":
        tcp = TcpWire(clock)
        await tcp.open()
        return tcp, Tcp("127.0.0.1", tcp.port)
    udp = UdpWire(clock)
    await udp.open()
    return udp, Udp("127.0.0.1", udp.port)
