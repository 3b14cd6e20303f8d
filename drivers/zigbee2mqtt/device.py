"""A light behind Zigbee2MQTT. Only its own state message confirms."""

from __future__ import annotations

from typing import ClassVar

from drivers.commands import Arg, CommandSpec, command, renamed
from drivers.device import Device, TransportName
from drivers.errors import NoReply, Unreachable
from drivers.execute import Mismatch, same
from drivers.points import PointSpec, Quality
from drivers.port import Port
from drivers.transport.frames import Publish
from drivers.zigbee2mqtt import codec
from drivers.zigbee2mqtt.codec import Available, Bridge, State
from drivers.zigbee2mqtt.settings import Zigbee2mqttSettings

ANSWER = "3s"
"""For the state message after a wish, the fade not counted (protocols.md 11)."""
ASK_EVERY = "60s"
"""Changes are pushed; this only finds a lamp that was cut off."""


class Zigbee2mqttLight(Device[Zigbee2mqttSettings]):
    """One light or group. Provides Power, and Dimmer and ColourTemperature where the settings say so."""

    kind = "light"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"mqtt"})
    inquiry_timeout = 3.0

    def __init__(self, device_id: str, settings: Zigbee2mqttSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        level = PointSpec("level", "number", "%", 0, 100, 1, 0.5)
        # One mired is 42 K at the cold end: finer than that nobody can know.
        cct = PointSpec("cct", "int", "K", settings.warm, settings.cold, 50, 45)
        self.points = (
            PointSpec("power", "bool", poll=ASK_EVERY),
            *((level,) if settings.dimmable else ()),
            *((cct,) if settings.tunable else ()),
        )
        self._bridge = True
        self._there = True
        self._live = False
        """Something was said since the link came up; what the broker stored is older."""
        self._brightness: int | None = None
        self._on: bool | None = None

    def decoder(self) -> codec.Decoder:
        """Return the reader of its topics."""
        return codec.Decoder(self.settings.base_topic, self.settings.name)

    def topics(self) -> tuple[str, ...]:
        """Return the topics of its state, its availability and the bridge's state."""
        topic = self.settings.topic
        return topic, f"{topic}/availability", f"{self.settings.base_topic}/bridge/state"

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands; `set` has the arguments that the light has, or is not there at all."""
        specs = super().command_specs()
        has = {"level": self.settings.dimmable, "cct": self.settings.tunable}
        if not any(has.values()):
            del specs["set"]
            return specs
        spec = specs["set"]
        args = {name: arg for name, arg in spec.args.items() if has.get(name, True)}
        if self.settings.tunable:
            args["cct"] = Arg("int", self.settings.warm, self.settings.cold, 50, "K", optional=True)
        confirm = {name: wish for name, wish in spec.confirm.items() if has[name]}
        specs["set"] = renamed(spec, args=args, confirm=confirm)
        return specs

    @command(key="look", timeout=ANSWER, retries=1, confirm={"power": True})
    async def on(self) -> None:
        """Switch on."""
        await self._wish(State(on=True), 0.0)

    @command(key="look", timeout=ANSWER, retries=1, confirm={"power": False})
    async def off(self) -> None:
        """Switch off."""
        await self._wish(State(on=False), 0.0)

    @command(
        args={
            "level": Arg("number", 0, 100, 1, "%", optional=True),
            "cct": Arg("int", 2000, 6500, 50, "K", optional=True),
            "fade": Arg("duration", 0, 60, unit="s", optional=True),
        },
        key="look",
        timeout=ANSWER,
        retries=1,
        settles="63s",
        confirm={"level": "{level}", "cct": "{cct}"},
    )
    async def set(
        self, level: float | None = None, cct: float | None = None, fade: float = 0.0
    ) -> None:
        """Go to a level in percent (0 is off) and a colour temperature in kelvin within `fade` seconds."""
        if level is None and cct is None:
            raise ValueError("set needs level or cct")
        warmth = None if cct is None else codec.mired(cct)
        if level == 0:
            await self._wish(State(on=False, color_temp=warmth), fade)
            return
        bright = None if level is None else codec.brightness(level)
        await self._wish(State(None if bright is None else True, bright, warmth), fade)

    async def handshake(self) -> None:
        """Begin anew: whatever was heard before the link was lost is old."""
        self._live = False

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for the whole state; a lamp that Zigbee2MQTT calls offline is not asked, it would flood the radio."""
        if not (self._bridge and self._there):
            raise NoReply("Zigbee2MQTT says that it is offline")
        frame = Publish(f"{self.settings.topic}/get", codec.question())
        await self.link.exchange(frame, until=_live)

    def on_message(self, message: object) -> None:
        """Report states; take the bridge's word on who is there."""
        match message:
            case State(retained=True) if self._live:
                return
            case State():
                self._live = self._live or not message.retained
                self._tell(message)
            case Available(online=online):
                self._there = online
                self.link.available(online=online and self._bridge)
            case Bridge(online=online):
                self._bridge = online
                self.link.available(online=online and self._there)
            case _:
                return

    async def _wish(self, wish: State, fade: float) -> None:
        """Send a wish; ends when the light says that it is so, or has only said other things until the end."""
        if not self._bridge:
            raise Unreachable("Zigbee2MQTT is offline")
        frame = Publish(f"{self.settings.topic}/set", codec.wish(wish, fade))
        contradicted = False

        def until(message: object) -> State | None:
            nonlocal contradicted
            if not isinstance(message, State) or message.retained or not message.mentions(wish):
                return None
            contradicted = not message.has(wish)
            return None if contradicted else message

        try:
            await self.link.exchange(frame, until=until, timeout=3.0 + fade)
        except NoReply:
            if contradicted:
                self._complain(wish)
            raise

    def _complain(self, wish: State) -> None:
        """Raise `Mismatch` for the first point that is not as wished."""
        level = None if wish.brightness is None else codec.level(wish.brightness)
        warmth = None if wish.color_temp is None else codec.kelvin(wish.color_temp)
        for point, wished in (("power", wish.on), ("level", level), ("cct", warmth)):
            if wished is not None and not same(self.point(point), self.value(point), wished):
                raise Mismatch(point, wished, self.value(point))

    def _tell(self, state: State) -> None:
        quality = Quality.STALE if state.retained else None
        self._on = self._on if state.on is None else state.on
        self._brightness = self._brightness if state.brightness is None else state.brightness
        if state.on is not None:
            self.report("power", state.on, quality)
        if self.settings.dimmable and (state.on is not None or state.brightness is not None):
            self._tell_level(quality)
        if self.settings.tunable and state.color_temp is not None:
            self.report("cct", codec.kelvin(state.color_temp), quality)

    def _tell_level(self, quality: Quality | None) -> None:
        """Report the light that the lamp gives: while it is off it still names the brightness it will have."""
        if self._on is False:
            self.report("level", 0, quality)
        elif self._brightness is not None:
            self.report("level", codec.level(self._brightness), quality)


def _live(message: object) -> State | None:
    """Return a state that was said just now and tells whether the light is on."""
    if not isinstance(message, State) or message.retained or message.on is None:
        return None
    return message
