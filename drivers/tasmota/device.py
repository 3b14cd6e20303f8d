"""Tasmota lamps and relay boards. Only the device's own answer confirms; the broker's tells nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from drivers.commands import Arg, CommandSpec, RetryClass, command, renamed
from drivers.device import Device, TransportName
from drivers.errors import NoReply, Refused, Unreachable
from drivers.execute import Mismatch
from drivers.points import PointSpec, Quality
from drivers.port import Port
from drivers.tasmota import codec
from drivers.tasmota.codec import LastWill, Order, Status
from drivers.tasmota.settings import TasmotaLightSettings, TasmotaRelaySettings, TasmotaSettings
from drivers.transport.frames import Publish

ANSWER = "2s"
"""For a RESULT (protocols.md 9)."""
ASK_EVERY = "60s"
"""Changes are pushed and telemetry comes every 300 s; asking finds a device whose connection died unseen."""

S = TypeVar("S", bound=TasmotaSettings)


class Tasmota(Device[S]):
    """What lamps and relay boards share: topics, answers, last will."""

    transports: ClassVar[frozenset[TransportName]] = frozenset({"mqtt"})
    inquiry_timeout = 2.0

    def __init__(self, device_id: str, settings: S, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self._there = True
        self._live = False
        """Something was said since the link came up; what the broker stored is older."""

    def relays(self) -> tuple[int, ...]:
        """Return the numbers of its relays that matter."""
        raise NotImplementedError

    def tell(self, status: Status, quality: Quality | None) -> None:
        """Report what a status says."""
        raise NotImplementedError

    def decoder(self) -> codec.Decoder:
        """Return the reader of its topics."""
        return codec.Decoder(self.settings.at("stat", ""), self.settings.at("tele", ""))

    def topics(self) -> tuple[str, ...]:
        """Return the topics of its answers, its telemetry and its last will."""
        at = self.settings.at
        plain = [at("stat", f"POWER{n}") for n in self.relays()]
        if 1 in self.relays():
            plain.append(at("stat", "POWER"))
        return at("stat", "RESULT"), at("tele", "STATE"), at("tele", "LWT"), *plain

    async def handshake(self) -> None:
        """Begin anew: whatever was heard before the link was lost is old."""
        self._live = False

    def on_message(self, message: object) -> None:
        """Report a status; take the broker's word on who is connected."""
        match message:
            case LastWill(online=online):
                self._there = online
                self.link.available(online=online)
            case Status(retained=True) if self._live:
                return
            case Status():
                self._live = self._live or not message.retained
                # A will may be published late, after the device has come back: what it says itself counts.
                self._there = self._there or not message.retained
                self.tell(message, Quality.STALE if message.retained else None)
            case _:
                return

    async def ask(self, order: Order, until: Callable[[Status], bool]) -> None:
        """Ask for one value; ends when an answer names it."""
        await self.link.exchange(self._publish(order), until=_answer(until))

    async def order(
        self, order: Order, names: Callable[[Status], Any], point: str, wish: Any
    ) -> None:
        """Send a wish; ends when the device says that it is so, or has only said other things until the end.

        Args:
            order: what to send.
            names: gives the value in question, as in `wish`, or None where a status does not name it.
            point: the point that it is.
            wish: the value that was asked for.

        Raises:
            NoReply: nothing of it was heard.
            Mismatch: it was heard, with another value.
            Refused: the device did not understand.
            Unreachable: the broker says that the device is gone.
        """
        if not self._there:
            raise Unreachable("the broker says that it is offline")
        contradicted = False

        def fits(status: Status) -> bool:
            nonlocal contradicted
            value = names(status)
            if value is not None:
                contradicted = value != wish
            return bool(value == wish)

        try:
            await self.link.exchange(self._publish(order), until=_answer(fits, refuses=True))
        except NoReply:
            if contradicted:
                raise Mismatch(point, wish, self.value(point)) from None
            raise

    def say(self, point: str, value: float | bool, quality: Quality | None) -> None:  # noqa: FBT001  # a point's value
        """Report a value, unless it only repeats an answer: after RESULT the same comes once more as plain text."""
        last = self.values.get(point)
        repeated = last is not None and last.value == value and last.quality is Quality.CONFIRMED
        if quality is not None or self.link.answering or not repeated:
            self.report(point, value, quality)

    def _publish(self, order: Order) -> Publish:
        return Publish(self.settings.at("cmnd", order[0]), order[1])


