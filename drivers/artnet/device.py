"""A light on a DMX universe, over Art-Net or sACN. One way: every value is assumed.

A change leaves at once, a fade at 40 frames a second, and the last frame is repeated about every 0.8 s (receivers give
up after 2.5 s). Nothing is sent before the first wish, and nothing at the end: the lights stay.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from drivers.artnet import codec, identity, tables
from drivers.artnet.look import Look, slots
from drivers.artnet.settings import ArtnetSettings, LightSettings, SacnSettings
from drivers.artnet.universe import Universe
from drivers.commands import Arg, CommandSpec, command, renamed
from drivers.device import Device, LinkDefaults, TransportName
from drivers.job import CommandRefused
from drivers.points import PointSpec, Quality
from drivers.port import Port

FRAME = 1 / 40
"""Seconds between the frames of a fade."""
REPEAT_AFTER = 0.6
"""Seconds of silence after which the next look at a universe repeats its last frame."""
LOOK_EVERY = "400ms"
"""How often that is looked at; so a frame is repeated every 0.8 s, and 1.1 s after a change at the latest."""
LONGEST_FADE = "60s"

L = TypeVar("L", bound=LightSettings)


class Light(Device[L]):
    """One light. Provides Power, Dimmer and, where the fixture has it, ColourTemperature."""

    kind = "light"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"udp"})
    silence_is_offline = False
    protocol: ClassVar[codec.Protocol]
    first_sequence: ClassVar[int]

    def __init__(self, device_id: str, settings: L, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self._tunable = settings.fixture in tables.TUNABLE
        level = PointSpec("level", "number", "%", 0, 100, 1, 0.5, poll=LOOK_EVERY)
        cct = PointSpec("cct", "int", "K", settings.warm, settings.cold, 50, 25)
        self.points = (PointSpec("power", "bool"), level, *((cct,) if self._tunable else ()))
        self._universe = link.shared(
            f"{self.protocol} {settings.universe}", lambda: Universe(self.first_sequence)
        )
        self._look = Look(0.0, float(settings.warm))
        self._last_level = 100.0

    def packet(self, values: bytes) -> bytes:
        """Return all slots of the universe as the next packet."""
        raise NotImplementedError

    def decoder(self) -> codec.Decoder:
        """Return the reader of packets; a node's own (poll answers) are junk to a light."""
        return codec.Decoder()

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands; `cct` only where the fixture has it, between its warm and its cold end."""
        specs = super().command_specs()
        args, effects = dict(specs["set"].args), dict(specs["set"].effects)
        if self._tunable:
            ends = self.settings.warm, self.settings.cold
            args["cct"] = Arg("int", *ends, 50, "K", optional=True)
        else:
            del args["cct"], effects["cct"]
        specs["set"] = renamed(specs["set"], args=args, effects=effects)
        return specs

    @command(key="look", answers="none", effects={"power": True})
    async def on(self) -> None:
        """Switch on, to the level it had before it was switched off; 100 % where that is not known."""
        await self._go(Look(self._look.level or self._last_level, self._look.cct), 0.0)

    @command(key="look", answers="none", effects={"power": False, "level": 0})
    async def off(self) -> None:
        """Switch off."""
        await self._go(Look(0.0, self._look.cct), 0.0)

    @command(
        args={
            "level": Arg("number", 0, 100, 1, "%", optional=True),
            "cct": Arg("int", 2000, 6500, 50, "K", optional=True),
            "fade": Arg("duration", 0, 60, unit="s", optional=True),
        },
        key="look",
        answers="none",
        settles=LONGEST_FADE,
        effects={"level": "{level}", "cct": "{cct}"},
    )
    async def set(
        self, level: float | None = None, cct: float | None = None, fade: float = 0.0
    ) -> None:
        """Go to a level in percent and a colour temperature in kelvin within `fade` seconds, from where it is now."""
        now = self._look
        goal = Look(now.level if level is None else level, now.cct if cct is None else cct)
        await self._go(goal, fade)

    async def refresh(self, points: frozenset[str]) -> None:
        """Repeat the last frame when it is due: receivers forget a source that has fallen silent."""
        if not self._universe.live:
            return
        async with self._universe.turn:
            if self._universe.age(self.link.clock.monotonic()) >= REPEAT_AFTER:
                await self._send(self._universe.slots)
        self._tell()

    async def _go(self, goal: Look, fade: float) -> None:
        self._refuse_overlap()
        clock, start = self.link.clock, self._look
        began = clock.monotonic()
        try:
            while (passed := clock.monotonic() - began) < fade:
                await self._show(start.toward(goal, passed / fade), hurry=False)
                await clock.sleep(FRAME)
            await self._show(goal, hurry=True)
            self._last_level = goal.level or self._last_level
        finally:
            self._tell()

    def _refuse_overlap(self) -> None:
        """Refuse while another light has one of our slots: each would undo what the other does."""
        for other in self.link.neighbours():
            if other is self or not isinstance(other, Light):
                continue
            theirs: LightSettings = other.settings
            same = type(other) is type(self) and theirs.universe == self.settings.universe
            if same and set(theirs.slots) & set(self.settings.slots):
                raise CommandRefused("misconfigured", device=other.id, why="overlapping slots")

    async def _show(self, look: Look, *, hurry: bool) -> None:
        """Send the universe with this look; a step of a fade is left out when a neighbour's has just gone."""
        universe = self._universe
        async with universe.turn:
            if not hurry and universe.age(self.link.clock.monotonic()) < FRAME * 0.9:
                return
            values = slots(self.settings, look)
            await self._send(universe.changed(self.settings.slots, values))
            self._look = look

    async def _send(self, values: bytes) -> None:
        await self.link.send(self.packet(values))
        self._universe.sent(values, self.link.clock.monotonic())

    def _tell(self) -> None:
        """Report the look, where it is what was last sent; after a reload the universe may hold another one."""
        place, universe = self.settings.slots, self._universe
        sent = universe.slots[place.start : place.stop]
        if not universe.live or sent != slots(self.settings, self._look):
            return
        values: dict[str, Any] = {"power": self._look.level > 0, "level": self._look.level}
        if self._tunable:
            values["cct"] = round(self._look.cct)
        self.report_many(values, Quality.ASSUMED)


class ArtnetLight(Light[ArtnetSettings]):
    """A light behind an Art-Net node."""

    defaults = LinkDefaults(port=tables.ARTNET_PORT, shared=True)
    protocol = "artnet"
    first_sequence = 1

    def packet(self, values: bytes) -> bytes:
        """Return all slots of the universe as the next Art-Net packet."""
        return codec.artnet(self.settings.universe, self._universe.next_sequence(), values)


class SacnLight(Light[SacnSettings]):
    """A light behind an sACN node."""

    defaults = LinkDefaults(port=tables.SACN_PORT, shared=True)
    protocol = "sacn"
    first_sequence = 0

    def packet(self, values: bytes) -> bytes:
        """Return all slots of the universe as the next sACN packet."""
        source = codec.Source(identity.cid(self.settings.cid), "roomd", self.settings.priority)
        return codec.sacn(source, self.settings.universe, self._universe.next_sequence(), values)
