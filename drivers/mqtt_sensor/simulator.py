"""A sensor or contact: says what it measures when it changes, when asked, and now and then by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from drivers.clock import Clock, Timer
from drivers.mqtt_sensor.settings import ContactSettings, SensorSettings
from drivers.simulation.simulator import Simulator

PERIOD = 10.0
"""Seconds between reports without a change; shorter where the settings call it stale earlier."""
SOON = 0.05
"""Seconds after connecting until the first report."""
USUAL: dict[str, float] = {"°C": 24.5, "ppm": 620.0, "lux": 320.0, "%": 45.0, "A": 1.2}
"""What a sensor of that unit shows in an ordinary room."""


@dataclass
class State:
    """What it measures, as roomd should show it."""

    value: float | bool = False


class SourceSimulator(Simulator):
    """One sensor or contact. Fault `wrong_state`: the opposite, or a number that cannot be."""

    protocol = "mqtt"
    protocol_faults: ClassVar[frozenset[str]] = frozenset({"wrong_state", "intruder"})

    def __init__(
        self, settings: SensorSettings | ContactSettings, transport_name: str, clock: Clock
    ) -> None:
        super().__init__(clock)
        self.settings = settings
        self.state = State()
        if isinstance(settings, SensorSettings):
            self.state.value = USUAL.get(settings.unit, 1.0)
        self._timer: Timer | None = None

    def topics(self) -> tuple[str, ...]:
        """Return where it can be asked."""
        return () if self.settings.ask is None else (self.settings.ask,)

    def connected(self, peer: object) -> None:
        """Report, and go on reporting."""
        if self.settings.availability is not None:
            self.emit(b"online", topic=self.settings.availability, retain=True)
        self.close()
        self._timer = self.clock.call_later(SOON, self._report)

    def disconnected(self, peer: object) -> None:
        """Report no more."""
        self.close()

    def will(self) -> tuple[str, bytes] | None:
        """Return what is published when it is cut off, where it has an availability topic."""
        topic = self.settings.availability
        return None if topic is None else (topic, b"offline")

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Report when asked."""
        self._say()

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Let the room change: somebody comes in, the door opens."""
        super().set_by_hand(values)
        self._say()

    def intrude(self) -> None:
        """Publish rubbish."""
        self.emit(b"\xff\xfe", topic=self.settings.topic)
        self.emit(b'{"unexpected":[1,2,3]}', topic=self.settings.topic)

    def power_cycle(self) -> None:
        """Come back and report."""
        self.connected(None)

    def close(self) -> None:
        """Report no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _report(self) -> None:
        self._say()
        limit = self.settings.stale
        period = PERIOD if limit is None else min(PERIOD, limit / 3)
        self._timer = self.clock.call_later(period, self._report)

    def _say(self) -> None:
        shown = self._shown()
        if self.settings.path is None:
            payload = shown if isinstance(shown, str) else json.dumps(shown)
        else:
            body: Any = shown
            for part in reversed(self.settings.path.split(".")):
                body = {part: body}
            payload = json.dumps(body)
        self.emit(payload.encode(), topic=self.settings.topic)

    def _shown(self) -> float | bool | str:
        value, wrong = self.state.value, "wrong_state" in self.faults
        if isinstance(self.settings, SensorSettings):
            return 1e9 if wrong else value / self.settings.scale
        closed = (bool(value) is not self.settings.inverted) is not wrong
        words = self.settings.on if closed else self.settings.off
        return closed if str(closed).lower() in words else words[0]
