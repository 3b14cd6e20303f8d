"""MQTT devices with their simulators: on a broker in memory with a virtual clock, and on a real mosquitto."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from drivers.clock import Clock, VirtualClock
from drivers.session import PortState
from drivers.simulation.faults import deliver
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import MqttWire
from drivers.spec import DriverSpec
from drivers.topics import matches
from drivers.transport import mqtt
from drivers.transport.frames import Frame, Publish, Published
from drivers.transport.memory import Memory
from drivers.transport.mqtt import Mqtt
from tests.drivers.rig import Rig, rigged
from tests.support.broker import Broker

WINDOW = 64
"""Commands that await their first answer at once on a broker (control.md 2)."""


class MemoryBroker:
    """Joins simulators and a line in memory; a `Wire` for the one, the far end for the other."""

    def __init__(self, line: Memory) -> None:
        self._line = line
        self._simulators: list[Simulator] = []
        line.on_send = self._sent

    @property
    def address(self) -> str:
        """Return where it is."""
        return "memory:"

    def attach(self, simulator: Simulator) -> None:
        """Put a simulator on the broker."""
        simulator.wire = self
        self._simulators.append(simulator)

    def _sent(self, frame: Frame) -> None:
        assert isinstance(frame, Publish)
        for simulator in self._simulators:
            if any(matches(t, frame.topic) for t in simulator.topics()):
                deliver(simulator, frame.payload, None, frame.topic)

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Bring a simulator's message to the line; somebody who listens gets it as live."""
        self._line.feed(Published(topic, data, retain=False))

    def drop_connections(self) -> None:
        """Publish the wills."""
        self.unplug()

    def unplug(self) -> None:
        """Publish the wills."""
        for simulator in self._simulators:
            will = simulator.will()
            if will is not None:
                self.transmit(will[1], peer=None, topic=will[0], retain=True)

    async def plug(self) -> None:
        """Let the simulators say that they are back."""
        for simulator in self._simulators:
            simulator.connected(None)


@dataclass
class Stage:
    """A device `it`, its simulator, and what is between them."""

    rig: Rig
    line: Memory
    simulator: Any

    def stored(self, topic: str, payload: str) -> None:
        """Let the broker hand out what it had stored."""
        self.line.feed(Published(topic, payload.encode(), retain=True))

    def says(self, topic: str, payload: str) -> None:
        """Let somebody publish."""
        self.line.feed(Published(topic, payload.encode(), retain=False))

    def value(self, point: str) -> tuple[object, str]:
        """Return value and quality of a point."""
        return self.rig.value(f"it.{point}")

    def state(self) -> PortState:
        """Return whether it can be reached."""
        return self.rig.state("it")

    def sent(self) -> list[tuple[str, str]]:
        """Return (topic, payload) of all that left."""
        frames = [frame for _, frame in self.line.sent]
        return [(f.topic, f.payload.decode()) for f in frames if isinstance(f, Publish)]


def simulator_of(spec: DriverSpec, options: Mapping[str, Any], clock: Clock) -> Simulator:
    """Make the simulator of a driver."""
    assert spec.simulator is not None
    return spec.simulator(spec.settings(**options), "mqtt", clock)


@asynccontextmanager
async def staged(
    spec: DriverSpec, options: Mapping[str, Any], *, alone: bool = False
) -> AsyncIterator[Stage]:
    """Put a device on a broker in memory, with its simulator unless it is to be `alone`."""
    clock = VirtualClock()
    line = Memory(clock)
    broker = MemoryBroker(line)
    simulator = simulator_of(spec, options, clock)
    if not alone:
        broker.attach(simulator)
    async with rigged(clock, line, spec, {"it": options}) as rig:
        rig.link.lane.window = WINDOW
        if not alone:
            simulator.connected(None)
            await clock.advance(1.0)
        yield Stage(rig, line, simulator)
    simulator.close()


@dataclass
class Live:
    """Devices on a real broker."""

    rig: Rig
    wire: MqttWire
    simulators: dict[str, Any]

    async def until(self, condition: Callable[[], object], limit: float = 30.0) -> None:
        """Move the clock until `condition` is true; the broker answers meanwhile, at its own pace."""
        passed = 0.0
        while not condition():
            assert passed < limit, "it did not come true"
            await self.rig.advance(0.01)
            passed += 0.01

    def online(self) -> bool:
        """Return whether all devices are."""
        return all(self.rig.state(d) is PortState.ONLINE for d in self.rig.devices)


@asynccontextmanager
async def live(
    broker: Broker, spec: DriverSpec, settings: Mapping[str, Mapping[str, Any]]
) -> AsyncIterator[Live]:
    """Put devices and their simulators on a real broker."""
    clock = VirtualClock()
    wire = MqttWire(clock, "127.0.0.1", broker.port, "", "")
    simulators = {d: simulator_of(spec, options, clock) for d, options in settings.items()}
    for simulator in simulators.values():
        wire.attach(simulator)
    await wire.open()
    line = Mqtt(mqtt.Broker("127.0.0.1", broker.port, "", "", "roomd-r1-live", "r1"))
    try:
        async with rigged(clock, line, spec, settings) as rig:
            rig.link.lane.window = WINDOW
            stage = Live(rig, wire, simulators)
            await stage.until(stage.online)
            yield stage
    finally:
        await wire.close()
