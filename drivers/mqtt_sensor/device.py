"""Sensors and contacts that publish over MQTT. They have no commands, so nothing can be done to them."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from drivers.device import Device, TransportName
from drivers.errors import NoReply
from drivers.mqtt_sensor import codec
from drivers.mqtt_sensor.codec import Available, Reading
from drivers.mqtt_sensor.settings import ContactSettings, SensorSettings, SourceSettings
from drivers.points import PointSpec, Quality
from drivers.port import Port
from drivers.transport.frames import Publish

LOOK_EVERY = 30.0
"""Seconds between questions, or between looks at how old the value is."""

S = TypeVar("S", bound=SourceSettings)


class Source(Device[S]):
    """What both kinds share: one point, `value`."""

    transports: ClassVar[frozenset[TransportName]] = frozenset({"mqtt"})
    inquiry_timeout = 2.0

    def __init__(self, device_id: str, settings: S, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self.silence_is_offline = settings.ask is not None or settings.stale is not None
        period = min(LOOK_EVERY, (settings.stale or LOOK_EVERY) / 3)
        self.points = (self.spec(f"{period:.3f}s" if self.silence_is_offline else None),)
        self._reader = codec.Decoder(settings.topic, settings.path, settings.availability)
        self._connection = 0
        self._heard: float | None = None
        """Monotonic second of the last live message since the link came up."""
        self._there = True

    def spec(self, poll: str | None) -> PointSpec:
        """Return the point `value`, asked or looked at every `poll`."""
        raise NotImplementedError

    def meaning(self, value: float | bool | str) -> float | bool | None:  # noqa: FBT001  # what was read
        """Return what was read as the point wants it; None for rubbish."""
        raise NotImplementedError

    def decoder(self) -> codec.Decoder:
        """Return the reader of its topics."""
        return self._reader

    def topics(self) -> tuple[str, ...]:
        """Return the topics of value and availability."""
        there = self.settings.availability
        return (self.settings.topic, *(() if there is None else (there,)))

    async def handshake(self) -> None:
        """Begin anew: whatever was heard before the link was lost is old; not what ended a silence."""
        if self._connection != self._reader.connections:
            self._connection = self._reader.connections
            self._heard = None

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask, where it can be asked; else see whether the value is still young enough.

        Raises:
            NoReply: it is silent, or said to be offline.
        """
        if not self._there:
            raise NoReply("reported as offline")
        if self.settings.ask is not None:
            frame = Publish(self.settings.ask, self.settings.ask_payload.encode())
            await self.link.exchange(frame, until=_live)
        elif self.settings.stale is not None and self._age() > self.settings.stale:
            self._grow_stale()
            raise NoReply("nothing was heard for too long")

    def on_message(self, message: object) -> None:
        """Report the value; what the broker had stored is stale, and never replaces what was said since."""
        match message:
            case Reading():
                self._read(message)
            case Available(online=online):
                self._there = online
                self.link.available(online=online)
            case _:
                return

    def _read(self, reading: Reading) -> None:
        value = self.meaning(reading.value)
        if value is None:
            self.link.junk["unknown"] += 1
            return
        if not reading.retained:
            self._heard = self.link.clock.monotonic()
            self._there = True
            self.link.available(online=True)
            self.report("value", value)
        elif self._heard is None:
            self.report("value", value, Quality.STALE)

    def _age(self) -> float:
        return float("inf") if self._heard is None else self.link.clock.monotonic() - self._heard

    def _grow_stale(self) -> None:
        report = self.values.get("value")
        if report is not None and report.quality is not Quality.STALE:
            self.report("value", report.value, Quality.STALE)


class Sensor(Source[SensorSettings]):
    """A measured value. Provides Sensor."""

    kind = "sensor"

    def spec(self, poll: str | None) -> PointSpec:
        """Return the point with the unit and the ends of the settings."""
        s = self.settings
        return PointSpec("value", "number", s.unit or None, s.minimum, s.maximum, poll=poll)

    def meaning(self, value: float | bool | str) -> float | None:  # noqa: FBT001  # what was read
        """Return a number, scaled; a word or a boolean is rubbish."""
        return None if isinstance(value, bool | str) else value * self.settings.scale


class Contact(Source[ContactSettings]):
    """Something that is so or is not. Provides Sensor."""

    kind = "contact"

    def spec(self, poll: str | None) -> PointSpec:
        """Return the point."""
        return PointSpec("value", "bool", poll=poll)

    def meaning(self, value: float | bool | str) -> bool | None:  # noqa: FBT001  # what was read
        """Return true or false by the words of the settings."""
        found = codec.truth(value, self.settings.on, self.settings.off)
        return None if found is None else found is not self.settings.inverted


def _live(message: object) -> Reading | None:
    return message if isinstance(message, Reading) and not message.retained else None
