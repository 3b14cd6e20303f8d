"""Tasmota lamps and relay boards."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from drivers.commands import Arg, CommandSpec, RetryClass, command, renamed
from drivers.device import Device, TransportName
from drivers.points import PointSpec, Quality
from drivers.port import Port
from drivers.tasmota import codec
from drivers.tasmota.settings import TasmotaLightSettings, TasmotaRelaySettings

ANSWER = "2s"
"""RESULT follows a command; TAS-1, our own deadline."""
POLL = "10min"
"""Twice `tele`'s period of 300 s: older is stale."""

S = TypeVar("S", TasmotaLightSettings, TasmotaRelaySettings)


class Tasmota(Device[S]):
    """What both kinds share: topics, availability, questions."""

    transports: ClassVar[frozenset[TransportName]] = frozenset({"mqtt"})
    inquiry_timeout = 2.0

    @property
    def at(self) -> codec.Topics:
        """Return where it speaks and listens."""
        return codec.Topics(self.settings.full_topic, self.settings.topic)

    def decoder(self) -> codec.Decoder:
        """Return a decoder for this device's topics."""
        return codec.Decoder(self.at)

    def topics(self) -> tuple[str, ...]:
        """Return all that the device says."""
        return (self.at.of("stat", "+"), self.at.of("tele", "STATE"), self.at.of("tele", "LWT"))

    async def switch(self, relay: int, *, on: bool) -> None:
        """Switch one relay; ends when the device says that it did."""
        await self.link.exchange(codec.switch(self.at, relay, on=on), until=switched(relay, on=on))

    async def ask(self, relay: int) -> None:
        """Ask one relay; any live word about it answers."""
        await self.link.exchange(codec.ask(self.at, relay), until=tells(relay))


