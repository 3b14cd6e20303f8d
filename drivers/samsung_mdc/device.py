"""One display. It is told one thing at a time, asked with one question, and read back after it was told something."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from drivers.commands import Arg, CommandSpec, command, renamed
from drivers.device import Device, LinkDefaults, TransportName, Waking
from drivers.errors import NoReply, Refused
from drivers.points import PointSpec, PointValue
from drivers.port import Port
from drivers.samsung_mdc import codec
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.tables import BAUD, LOUDEST, OFF, ON, PORT, Command
from drivers.transport.wake_on_lan import caller

POLL = "15s"
TTL = 10.0
"""Seconds that a command may wait for its turn."""
SETTLES = "5s"
"""Time for reading back until a value shows. Unverified: input and sound follow at once in MDC-1's examples."""
SWITCHES = "30s"
"""The same for power; unverified."""
MISSES = 3
"""Unanswered questions for its health in a row, after which a model counts as one that does not tell it."""


class Display(Device[MdcSettings]):
    """One Samsung display. Provides Power, InputSelect, Gain and Mute.

    An answer does not say whether the display was told something or asked. So the answer to a command is not taken for
    a value, and what is read back is the status, whose answer cannot be confused with a late one.
    """

    kind = "display"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"serial", "tcp"})
    defaults = LinkDefaults(port=PORT, baud=BAUD, shared=True)
    bare_replies = True

    def __init__(self, device_id: str, settings: MdcSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self.points = _points(settings)
        self._answer: object = None
        """The last answer to a question of ours."""
        self._told: set[int] = set()
        """Commands that were sent and not read back since: answers to them are no values."""
        self._off_since: float | None = None
        """Monotonic second since when it is off, as far as we know; None: it is on, or was always off."""
        self._without_status: set[str] = set()
        """When it does not answer the status: `on`, `off`."""
        self._misses = 0
        """How often in a row it did not tell its health."""

    def decoder(self) -> codec.Decoder:
        """Return the reader of its answers."""
        return codec.Decoder()

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands, with its own inputs, without what the model cannot do."""
        specs = super().command_specs()
        wait = self.settings.pause_after_off
        wake = self.settings.wake_time if self.settings.mac is not None else 0.0
        # A wish to switch on waits for the pause, and for the network to wake.
        specs["power_on"] = renamed(specs["power_on"], ttl=TTL + wait + wake)
        choice = Arg("enum", values=tuple(self.settings.names))
        specs["input"] = renamed(specs["input"], args={"input": choice})
        return {name: spec for name, spec in specs.items() if name not in self.settings.without}

    # -- what it hears --------------------------------------------------------------------------------------------

    def on_message(self, message: object) -> None:
        """Report what an answer says, asked for or not; other displays' answers pass by here too."""
        if not isinstance(message, codec.Reply) or message.display != self.settings.display:
            return
        if not message.accepted:
            return
        if message.command == Command.STATUS:
            self._told.clear()
        elif message is self._answer:
            self._told.discard(message.command)
        elif message.command in self._told:
            return
        self._report(codec.parse_status(message))
        if (errors := codec.parse_errors(message)) is not None:
            self.report("temperature", errors.temperature)
            self.report("fault", " ".join(errors.broken))

    def _report(self, status: codec.Status) -> None:
        if status.on is not None:
            self._powered(on=status.on)
        if status.source is not None:
            self._declared("input", self.settings.name_of(status.source))
        if status.volume is not None:
            self._declared("volume", status.volume)
        if status.mute is not None:
            self._declared("mute", status.mute)

    def _powered(self, *, on: bool) -> None:
        if on:
            self._off_since = None
        elif self.value("power") == "on":
            self._went_off()
        self.report("power", "on" if on else "off")

    def _went_off(self) -> None:
        if self._off_since is None:
            self._off_since = self.link.clock.monotonic()

    def _declared(self, point: str, value: PointValue) -> None:
        if self.point(point) is not None:
            self.report(point, value)

    # -- asking ---------------------------------------------------------------------------------------------------

    async def handshake(self) -> None:
        """Forget what the last connection's display did not answer: it may be another model now."""
        self._without_status.clear()
        self._misses = 0

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for these points: all but the temperature are in the status."""
        if not await self._status():
            await self._ask(Command.POWER)
            if self.value("power") == "on":
                for wanted in self._parts(points):
                    await self._ask_if_possible(wanted)
        if "temperature" in points and self._misses < MISSES:
            answered = await self._ask_if_possible(Command.ERRORS)
            self._misses = 0 if answered else self._misses + 1

    def _parts(self, points: frozenset[str]) -> list[Command]:
        known = {"input": Command.INPUT, "volume": Command.VOLUME, "mute": Command.MUTE}
        return [number for point, number in known.items() if point in points]

    async def _status(self) -> bool:
        """Ask for the status; return False where this model does not tell it, or not while it is off (unverified)."""
        power = self.value("power")
        off = self._off_since is not None or power != "on"
        state = "off" if off else "on"
        if state in self._without_status:
            return False
        try:
            await self._ask(Command.STATUS)
        except Refused:
            self._without_status |= {"on", "off"} if power is None else {state}
        except NoReply:
            if not off:
                raise
            self._without_status.add(state)
        return state not in self._without_status

    async def _ask_if_possible(self, wanted: Command) -> bool:
        """Ask; return whether it answered. It did answer something just now, so silence means that it cannot."""
        try:
            await self._ask(wanted)
        except (Refused, NoReply):
            return False
        return True

    async def _ask(self, wanted: Command) -> None:
        display = self.settings.display
        fits = codec.told(display, wanted)

        def until(message: object) -> object | None:
            answer = fits(message)
            self._answer = answer if answer is not None else self._answer
            return answer

        await self.link.exchange(codec.ask(display, wanted), until=until)

    async def probe(self) -> None:
        """Ask whether it is on."""
        await self._ask(Command.POWER)

    # -- power ----------------------------------------------------------------------------------------------------

    def waking(self, command: str) -> Waking | None:
        """Return the Wake-on-LAN packet for `power_on`, where the room file has its MAC address."""
        mac, host = self.settings.mac, self.link.host
        if command != "power_on" or mac is None or not host:
            return None

        async def prepare() -> Callable[[], bytes]:
            await self._pause()
            return await caller(mac, host, self.settings.wake_port)

        return Waking(self.settings.pause_after_off + self.settings.wake_time, prepare)

    @command(key="power", retries=1, settles=SWITCHES, confirm={"power": "on"})
    async def power_on(self) -> None:
        """Switch on; ends when it reports that it is on."""
        await self._pause()
        on = codec.power(self.settings.display, on=True)
        await self._tell(Command.POWER, on, ON)

    @command(key="power", retries=1, settles=SWITCHES, confirm={"power": "off"})
    async def power_off(self) -> None:
        """Switch off; ends when it reports that it is off."""
        off = codec.power(self.settings.display, on=False)
        await self._tell(Command.POWER, off, OFF)
        self._went_off()

    async def _pause(self) -> None:
        """Wait until it has been off for long enough to be switched on again. MDC-4."""
        if self._off_since is not None:
            passed = self.link.clock.monotonic() - self._off_since
            await self.link.clock.sleep(max(0.0, self.settings.pause_after_off - passed))

    # -- picture and sound ----------------------------------------------------------------------------------------

    @command(
        args={"input": Arg("enum")},
        key="input",
        retries=1,
        settles=SETTLES,
        confirm={"input": "{input}"},
    )
    async def input(self, input: str) -> None:  # noqa: A002  # the argument is named like its point
        """Select an input."""
        source = self.settings.names[input]
        await self._tell(Command.INPUT, codec.select(self.settings.display, source), source)

    @command(
        args={"volume": Arg("int", 0, LOUDEST, 1, "%")},
        key="volume",
        retries=1,
        settles=SETTLES,
        confirm={"volume": "{volume}"},
    )
    async def volume(self, volume: int) -> None:
        """Set the volume of its loudspeaker in percent, 0..100."""
        await self._tell(Command.VOLUME, codec.volume(self.settings.display, volume), volume)

    @command(
        args={"mute": Arg("bool")},
        key="mute",
        retries=1,
        settles=SETTLES,
        confirm={"mute": "{mute}"},
    )
    async def mute(self, *, mute: bool) -> None:
        """Silence its loudspeaker, or let it sound."""
        frame = codec.mute(self.settings.display, on=mute)
        await self._tell(Command.MUTE, frame, ON if mute else OFF)

    async def _tell(self, what: Command, frame: bytes, value: int) -> None:
        self._told.add(what)
        await self.link.exchange(frame, until=codec.accepted(self.settings.display, what, value))


def _points(settings: MdcSettings) -> tuple[PointSpec, ...]:
    points = (
        PointSpec("power", "enum", values=("off", "on"), poll=POLL),
        PointSpec("input", "enum", values=tuple(settings.names), poll=POLL),
        PointSpec("volume", "int", "%", 0, LOUDEST, 1, poll=POLL),
        PointSpec("mute", "bool", poll=POLL),
        PointSpec("temperature", "int", "°C", 0, 255, poll="60s"),
    )
    return tuple(p for p in points if p.name not in settings.without)
