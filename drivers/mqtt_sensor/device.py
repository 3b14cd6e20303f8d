"""Sensors and contacts that publish over MQTT. They have no commands, so nothing can be done to them."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from drivers.device import Device, TransportName
from drivers.mqtt_sensor import codec
from drivers.mqtt_sensor.settings import ContactSettings, SensorSettings
from drivers.points import PointSpec, Quality
from drivers.port import Port
from drivers.transport.frames import Publish

S = TypeVar("S", SensorSettings, ContactSettings)


class Source(Device[S]):
    """What both kinds share."""

    transports: ClassVar[frozenset[TransportName]] = frozenset({"mqtt"})
    silence_is_offline = False
    inquiry_timeout = 2.0

    def decoder(self) -> codec.Decoder:
        """Return a decoder for its topic."""
        return codec.Decoder(self.settings.topic, self.settings.path)

    def topics(self) -> tuple[str, ...]:
        """Return its topic."""
        return (self.settings.topic,)

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask it to publish, where it can be asked."""
        if self.settings.ask is not None:
            frame = Publish(self.settings.ask, self.settings.ask_payload.encode())
            await self.link.exchange(frame, until=_live)

    def _tell(self, reading: codec.Reading, value: float | bool) -> None:  # noqa: FBT001  # a point's value
        self.report("value", value, Quality.STALE if reading.retained else None)


class Sensor(Source[SensorSettings]):
    """A measured value."""

    kind = "sensor"

    def __init__(self, device_id: str, settings: SensorSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self.points = (
            PointSpec(
                "value",
                "number",
                unit=settings.unit or None,
                minimum=settings.minimum,
                maximum=settings.maximum,
                poll=None if settings.ask is None else "1min",
            ),
        )

    def on_message(self, message: object) -> None:
        """Report a number; words are counted as rubbish."""
        if not isinstance(message, codec.Reading):
            return
        if isinstance(message.value, bool | str):
            self.link.junk["unknown"] += 1
            return
        self._tell(message, message.value * self.settings.scale)


class Contact(Source[ContactSettings]):
    """Something that is so or is not."""

    kind = "contact"

    def __init__(self, device_id: str, settings: ContactSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        poll = None if settings.ask is None else "1min"
        self.points = (PointSpec("value", "bool", poll=poll),)

    def on_message(self, message: object) -> None:
        """Report true or false; other words are counted as rubbish and change nothing."""
        if not isinstance(message, codec.Reading):
            return
        value = self._truth(message.value)
        if value is None:
            self.link.junk["unknown"] += 1
            return
        self._tell(message, value is not self.settings.inverted)

    def _truth(self, value: float | bool | str) -> bool | None:  # noqa: FBT001  # what was read
        if isinstance(value, bool):
            return value
        word = value if isinstance(value, str) else f"{value:g}"
        if word in self.settings.on:
            return True
        return False if word in self.settings.off else None


def _live(message: object) -> codec.Reading | None:
    return message if isinstance(message, codec.Reading) and not message.retained else None
