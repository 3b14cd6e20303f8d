"""Relay boards and sequenced power on Modbus. A switched relay is confirmed by the board's echo and by reading back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar, TypeVar

from drivers.clock import deadline
from drivers.commands import Arg, CommandSpec, Priority, RetryClass, command, renamed
from drivers.device import Device, LinkDefaults, TransportName
from drivers.errors import DriverError, Refused
from drivers.execute import Mismatch
from drivers.job import Job, current_job
from drivers.modbus import codec
from drivers.modbus.settings import RelaySettings, SequencerSettings
from drivers.modbus.tables import TCP_PORT, ExceptionCode, Framing
from drivers.points import PointSpec, Quality
from drivers.port import Port

BUSY = frozenset({str(ExceptionCode.ACKNOWLEDGE), str(ExceptionCode.BUSY)})
"""Exceptions that mean: ask again."""
BUSY_PAUSE = 0.2
"""Seconds before asking again."""
BUSY_TRIES = 2
SILENCE = 4
"""Characters of silence between frames; the specification asks for 3.5. MODBUS."""
GAP = 0.004
"""That silence at 9600 baud, in seconds; slower lines are given more."""
READ_BACK = "3s"
"""Time for reading back until a relay shows what it was told, or counts as stuck."""
LOOKS = 4
"""How often a relay is read back before it counts as stuck."""
LOOK_AGAIN = 0.5
"""Seconds between these."""
GIVE_UP = 30.0
"""Seconds for which the end of a pulse is tried, a lost line included."""
ANSWER = "300ms"
CHANNEL = Arg("int", 1, 64)

S = TypeVar("S", bound=RelaySettings)


class Board(Device[S]):
    """What relay boards and sequencers have in common. Provides Relay."""

    transports: ClassVar[frozenset[TransportName]] = frozenset({"serial", "tcp"})
    defaults = LinkDefaults(port=TCP_PORT, baud=9600, gap=GAP, shared=True)
    inquiry_timeout = 0.3

    def __init__(self, device_id: str, settings: S, link: Port) -> None:
        super().__init__(device_id, settings, link)
        wiring = settings.transport
        if wiring == "auto":
            # Only a serial line takes time for a byte.
            wiring = "rtu" if link.wire_time(1) > 0 else "tcp"
        self.framing: Framing = "tcp" if wiring == "tcp" else "rtu"
        # An RTU answer does not say which coils it is about.
        self.bare_replies = self.framing == "rtu"
        # One reading gives all channels, so only the first one is asked for by the clock.
        self.points = tuple(
            PointSpec(f"ch.{n}.state", "bool", poll="5s" if n == 1 else None)
            for n in self._channels
        )
        self._transaction = 0
        self._pulsed: dict[int, object] = {}
        """Channel -> mark of the pulse that has closed it and must open it."""
        self._releases: set[asyncio.Task[None]] = set()

    @property
    def _channels(self) -> range:
        return range(1, self.settings.channels + 1)

    def decoder(self) -> codec.RtuDecoder | codec.TcpDecoder:
        """Return the reader of answers for its wiring."""
        return codec.RtuDecoder() if self.framing == "rtu" else codec.TcpDecoder()

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands, with its own number of channels."""
        channel = Arg("int", 1, self.settings.channels)
        specs = super().command_specs()
        for name, spec in specs.items():
            if "channel" in spec.args:
                specs[name] = renamed(spec, args={**spec.args, "channel": channel})
        for name, state in (("all_on", True), ("all_off", False)):
            specs[name] = renamed(specs[name], confirm=self._all(state=state))
        return specs

    def _all(self, *, state: bool) -> Mapping[str, bool]:
        return {f"ch.{n}.state": state for n in self._channels}

    async def handshake(self) -> None:
        """Open what a pulse left closed when the line was lost."""
        for channel in sorted(self._pulsed):
            await self._write(channel, on=False)
            self._pulsed.pop(channel, None)

    async def refresh(self, points: frozenset[str]) -> None:
        """Read all channels at once."""
        await self._read()

    @command(
        args={"channel": CHANNEL},
        key="ch.{channel}",
        timeout=ANSWER,
        settles=READ_BACK,
        confirm={"ch.{channel}.state": True},
    )
    async def on(self, channel: int) -> None:
        """Close one contact."""
        await self._switch(channel, on=True)

    @command(
        args={"channel": CHANNEL},
        key="ch.{channel}",
        timeout=ANSWER,
        settles=READ_BACK,
        confirm={"ch.{channel}.state": False},
    )
    async def off(self, channel: int) -> None:
        """Open one contact."""
        await self._switch(channel, on=False)

    @command(
        args={"channel": CHANNEL, "seconds": Arg("duration", 0.1, 10, unit="s")},
        retry=RetryClass.RELATIVE,
        timeout=ANSWER,
        settles="15s",
        confirm={"ch.{channel}.state": False},
    )
    async def pulse(self, channel: int, seconds: float) -> None:
        """Close one contact for 0.1 to 10 s; it is opened twice, also when the command is given up meanwhile."""
        job = current_job.get()
        try:
            await self._write(channel, on=True)
        finally:
            release = self._release_later(channel, seconds) if job.tx else None
        if release is not None:
            await asyncio.shield(release)
        await self._read()

    async def all_on(self) -> None:
        """Close all contacts."""
        raise NotImplementedError

    async def all_off(self) -> None:
        """Open all contacts."""
        raise NotImplementedError

    def _release_later(self, channel: int, seconds: float) -> asyncio.Task[None]:
        mark = self._pulsed[channel] = object()
        task = asyncio.create_task(self._release(channel, seconds, mark))
        self._releases.add(task)
        task.add_done_callback(self._releases.discard)
        return task

    async def _release(self, channel: int, seconds: float, mark: object) -> None:
        """Open a contact after `seconds`, and once more, unless somebody has switched it since.

        It is done in the name of a job that no rule can refuse: a contact that stays closed would be the worse end.
        """
        clock = self.link.clock
        await clock.sleep(seconds)
        current_job.set(
            Job(
                device=self.id,
                name="release",
                priority=Priority.USER,
                retry=RetryClass.ABSOLUTE,
                accepted=clock.monotonic(),
                ttl=GIVE_UP,
                timeout=self.inquiry_timeout,
                retries=2,
                bounded=False,
            )
        )
        try:
            async with deadline(clock, GIVE_UP):
                for _ in range(2):
                    if self._pulsed.get(channel) is mark:
                        await self._write(channel, on=False)
                self._forget(channel, mark)
        except (DriverError, TimeoutError):
            return  # reading back says what is true, and the next link-up opens it

    def _forget(self, channel: int, mark: object) -> None:
        if self._pulsed.get(channel) is mark:
            del self._pulsed[channel]

    async def _switch(self, channel: int, *, on: bool) -> None:
        """Switch one contact, and read back until it shows.

        Raises:
            Mismatch: the board has taken it, and the contact stays as it was.
        """
        await self._write(channel, on=on)
        self._pulsed.pop(channel, None)
        point = f"ch.{channel}.state"
        for look in range(LOOKS):
            if look:
                await self.link.clock.sleep(LOOK_AGAIN)
            await self._read()
            if self.value(point) is on:
                return
        raise Mismatch(point, on, self.value(point))

    async def _write(self, channel: int, *, on: bool) -> None:
        address = self.settings.first_address + channel - 1
        await self._ask(codec.write_coil(self.settings.unit, address, on=on))

    async def _read(self) -> None:
        count = self.settings.channels
        question = codec.read_coils(self.settings.unit, self.settings.first_address, count)
        answer = await self._ask(question)
        for channel, state in zip(self._channels, answer.bits(count), strict=True):
            self.report(f"ch.{channel}.state", state, Quality.CONFIRMED)

    async def _ask(self, question: codec.Question) -> codec.Answer:
        """Return the board's answer; a busy board is asked again after 200 ms, twice."""
        for _ in range(BUSY_TRIES):
            try:
                return await self._ask_once(question)
            except Refused as refused:
                if refused.device_code not in BUSY:
                    raise
            await self.link.clock.sleep(BUSY_PAUSE)
        return await self._ask_once(question)

    async def _ask_once(self, question: codec.Question) -> codec.Answer:
        self._transaction = self._transaction % 0xFFFF + 1
        number = self._transaction

        def until(message: object) -> codec.Answer | None:
            return question.answered_by(message, number)

        try:
            return await self.link.exchange(question.frame(self.framing, number), until=until)
        finally:
            if self.framing == "rtu":
                self.link.quiet(self.link.wire_time(SILENCE))


