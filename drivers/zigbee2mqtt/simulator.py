"""Zigbee2MQTT with one lamp behind it. Reads and writes its own JSON, never the codec."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from drivers.clock import Clock
from drivers.simulation.simulator import Simulator
from drivers.zigbee2mqtt.settings import Zigbee2mqttSettings
from drivers.zigbee2mqtt.tables import (
    BRIGHTNESS_MAX,
    MIRED_MAX,
    MIRED_MIN,
    OFF,
    OFFLINE,
    ON,
    ONLINE,
)

RADIO = 0.03
"""Seconds that a lamp takes to answer through the bridge (believed)."""


@dataclass
class State:
    """The lamp as a person in the room sees it."""

    power: bool = False
    level: float = 60.0
    """Percent that it gives while it is on."""
    cct: int = 4000
    """Kelvin."""
    bridge: bool = True
    """Whether Zigbee2MQTT runs."""


class Zigbee2mqttSimulator(Simulator):
    """One lamp. Fault `wrong_state`: it answers, and stays as it is."""

    protocol = "zigbee2mqtt"
    protocol_faults: ClassVar[frozenset[str]] = frozenset({"wrong_state", "intruder"})

    def __init__(self, settings: Zigbee2mqttSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        self.settings = settings
        self.state = State()

    def topics(self) -> tuple[str, ...]:
        """Listen to wishes and questions."""
        return f"{self.settings.topic}/set", f"{self.settings.topic}/get"

    def connected(self, peer: object) -> None:
        """Say that bridge and lamp are there, and how the lamp is."""
        self._say_bridge()
        self._say_available(ONLINE)
        self._say_state()

    def will(self) -> tuple[str, bytes] | None:
        """Return what is published when the lamp is cut off."""
        return f"{self.settings.topic}/availability", json.dumps({"state": OFFLINE}).encode()

    def power_cycle(self) -> None:
        """Come back as lamps do after a power cut: on."""
        self.state.power = True
        self.connected(None)

    def set_by_hand(self, values: Any) -> None:
        """Someone used the wall switch, or stopped Zigbee2MQTT."""
        super().set_by_hand(values)
        if "bridge" in values:
            self._say_bridge()
        if self.state.bridge:
            self._say_state()

    def intrude(self) -> None:
        """Send what belongs to nobody here, and what is no state."""
        self.emit(b'{"state":"ON"}', topic=f"{self.settings.base_topic}/somebody-else")
        self.emit(b'{"state":', topic=self.settings.topic)
        self.emit(b'["ON"]', topic=self.settings.topic)

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take one wish or question."""
        if not self.state.bridge:
            return
        if topic.endswith("/get"):
            self._say_state(RADIO)
            return
        try:
            asked: Any = json.loads(data)
        except ValueError:
            return
        if isinstance(asked, dict):
            asked = cast("dict[str, Any]", asked)
            if "wrong_state" not in self.faults:
                self._change(asked)
            self._say_state(RADIO)

    def _change(self, asked: dict[str, Any]) -> None:
        state = self.state
        match asked.get("state"):
            case "ON" | "OFF" as word:
                state.power = word == ON
            case "TOGGLE":
                state.power = not state.power
            case _:
                pass
        bright = asked.get("brightness")
        if isinstance(bright, int) and 0 <= bright <= BRIGHTNESS_MAX:
            state.power = bright > 0
            if bright:
                state.level = bright / BRIGHTNESS_MAX * 100
        warmth = asked.get("color_temp")
        if isinstance(warmth, int):
            state.cct = round(1e6 / min(MIRED_MAX, max(MIRED_MIN, warmth)))

    def _say_state(self, after: float = 0.0) -> None:
        body: dict[str, Any] = {"state": ON if self.state.power else OFF, "linkquality": 120}
        if self.settings.dimmable:
            body["brightness"] = round(self.state.level * BRIGHTNESS_MAX / 100)
        if self.settings.tunable:
            body["color_mode"] = "color_temp"
            body["color_temp"] = round(1e6 / self.state.cct)
        self.emit(json.dumps(body).encode(), topic=self.settings.topic, after=after)

    def _say_available(self, word: str) -> None:
        body = json.dumps({"state": word}).encode()
        self.emit(body, topic=f"{self.settings.topic}/availability", retain=True)

    def _say_bridge(self) -> None:
        body = json.dumps({"state": ONLINE if self.state.bridge else OFFLINE}).encode()
        self.emit(body, topic=f"{self.settings.base_topic}/bridge/state", retain=True)