class TasmotaLight(Tasmota[TasmotaLightSettings]):
    """One lamp."""

    kind = "light"

    def __init__(self, device_id: str, settings: TasmotaLightSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        points = [PointSpec("power", "bool", poll=POLL)]
        if settings.dimmable:
            points.append(
                PointSpec("level", "number", unit="%", minimum=0, maximum=100, step=1, resolution=1)
            )
        if settings.tunable:
            points.append(
                PointSpec(
                    "cct", "int", unit="K", minimum=2000, maximum=6500, step=50, resolution=60
                )
            )
        self.points = tuple(points)

    def on_message(self, message: object) -> None:
        """Report what the lamp says; what was only stored at the broker is `stale`."""
        if isinstance(message, codec.Availability):
            self.report("fault", "" if message.online else "unreachable")
        if not isinstance(message, codec.State):
            return
        quality = Quality.STALE if message.retained else None
        on = dict(message.power).get(self.settings.relay)
        if on is not None:
            self.report("power", on, quality)
        if message.level is not None and self.settings.dimmable:
            self.report("level", 0 if on is False else message.level, quality)
        if message.cct is not None and self.settings.tunable:
            self.report("cct", message.cct, quality)

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask the relay, and where there is more than a relay, for all."""
        await self.ask(self.settings.relay)
        if self.settings.dimmable or self.settings.tunable:
            await self.link.exchange(codec.ask_state(self.at), until=tells(self.settings.relay))

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return the commands that this lamp has."""
        specs = super().command_specs()
        able = {n for n, has in self._abilities().items() if has}
        if not able:
            del specs["set"]
            return specs
        args = {n: a for n, a in specs["set"].args.items() if n in able}
        confirm = {n: w for n, w in specs["set"].confirm.items() if n in able}
        specs["set"] = renamed(specs["set"], args=args, confirm=confirm)
        return specs

    def _abilities(self) -> dict[str, bool]:
        return {"level": self.settings.dimmable, "cct": self.settings.tunable}

    @command(key="light", timeout=ANSWER, retries=1, confirm={"power": True})
    async def on(self) -> None:
        """Switch on."""
        await self.switch(self.settings.relay, on=True)

    @command(key="light", timeout=ANSWER, retries=1, confirm={"power": False})
    async def off(self) -> None:
        """Switch off."""
        await self.switch(self.settings.relay, on=False)

    @command(
        args={
            "level": Arg("number", 0, 100, 1, "%", optional=True),
            "cct": Arg("int", 2000, 6500, 50, "K", optional=True),
        },
        key="light",
        timeout=ANSWER,
        retries=1,
        confirm={"level": "{level}", "cct": "{cct}"},
    )
    async def set(self, level: float | None = None, cct: int | None = None) -> None:
        """Set level, colour temperature or both."""
        if level is None and cct is None:
            raise ValueError("level or cct is needed")
        if cct is not None:
            await self.link.exchange(codec.tint(self.at, cct), until=_has_cct)
        if level is not None:
            await self.link.exchange(codec.dim(self.at, level), until=_has_level)


class TasmotaRelay(Tasmota[TasmotaRelaySettings]):
    """A relay board."""

    kind = "relay"

    def __init__(self, device_id: str, settings: TasmotaRelaySettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self.points = tuple(
            PointSpec(f"ch.{n}.state", "bool", poll=POLL) for n in range(1, settings.channels + 1)
        )

    def on_message(self, message: object) -> None:
        """Report what the board says of each relay."""
        if isinstance(message, codec.Availability):
            self.report("fault", "" if message.online else "unreachable")
        if not isinstance(message, codec.State):
            return
        for relay, on in message.power:
            if relay <= self.settings.channels:
                quality = Quality.STALE if message.retained else None
                self.report(f"ch.{relay}.state", on, quality)

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask each relay."""
        for point in sorted(points):
            await self.ask(int(point.split(".")[1]))

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return the commands, with as many channels as there are."""
        channel = Arg("int", 1, self.settings.channels, 1)
        specs = super().command_specs()
        return {n: renamed(s, args={**s.args, "ch": channel}) for n, s in specs.items()}

    @command(
        args={"ch": Arg("int", 1, 32)},
        key="ch.{ch}",
        timeout=ANSWER,
        retries=1,
        confirm={"ch.{ch}.state": True},
    )
    async def on(self, ch: int) -> None:
        """Close one contact."""
        await self.switch(ch, on=True)

    @command(
        args={"ch": Arg("int", 1, 32)},
        key="ch.{ch}",
        timeout=ANSWER,
        retries=1,
        confirm={"ch.{ch}.state": False},
    )
    async def off(self, ch: int) -> None:
        """Open one contact."""
        await self.switch(ch, on=False)

    @command(
        args={"ch": Arg("int", 1, 32), "seconds": Arg("duration", 0.1, 10, 0.1, "s")},
        key="ch.{ch}",
        retry=RetryClass.RELATIVE,
        timeout=ANSWER,
        settles="12s",
        confirm={"ch.{ch}.state": False},
    )
    async def pulse(self, ch: int, seconds: float) -> None:
        """Close a contact for a while; it is opened twice, so that one lost message does not leave it closed."""
        await self.switch(ch, on=True)
        await self.link.clock.sleep(seconds)
        try:
            await self.switch(ch, on=False)
        finally:
            await self.link.send(codec.switch(self.at, ch, on=False))


def switched(relay: int, *, on: bool) -> Callable[[object], codec.State | None]:
    """Return what recognises the live word that `relay` is as asked for."""

    def until(message: object) -> codec.State | None:
        state = _live(message)
        return state if state is not None and dict(state.power).get(relay) is on else None

    return until


def tells(relay: int) -> Callable[[object], codec.State | None]:
    """Return what recognises any live word about `relay`."""

    def until(message: object) -> codec.State | None:
        state = _live(message)
        return state if state is not None and relay in dict(state.power) else None

    return until


def _has_level(message: object) -> codec.State | None:
    state = _live(message)
    return state if state is not None and state.level is not None else None


def _has_cct(message: object) -> codec.State | None:
    state = _live(message)
    return state if state is not None and state.cct is not None else None


def _live(message: object) -> codec.State | None:
    return message if isinstance(message, codec.State) and not message.retained else None