class TasmotaLight(Tasmota[TasmotaLightSettings]):
    """One lamp. Provides Power, and Dimmer and ColourTemperature where the settings say so."""

    kind = "light"

    def __init__(self, device_id: str, settings: TasmotaLightSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        level = PointSpec("level", "number", "%", 0, 100, 1, 0.5, poll=ASK_EVERY)
        # One mired is 42 K at the cold end: finer than that nobody can know.
        cct = PointSpec("cct", "int", "K", 2000, 6500, 50, 45, poll=ASK_EVERY)
        self.points = (
            PointSpec("power", "bool", poll=ASK_EVERY),
            *((level,) if settings.dimmable else ()),
            *((cct,) if settings.tunable else ()),
        )
        self._on: bool | None = None
        self._dimmer: int | None = None

    def relays(self) -> tuple[int, ...]:
        """Return the number of its relay."""
        return (self.settings.relay,)

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands; `set` has the arguments that the lamp has, or is not there at all."""
        specs = super().command_specs()
        has = {"level": self.settings.dimmable, "cct": self.settings.tunable}
        spec = specs.pop("set")
        if any(has.values()):
            args = {name: arg for name, arg in spec.args.items() if has[name]}
            confirm = {name: wish for name, wish in spec.confirm.items() if has[name]}
            specs["set"] = renamed(spec, args=args, confirm=confirm)
        return specs

    @command(key="look", timeout=ANSWER, retries=1, confirm={"power": True})
    async def on(self) -> None:
        """Switch on."""
        await self._switch(on=True)

    @command(key="look", timeout=ANSWER, retries=1, confirm={"power": False})
    async def off(self) -> None:
        """Switch off."""
        await self._switch(on=False)

    @command(
        args={
            "level": Arg("number", 0, 100, 1, "%", optional=True),
            "cct": Arg("int", 2000, 6500, 50, "K", optional=True),
        },
        key="look",
        timeout=ANSWER,
        retries=1,
        settles="4s",
        confirm={"level": "{level}", "cct": "{cct}"},
    )
    async def set(self, level: float | None = None, cct: float | None = None) -> None:
        """Go to a level in percent (0 is off) and a colour temperature in kelvin."""
        if level is None and cct is None:
            raise ValueError("set needs level or cct")
        if cct is not None:
            mired = codec.mired(cct)
            await self.order(codec.ct(mired), lambda s: s.ct, "cct", mired)
        if level == 0:
            await self._switch(on=False)
        elif level is not None:
            wish = codec.percent(level)
            await self.order(codec.dimmer(level), lambda s: s.dimmer, "level", wish)

    async def _switch(self, *, on: bool) -> None:
        relay = self.settings.relay
        await self.order(codec.power(relay, on=on), lambda s: s.power.get(relay), "power", on)

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for power, level and colour temperature, whichever are wanted."""
        relay = self.settings.relay
        if points & {"power", "level"}:
            await self.ask(codec.power(relay, on=None), lambda s: relay in s.power)
        if "level" in points:
            await self.ask(codec.dimmer(None), lambda s: s.dimmer is not None)
        if "cct" in points:
            await self.ask(codec.ct(None), lambda s: s.ct is not None)

    def tell(self, status: Status, quality: Quality | None) -> None:
        """Report power, level and colour temperature."""
        on = status.power.get(self.settings.relay)
        self._on = self._on if on is None else on
        self._dimmer = self._dimmer if status.dimmer is None else status.dimmer
        if on is not None:
            self.say("power", on, quality)
        if self.settings.dimmable and (on is not None or status.dimmer is not None):
            self._tell_level(quality)
        if self.settings.tunable and status.ct is not None:
            self.say("cct", codec.kelvin(status.ct), quality)

    def _tell_level(self, quality: Quality | None) -> None:
        """Report the light that it gives: while it is off, `Dimmer` is only what it will have."""
        if self._on is False:
            self.say("level", 0, quality)
        elif self._dimmer is not None:
            self.say("level", self._dimmer, quality)


class TasmotaRelay(Tasmota[TasmotaRelaySettings]):
    """A relay board. Provides Relay."""

    kind = "relay"

    def __init__(self, device_id: str, settings: TasmotaRelaySettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self.points = tuple(
            PointSpec(f"ch.{n}.state", "bool", poll=ASK_EVERY) for n in self.relays()
        )

    def relays(self) -> tuple[int, ...]:
        """Return the numbers of its relays."""
        return tuple(range(1, self.settings.channels + 1))

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands; `ch` goes as far as the board has relays."""
        ch = Arg("int", 1, self.settings.channels, 1)
        specs = super().command_specs()
        return {n: renamed(s, args={**s.args, "ch": ch}) for n, s in specs.items()}

    @command(
        args={"ch": Arg("int", 1, 32)},
        key="ch.{ch}",
        timeout=ANSWER,
        retries=1,
        confirm={"ch.{ch}.state": True},
    )
    async def on(self, ch: int) -> None:
        """Close relay `ch`, counted from 1."""
        await self._switch(ch, on=True)

    @command(
        args={"ch": Arg("int", 1, 32)},
        key="ch.{ch}",
        timeout=ANSWER,
        retries=1,
        confirm={"ch.{ch}.state": False},
    )
    async def off(self, ch: int) -> None:
        """Open relay `ch`, counted from 1."""
        await self._switch(ch, on=False)

    @command(
        args={"ch": Arg("int", 1, 32), "seconds": Arg("duration", 0.1, 10, 0.1, "s")},
        retry=RetryClass.RELATIVE,
        timeout=ANSWER,
        settles="14s",
        confirm={"ch.{ch}.state": False},
    )
    async def pulse(self, ch: int, seconds: float) -> None:
        """Close relay `ch` for 0.1 to 10 s; it is opened twice, so that one lost message does not leave it closed."""
        await self._switch(ch, on=True)
        await self.link.clock.sleep(seconds)
        await self.link.send(self._publish(codec.power(ch, on=False)))
        await self._switch(ch, on=False)

    async def _switch(self, ch: int, *, on: bool) -> None:
        order = codec.power(ch, on=on)
        await self.order(order, lambda s: s.power.get(ch), f"ch.{ch}.state", on)

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for each relay that is wanted."""
        for ch in self.relays():
            if f"ch.{ch}.state" in points:
                await self._ask_relay(ch)

    async def _ask_relay(self, ch: int) -> None:
        await self.ask(codec.power(ch, on=None), lambda s: ch in s.power)

    def tell(self, status: Status, quality: Quality | None) -> None:
        """Report the relays that are named."""
        for ch, closed in status.power.items():
            if ch <= self.settings.channels:
                self.say(f"ch.{ch}.state", closed, quality)


def _answer(
    fits: Callable[[Status], bool], *, refuses: bool = False
) -> Callable[[object], Status | None]:
    """Return what waits for a live answer that `fits`; a "no" is an answer too where it `refuses`."""

    def until(message: object) -> Status | None:
        if not isinstance(message, Status) or message.retained or not message.answer:
            return None
        if refuses and message.refused:
            raise Refused("Unknown", "the device does not know this command")
        return message if fits(message) else None

    return until
