"""A Tasmota device as the broker sees it: relays, and where it has them a dimmer and a colour temperature."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.clock import Clock
from drivers.simulation.simulator import Simulator
from drivers.tasmota.settings import TasmotaLightSettings, TasmotaRelaySettings

WIFI = 0.03
"""Seconds from command to RESULT on a quiet network (believed)."""


@dataclass
class State:
    """The device."""

    relays: dict[int, bool] = field(default_factory=dict[int, bool])
    """Relay, counted from 1 -> closed."""
    level: int = 100
    """Percent."""
    ct: int = 250
    """Mired."""


class TasmotaSimulator(Simulator):
    """One device."""

    protocol = "tasmota"

    def __init__(
        self,
        settings: TasmotaLightSettings | TasmotaRelaySettings,
        transport_name: str,
        clock: Clock,
    ) -> None:
        super().__init__(clock)
        self.settings = settings
        relay = settings.relay if isinstance(settings, TasmotaLightSettings) else settings.channels
        self.state = State(dict.fromkeys(range(1, relay + 1), False))

    def _at(self, prefix: str, word: str) -> str:
        place = self.settings.full_topic.replace("%prefix%", prefix)
        return place.replace("%topic%", self.settings.topic).rstrip("/") + "/" + word

    def topics(self) -> tuple[str, ...]:
        """Return what the device listens to."""
        return (self._at("cmnd", "+"),)

    def connected(self, peer: object) -> None:
        """Say that it is there; the broker keeps that."""
        self.emit(b"Online", topic=self._at("tele", "LWT"), retain=True)

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take a command."""
        if "refuse" in self.faults:
            self.emit(b'{"Command":"Error"}', topic=self._at("stat", "RESULT"), after=WIFI)
            return
        word = topic.rsplit("/", 1)[1].upper()
        text = data.decode("utf-8", "replace").strip()
        if word.startswith("POWER"):
            self._power(int(word[5:] or 1), text)
        elif word == "DIMMER" and isinstance(self.settings, TasmotaLightSettings):
            self._dim(text)
        elif word == "CT" and text.isdigit():
            self._change(lambda: setattr(self.state, "ct", min(500, max(153, int(text)))))
            self._result({"CT": self.state.ct, **self._all()})
        elif word == "STATE":
            self._result(self._all())

    def _power(self, relay: int, text: str) -> None:
        if relay not in self.state.relays:
            return
        if text in ("ON", "OFF"):
            self._change(lambda: self.state.relays.__setitem__(relay, text == "ON"))
        name = "POWER" if len(self.state.relays) == 1 else f"POWER{relay}"
        shown = "ON" if self.state.relays[relay] else "OFF"
        self._result({name: shown})
        self.emit(shown.encode(), topic=self._at("stat", name), after=WIFI)

    def _dim(self, text: str) -> None:
        if not text.isdigit():
            return
        level = min(100, int(text))

        def apply() -> None:
            relay = max(self.state.relays)
            self.state.relays[relay] = level > 0
            self.state.level = level or self.state.level

        self._change(apply)
        self._result(self._all())

    def _change(self, apply: Any) -> None:
        if "wrong_state" not in self.faults:
            apply()

    def _all(self) -> dict[str, object]:
        one = len(self.state.relays) == 1
        shown: dict[str, object] = {
            "POWER" if one else f"POWER{n}": "ON" if on else "OFF"
            for n, on in self.state.relays.items()
        }
        if isinstance(self.settings, TasmotaLightSettings) and self.settings.dimmable:
            shown["Dimmer"] = self.state.level
        if isinstance(self.settings, TasmotaLightSettings) and self.settings.tunable:
            shown["CT"] = self.state.ct
        return shown

    def _result(self, shown: Mapping[str, object]) -> None:
        self.emit(json.dumps(shown).encode(), topic=self._at("stat", "RESULT"), after=WIFI)

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Press its button: the device tells by itself."""
        values = dict(values)
        if "power" in values:
            self.state.relays[max(self.state.relays)] = bool(values.pop("power"))
        super().set_by_hand(values)
        self.state.relays = {int(k): bool(v) for k, v in self.state.relays.items()}
        self._result(self._all())

    def intrude(self) -> None:
        """Publish rubbish, and a word about a relay that it does not have."""
        self.emit(b"\xff{", topic=self._at("stat", "RESULT"))
        self.emit(b'{"POWER31":"ON"}', topic=self._at("stat", "RESULT"))

    def power_cycle(self) -> None:
        """Come back with all relays open."""
        self.state.relays = dict.fromkeys(self.state.relays, False)
        self.connected(None)
        self.emit(json.dumps(self._all()).encode(), topic=self._at("tele", "STATE"))
