"""A sensor or contact: says what it measures when it changes, when asked, and every minute."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.clock import Clock, Timer
from drivers.mqtt_sensor.settings import ContactSettings, SensorSettings
from drivers.simulation.simulator import Simulator

PERIOD = 60.0
"""Seconds between reports without a change."""
SOON = 0.05
"""Seconds after connecting until the first report."""


@dataclass
class State:
    """What it measures."""

    value: float | bool = False


class SourceSimulator(Simulator):
    """One sensor or contact."""

    protocol = "mqtt"
    protocol_faults = frozenset({"intruder"})

    def __init__(
        self, settings: SensorSettings | ContactSettings, transport_name: str, clock: Clock
    ) -> None:
        super().__init__(clock)
        self.settings = settings
        self.state = State(_usual(settings))
        self._timer: Timer | None = None

    def topics(self) -> tuple[str, ...]:
        """Return where it can be asked."""
        return () if self.settings.ask is None else (self.settings.ask,)

    def connected(self, peer: object) -> None:
        """Report, and go on reporting."""
        self.close()
        self._timer = self.clock.call_later(SOON, self._report)

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Report when asked."""
        self._say()

    def _report(self) -> None:
        self._say()
        self._timer = self.clock.call_later(PERIOD, self._report)

    def _say(self) -> None:
        value = self.state.value
        if isinstance(self.settings, ContactSettings) and isinstance(value, bool):
            value = value is not self.settings.inverted
        elif isinstance(self.settings, SensorSettings) and self.settings.scale:
            value = value / self.settings.scale
        shown: Any = value
        for part in reversed((self.settings.path or "").split(".") if self.settings.path else []):
            shown = {part: shown}
        self.emit(json.dumps(shown).encode(), topic=self.settings.topic)

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


def _usual(settings: SensorSettings | ContactSettings) -> float | bool:
    """Return what such a sensor shows in an ordinary room."""
    if isinstance(settings, ContactSettings):
        return False
    usual = {"°C": 24.5, "ppm": 620.0, "lux": 320.0, "%": 45.0, "A": 1.2}
    return usual.get(settings.unit, 1.0)