class Relay(Board[RelaySettings]):
    """A relay board."""

    kind = "relay"

    @command(key="all", timeout=ANSWER, settles=READ_BACK)
    async def all_on(self) -> None:
        """Close all contacts in one frame."""
        await self._write_all(on=True)

    @command(key="all", timeout=ANSWER, settles=READ_BACK)
    async def all_off(self) -> None:
        """Open all contacts in one frame."""
        await self._write_all(on=False)

    async def _write_all(self, *, on: bool) -> None:
        states = [on] * self.settings.channels
        question = codec.write_coils(self.settings.unit, self.settings.first_address, states)
        await self._ask(question)
        self._pulsed.clear()
        await self._read()


class Sequencer(Board[SequencerSettings]):
    """Sequenced power: one channel after the other."""

    kind = "sequencer"

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands; a sequence takes as long as its delays."""
        specs = super().command_specs()
        for name, order in (("all_on", self.settings.rising), ("all_off", self.settings.falling)):
            confirm = {f"ch.{n}.state": name == "all_on" for n in order}
            settles = specs[name].settles + (self.settings.delay + 1.0) * len(order)
            specs[name] = renamed(specs[name], settles=settles, confirm=confirm)
        return specs

    @command(key="sequence", timeout=ANSWER, settles=READ_BACK)
    async def all_on(self) -> None:
        """Switch on in the declared order; a channel that does not follow ends the sequence."""
        await self._step_through(self.settings.rising, on=True)

    @command(key="sequence", timeout=ANSWER, settles=READ_BACK)
    async def all_off(self) -> None:
        """Switch off in the declared order, the reverse of switching on unless said otherwise."""
        await self._step_through(self.settings.falling, on=False)

    async def _step_through(self, order: tuple[int, ...], *, on: bool) -> None:
        for step, channel in enumerate(order):
            if step:
                await self.link.clock.sleep(self.settings.delay)
            await self._switch(channel, on=on)
