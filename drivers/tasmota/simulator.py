"""Devices that run Tasmota. They read and write their own topics, never by the codec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from drivers.clock import Clock, Timer
from drivers.simulation.simulator import Simulator
from drivers.tasmota.settings import TasmotaLightSettings, TasmotaRelaySettings, TasmotaSettings
from drivers.tasmota.tables import CT_MAX, CT_MIN, OFFLINE, ONLINE

TELEMETRY = 300.0
"""Seconds between `tele/<t>/STATE`. TASMOTA."""


class TasmotaSimulator(Simulator):
    """What lights and relays share. Faults: `wrong_state` (answers, and stays as it is), `refuse` (does not know)."""

    protocol = "tasmota"
    protocol_faults: ClassVar[frozenset[str]] = frozenset({"wrong_state", "refuse", "intruder"})

    def __init__(self, settings: TasmotaSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        self._place = settings
        self._telemetry: Timer | None = None

    def obey(self, name: str, value: str) -> dict[str, Any] | None:
        """Do command `name` (upper case); an empty value asks. Return the answer, None where it is unknown."""
        raise NotImplementedError

    def everything(self) -> dict[str, Any]:
        """Return what `tele/<t>/STATE` says."""
        raise NotImplementedError

    def topics(self) -> tuple[str, ...]:
        """Listen to all commands."""
        return (self._place.at("cmnd", "+"),)

    def connected(self, peer: object) -> None:
        """Say that it is there, and how it is."""
        self.emit(ONLINE.encode(), topic=self._place.at("tele", "LWT"), retain=True)
        self._tell()

    def disconnected(self, peer: object) -> None:
        """Say nothing more."""
        self.close()

    def will(self) -> tuple[str, bytes] | None:
        """Return the last will."""
        return self._place.at("tele", "LWT"), OFFLINE.encode()

    def power_cycle(self) -> None:
        """Come back with what it had; Tasmota keeps its state."""
        self.connected(None)

    def intrude(self) -> None:
        """Send what is no answer, and what nobody asked for."""
        self.emit(b'{"POWER1":', topic=self._place.at("stat", "RESULT"))
        self.emit(b'{"IrReceived":{"Protocol":"NEC"}}', topic=self._place.at("stat", "RESULT"))
        self.emit(b"TOGGLE", topic=self._place.at("stat", "POWER1"))

    def close(self) -> None:
        """Stop the timer."""
        if self._telemetry is not None:
            self._telemetry.cancel()
            self._telemetry = None

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take one command."""
        name = topic.rsplit("/", 1)[-1].upper()
        value = data.decode("utf-8", "replace").strip()
        asked = not value or "wrong_state" in self.faults
        answer = None if "refuse" in self.faults else self.obey(name, "" if asked else value)
        self.answer({"Command": "Unknown"} if answer is None else answer)

    def answer(self, body: dict[str, Any]) -> None:
        """Publish a RESULT, and the plain form of each POWER in it."""
        self.emit(json.dumps(body).encode(), topic=self._place.at("stat", "RESULT"))
        for name, value in body.items():
            if name.startswith("POWER"):
                self.emit(str(value).encode(), topic=self._place.at("stat", name))

    def _tell(self) -> None:
        self.close()
        self._telemetry = self.clock.call_later(TELEMETRY, self._tell)
        body = {"Uptime": "0T00:10:00", **self.everything(), "Wifi": {"RSSI": 78}}
        self.emit(json.dumps(body).encode(), topic=self._place.at("tele", "STATE"))


@dataclass
class LightState:
    """The light as a person in the room sees it."""

    power: bool = False
    level: float = 60
    """Percent that it gives while it is on."""
    cct: int = 4000
    """Kelvin."""


class LightSimulator(TasmotaSimulator):
    """One light."""

    def __init__(self, settings: TasmotaLightSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(settings, transport_name, clock)
        self.settings = settings
        self.state = LightState()

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Someone used the button at the light."""
        super().set_by_hand(values)
        self.answer(self.everything())

    def everything(self) -> dict[str, Any]:
        """Return power, level and colour temperature."""
        body: dict[str, Any] = {self._power: "ON" if self.state.power else "OFF"}
        if self.settings.dimmable:
            body["Dimmer"] = round(self.state.level)
        if self.settings.tunable:
            body["CT"] = round(1e6 / self.state.cct)
        return body

    @property
    def _power(self) -> str:
        return "POWER" if self.settings.relay == 1 else f"POWER{self.settings.relay}"

    def obey(self, name: str, value: str) -> dict[str, Any] | None:
        """Switch, dim, or change the colour temperature."""
        state = self.state
        if name in ("POWER", f"POWER{self.settings.relay}"):
            if value:
                state.power = (
                    not state.power if value.upper() == "TOGGLE" else value.upper() == "ON"
                )
            return {self._power: "ON" if state.power else "OFF"}
        if name == "DIMMER" and self.settings.dimmable:
            if value.isdigit() and int(value) <= 100:
                state.power = int(value) > 0
                state.level = int(value) or state.level
            everything = self.everything()
            return everything if value else {"Dimmer": everything["Dimmer"]}
        if name == "CT" and self.settings.tunable:
            if value.isdigit() and CT_MIN <= int(value) <= CT_MAX:
                state.cct = round(1e6 / int(value))
            return {"CT": round(1e6 / state.cct)}
        return None


@dataclass
class RelayState:
    """The relays, from the first on."""

    closed: list[bool] = field(default_factory=list[bool])


class RelaySimulator(TasmotaSimulator):
    """A board of relays."""

    def __init__(self, settings: TasmotaRelaySettings, transport_name: str, clock: Clock) -> None:
        super().__init__(settings, transport_name, clock)
        self.settings = settings
        self.state = RelayState([False] * settings.channels)

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Someone pressed a button of the board: `{"ch.1.state": true}`."""
        names = {f"ch.{n}.state": n for n in range(1, self.settings.channels + 1)}
        unknown = set(values) - set(names)
        if unknown:
            raise ValueError(
                f"no such value: {', '.join(sorted(unknown))}; there are {', '.join(names)}"
            )
        for name, value in values.items():
            self.state.closed[names[name] - 1] = bool(value)
        self.answer(self.everything())

    def everything(self) -> dict[str, Any]:
        """Return the state of each relay."""
        return {self._name(n): self._word(n) for n in range(1, self.settings.channels + 1)}

    def obey(self, name: str, value: str) -> dict[str, Any] | None:
        """Switch one relay."""
        number = "1" if name == "POWER" else name.removeprefix("POWER")
        if not name.startswith("POWER") or not number.isdigit():
            return None
        channel = int(number)
        if not 1 <= channel <= self.settings.channels:
            return None
        if value:
            old = self.state.closed[channel - 1]
            new = not old if value.upper() == "TOGGLE" else value.upper() in ("ON", "1")
            self.state.closed[channel - 1] = new
        return {self._name(channel): self._word(channel)}

    def _name(self, channel: int) -> str:
        return "POWER" if self.settings.channels == 1 else f"POWER{channel}"

    def _word(self, channel: int) -> str:
        return "ON" if self.state.closed[channel - 1] else "OFF"
