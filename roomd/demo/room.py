"""Simulators in the place of devices: each link of the plan becomes a wire of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog

from drivers.clock import Clock
from drivers.simulation.faults import clear_faults, set_fault
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import MqttWire, PtyWire, TcpWire, UdpWire
from drivers.spec import DriverSpec
from roomd.assembly import BrokerAddress
from roomd.control.plan import DevicePlan, LinkPlan, RoomPlan

log = structlog.stdlib.get_logger(__name__)

LOOPBACK = "127.0.0.1"
PATIENCE = 1.0
"""Seconds that the start waits for simulators to reach the broker; later they come by themselves."""


class Wire(Protocol):
    """What the demo does with any wire."""

    @property
    def address(self) -> str:
        """Return where it is."""
        ...

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator on it."""
        ...

    def detach(self, simulator: Simulator) -> None:
        """Take a simulator off it."""
        ...

    async def open(self) -> None:
        """Make it."""
        ...

    async def close(self) -> None:
        """Take it away."""
        ...


@dataclass
class _Line:
    plan: LinkPlan
    replaced: LinkPlan
    wire: Wire


@dataclass
class _Made:
    plan: DevicePlan
    simulator: Simulator


class SimulatedRoom:
    """All simulators of the demo.

    Args:
        clock: pace and physics.
        dead: device ids whose simulator is unplugged from the start.
        standard_ports: listen on the protocol's own port where it is free; else on any.
    """

    def __init__(self, clock: Clock, dead: frozenset[str], *, standard_ports: bool) -> None:
        self._clock = clock
        self._dead = dead
        self._standard_ports = standard_ports
        self._lines: dict[str, _Line] = {}
        self._made: dict[str, _Made] = {}
        self.broker: BrokerAddress | None = None
        """The managed broker, as the devices reach it; set before the first plan with MQTT devices."""

    # -- the plan -------------------------------------------------------------------------------------------------

    async def replace(self, plan: RoomPlan) -> RoomPlan:
        """Return `plan` with every link leading to a simulator; lines that stay keep their simulators."""
        devices = {d.id: d for d in plan.devices.values() if d.spec is not None}
        for line_id in [k for k, line in self._lines.items() if plan.links.get(k) != line.plan]:
            await self._close(line_id)
        for device_id in [d for d, made in self._made.items() if self._differs(made, devices)]:
            self._take_off(device_id)
        for link_id, link in plan.links.items():
            mine = [d for d in devices.values() if d.link == link_id]
            fresh = [self._simulate(d, link) for d in mine if d.id not in self._made]
            if link_id not in self._lines:
                await self._open(link_id, link, [s for s in fresh if s is not None])
            else:
                await self._add(self._lines[link_id].wire, fresh)
        links = {k: self._lines[k].replaced for k in plan.links}
        # Pictures are fetched from a real camera; a simulated room asks none.
        shown = {d: replace(device, preview=None) for d, device in plan.devices.items()}
        return RoomPlan(links, shown, plan.zones)

    async def _add(self, wire: Wire, simulators: Sequence[Simulator | None]) -> None:
        for simulator in simulators:
            if simulator is not None:
                wire.attach(simulator)
        if isinstance(wire, MqttWire):
            await wire.settled()

    def _differs(self, made: _Made, devices: Mapping[str, DevicePlan]) -> bool:
        now = devices.get(made.plan.id)
        return now is None or not made.plan.same_device(now)

    def _simulate(self, device: DevicePlan, link: LinkPlan) -> Simulator | None:
        spec: DriverSpec | None = device.spec
        if spec is None or spec.simulator is None:
            return None
        simulator = spec.simulator(device.settings, link.kind, self._clock)
        self._made[device.id] = _Made(device, simulator)
        if device.id in self._dead:
            simulator.faults["unplug"] = True
        return simulator

    async def _open(self, link_id: str, link: LinkPlan, simulators: list[Simulator]) -> None:
        wire = self._wire(link)
        for simulator in simulators:
            wire.attach(simulator)
        if link.kind != "mqtt":
            await wire.open()
        elif self.broker is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await wire.open()
        if any("unplug" in s.faults for s in simulators):
            for simulator in simulators:
                if simulator.wire is not None and "unplug" in simulator.faults:
                    simulator.wire.unplug()
        self._lines[link_id] = _Line(link, replaced(link, wire), wire)

    def _wire(self, link: LinkPlan) -> Wire:
        match link.kind:
            case "serial":
                return PtyWire(self._clock, link.baud, echo=link.local_echo)
            case "tcp":
                return TcpWire(self._clock, LOOPBACK, self._port(link.port, socket.SOCK_STREAM))
            case "udp":
                return UdpWire(self._clock, LOOPBACK, self._port(link.port, socket.SOCK_DGRAM))
            case "mqtt":
                at = self.broker or BrokerAddress(LOOPBACK, 1, "", "", "")
                return MqttWire(self._clock, at.host, at.port, at.user, at.password)
            case "http":
                from drivers.simulation.http_wire import HttpWire  # noqa: PLC0415  # rarely used

                return HttpWire(self._clock, LOOPBACK, 0)

    def _port(self, wanted: int, kind: socket.SocketKind) -> int:
        return free_port(wanted, kind) if self._standard_ports else 0

    def _take_off(self, device_id: str) -> None:
        made = self._made.pop(device_id)
        line = self._lines.get(made.plan.link)
        if line is not None:
            line.wire.detach(made.simulator)

    async def _close(self, line_id: str) -> None:
        line = self._lines.pop(line_id)
        for device_id in [d for d, made in self._made.items() if made.plan.link == line_id]:
            del self._made[device_id]
        await line.wire.close()

    async def close(self) -> None:
        """Take all wires away."""
        for line_id in list(self._lines):
            with contextlib.suppress(OSError):
                await self._close(line_id)

    # -- what `/sim/...` does -------------------------------------------------------------------------------------

    def ids(self) -> list[str]:
        """Return the ids of simulated devices."""
        return list(self._made)

    def simulator(self, device: str) -> Simulator:
        """Return the simulator of a device; `KeyError` where there is none."""
        return self._made[device].simulator

    def snapshot(self, device: str) -> dict[str, Any] | None:
        """Return a simulator's state, faults and last frames."""
        made = self._made.get(device)
        return None if made is None else made.simulator.snapshot()

    def set_fault(self, device: str, fault: str, value: Any, seconds: float | None) -> None:
        """Set a fault, for `seconds` or until it is cleared."""
        set_fault(self._made[device].simulator, fault, value, seconds)

    def clear(self, device: str) -> None:
        """Mend everything."""
        clear_faults(self._made[device].simulator)

    def set_by_hand(self, device: str, values: dict[str, Any]) -> None:
        """Change a device as a person at it would."""
        self._made[device].simulator.set_by_hand(values)

    def listing(self) -> dict[str, dict[str, str]]:
        """Return the ready line's `simulators`."""
        found: dict[str, dict[str, str]] = {}
        for device_id, made in self._made.items():
            wire = made.simulator.wire
            found[device_id] = {
                "protocol": made.simulator.protocol,
                "address": wire.address if wire is not None else "",
                "control": f"/sim/{device_id}",
            }
        return found


def replaced(link: LinkPlan, wire: Wire) -> LinkPlan:
    """Return `link` as it leads to an open wire."""
    match wire:
        case PtyWire():
            return replace(link, serial={"path": wire.path})
        case TcpWire() | UdpWire():
            return replace(link, host=LOOPBACK, port=wire.port)
        case MqttWire():
            return link
        case _:
            return replace(link, url=f"http://{wire.address}")


def free_port(wanted: int, kind: socket.SocketKind) -> int:
    """Return the standard port where it is free and may be bound, else 0 (any)."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError:
            return 0
    return wanted
