"""One projector. It logs in once per connection, asks for what the room file wants, and switches with patience."""

from __future__ import annotations

import asyncio
from typing import ClassVar, NoReturn

from drivers.clock import Timer, deadline
from drivers.commands import Arg, CommandSpec, RetryClass, command, renamed
from drivers.device import Device, LinkDefaults, TransportName
from drivers.errors import NoReply, Refused, Unreachable, Unsupported
from drivers.job import current_job
from drivers.pjlink import codec
from drivers.pjlink.power import AGAIN, LOOK, SILENCE, Switching, patiently
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.tables import CLOSE, CLOSED, FRESH, NOTE, ON_THE_WAY, OPEN, PORT
from drivers.points import PointSpec, PointValue, Quality
from drivers.port import Port
from drivers.transport.frames import Publish

ANSWER = 5.0
"""Seconds for an answer; then the connection is closed, because the late one would be taken for the next."""
POLL, POLL_GENTLY = "15s", "60s"
"""Period with and without `keep_open`; never below 10 s, asking often has crashed projectors. PJLINK-QUIRKS."""
COMMANDS = {
    "input": ("input",),
    "blank": ("blank",),
    "mute": ("mute",),
    "freeze": ("freeze",),
    "volume": ("volume_up", "volume_down"),
}
"""What the setting `without` takes away."""
ON_OFF = {True: "1", False: "0"}


class Projector(Device[PjlinkSettings]):
    """One projector or display. Provides Power, InputSelect, Blank, Mute and Freeze."""

    kind = "projector"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"tcp"})
    defaults = LinkDefaults(port=PORT)
    inquiry_timeout = ANSWER

    def __init__(self, device_id: str, settings: PjlinkSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self.points = _points(settings)
        self.version = 1
        """Its class, 1 or 2, once it has been asked."""
        self.unknown: set[str] = set()
        """Commands that it answered with `ERR1`."""
        self._door = asyncio.Lock()
        self._greeting: codec.Greeting | None = None
        self._asleep = False
        self._logged_in = False
        self._wish: str | None = None
        self._not_now_until = 0.0
        self._patience: Timer | None = None
        self._errors: set[str] = set()

    def topics(self) -> tuple[str, ...]:
        """Return what its connection tells besides bytes."""
        return (FRESH, CLOSED, NOTE)

    def decoder(self) -> codec.Decoder:
        """Return the reader of its lines."""
        return codec.Decoder()

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return its commands, with its own inputs and limits, without what the model cannot do."""
        specs = super().command_specs()
        warm, cool = self.settings.warm_up, self.settings.cool_down
        for name in ("power_on", "power_off"):
            # A wish during a transition is kept until its end, so its first byte may come late.
            specs[name] = renamed(specs[name], ttl=warm + cool, settles=warm + cool)
        choice = Arg("enum", values=tuple(self.settings.names))
        specs["input"] = renamed(specs["input"], args={"input": choice}, ttl=warm, settles=warm)
        gone = {name for part in self.settings.without for name in COMMANDS[part]}
        return {name: spec for name, spec in specs.items() if name not in gone}

    # -- what it hears --------------------------------------------------------------------------------------------

    def on_message(self, message: object) -> None:
        """Report what an answer says; note what happened to the connection."""
        match message:
            case codec.Fresh() | codec.Closed():
                self._greeting, self._logged_in = None, False
                self._asleep = isinstance(message, codec.Closed)
            case codec.Greeting():
                self._greeting, self._logged_in = message, False
            case codec.Notice():
                self.link.look()
            case codec.Answer() if message.error is None:
                self._report(message)
            case _:
                return

    def _report(self, answer: codec.Answer) -> None:
        match answer.name:
            case "POWR" if (state := codec.parse_power(answer.text)) is not None:
                self._powered(state)
            case "INPT" if answer.text.upper() != "OK":
                self._declared("input", self.settings.name_of(answer.text.upper()))
            case "AVMT" if (muted := codec.parse_mute(answer.text)) is not None:
                self._declared("blank", muted[0])
                self._declared("mute", muted[1])
            case "FREZ" if answer.text in {"0", "1"}:
                self._declared("freeze", answer.text == "1")
            case "LAMP" if (hours := codec.parse_lamps(answer.text)) is not None:
                self.report("lamp_hours", max(hours))
            case "ERST" if (faults := codec.parse_faults(answer.text)) is not None:
                self._errors = {part for part, how in faults.items() if how == "error"}
                warnings = sorted(p for p, how in faults.items() if how == "warning")
                self.report("warnings", " ".join(warnings))
                self.report("fault", " ".join(sorted(self._errors)))
            case _:
                return

    def _powered(self, state: str) -> None:
        if state in ON_THE_WAY and self.value("power") != state:
            limit = self.settings.warm_up if state == "warming" else self.settings.cool_down
            self._not_now_until = self.link.clock.monotonic() + limit
        self.report("power", state)

    def _declared(self, point: str, value: PointValue) -> None:
        if value is not None and self.point(point) is not None:
            self.report(point, value)

    # -- connection -----------------------------------------------------------------------------------------------

    async def handshake(self) -> None:
        """Log in, ask its class, and who it is."""
        self._logged_in = False
        await self._enter()
        words = [await self._text(name) for name in ("INF1", "INF2")]
        model = " ".join(word for word in words if word)[:64]
        if model:
            self.report("model", model, Quality.CONFIRMED)

    async def _text(self, name: str) -> str:
        try:
            return (await self._question(name)).text.strip()
        except (Refused, Unsupported):
            return ""

    async def _enter(self) -> None:
        """See to it that we are greeted and logged in; once per connection.

        Raises:
            Refused: `auth`, for good: the password is wrong or missing.
            NoReply: no greeting, or no answer to the log-in.
        """
        async with self._door:
            current_job.get().retries = 0  # a second attempt belongs on a new connection
            if self._logged_in:
                return
            try:
                greeting = await self._greet()
                await self._log_in(greeting)
            except NoReply as error:
                await self._give_up(error)
                raise

    async def _greet(self) -> codec.Greeting:
        if self._asleep:
            payload = b"" if self.silence_is_offline else b"patient"
            return await self.link.exchange(
                Publish(OPEN, payload), until=codec.greeted, timeout=ANSWER
            )
        with self.link.listen(codec.greeted) as greeting:
            return self._greeting or await greeting.within(ANSWER)

    async def _log_in(self, greeting: codec.Greeting) -> None:
        first = codec.ask("CLSS", 1)
        if greeting.challenge is not None:
            password = self.settings.password
            if password is None:
                self._stop("auth", "a password is wanted and none is set")
            first = codec.digest(greeting.challenge, password.get_secret_value()) + first
        until = codec.answered("CLSS", question=True)
        try:
            answer = await self.link.exchange(first, until=until, timeout=ANSWER)
            self.version = 2 if answer.text == "2" else 1
        except Refused as refused:
            if refused.device_code == "auth":
                self._stop("auth", "the password is not accepted")
        self._logged_in = True

    def _stop(self, code: str, why: str) -> NoReturn:
        """Stop all attempts until the settings change."""
        error = Refused(code, why, permanent=True)
        self.link.drop(error)
        raise error

    async def _give_up(self, error: NoReply) -> None:
        """Close the connection after a missing answer: quietly while silence is to be expected."""
        self._logged_in = False
        if self.silence_is_offline:
            self.link.drop(error)
        elif not self._asleep:
            await self.link.send(Publish(CLOSE, b""))

    # -- asking and telling ---------------------------------------------------------------------------------------

    async def _question(self, name: str) -> codec.Answer:
        return await self._exchange(name, codec.ask(name, self.version), question=True)

    async def _order(self, name: str, value: str) -> None:
        await self._exchange(name, codec.put(name, value, self.version), question=False)

    async def _exchange(self, name: str, line: bytes, *, question: bool) -> codec.Answer:
        if name in self.unknown:
            raise Unsupported(name)
        await self._enter()
        until = codec.answered(name, question=question)
        try:
            return await self.link.exchange(line, until=until, timeout=ANSWER)
        except NoReply as error:
            await self._give_up(error)
            raise
        except Refused as refused:
            self._note(name, refused)
            raise

    def _note(self, name: str, refused: Refused) -> None:
        match refused.device_code:
            case "ERR1":
                self.unknown.add(name)
                raise Unsupported(name) from refused
            case "ERR4":
                self.report("fault", " ".join(sorted({*self._errors, "ERR4"})))
            case "auth":
                # A line in front of the log-in; on the next connection it will be said in order.
                self.link.drop(Unreachable("the projector wants the log-in first"))
            case _:
                return

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for these points; what belongs to the picture only while it is on."""
        if "power" in points:
            await self._question("POWR")
        wanted: list[str] = []
        if self.value("power") == "on":
            wanted += ["INPT"] if "input" in points else []
            wanted += ["AVMT"] if points & {"blank", "mute"} else []
            wanted += ["FREZ"] if "freeze" in points and self.version > 1 else []
        wanted += ["LAMP"] if "lamp_hours" in points else []
        wanted += ["ERST"] if "warnings" in points else []
        for name in wanted:
            try:
                await self._question(name)
            except (Refused, Unsupported):
                continue  # not now, or never; the other questions are not to suffer

    async def probe(self) -> None:
        """Ask whether it is on."""
        await self._question("POWR")

    # -- power ----------------------------------------------------------------------------------------------------

    @command(key="power", timeout="5s", retries=0, confirm={"power": "on"})
    async def power_on(self) -> None:
        """Switch on; ends when it is on. During cooling the wish waits."""
        await self._switch("on")

    @command(key="power", timeout="5s", retries=0, confirm={"power": "off"})
    async def power_off(self) -> None:
        """Switch off; ends when it is off. During warm-up the wish waits."""
        await self._switch("off")

    async def _switch(self, wish: str) -> None:
        limits = {"warming": self.settings.warm_up, "cooling": self.settings.cool_down}
        self._wish = wish
        try:
            await Switching(self, self.link.clock, limits).to(wish)
        finally:
            if self._wish == wish:
                self._wish = None

    async def look(self) -> str | None:
        """Ask whether it is on; None: silent."""
        return await patiently(self._power)

    async def _power(self) -> str | None:
        return codec.parse_power((await self._question("POWR")).text)

    async def tell(self, wish: str) -> bool:
        """Send `POWR`; return whether it was accepted, False where no answer came."""
        await self._enter()
        self._be_patient()
        try:
            await self._order("POWR", ON_OFF[wish == "on"])
        except (NoReply, Unreachable):
            return False
        return True

    def _be_patient(self) -> None:
        """Take silence for normal for a while: many units are silent after a power command."""
        self.silence_is_offline = False
        if self._patience is not None:
            self._patience.cancel()
        self._patience = self.link.clock.call_later(SILENCE, self._be_strict)

    def _be_strict(self) -> None:
        self.silence_is_offline = True

    # -- picture and sound ----------------------------------------------------------------------------------------

    @command(
        args={"input": Arg("enum")},
        key="input",
        timeout="5s",
        retries=0,
        confirm={"input": "{input}"},
    )
    async def input(self, input: str) -> None:  # noqa: A002  # the argument is named like its point
        """Select an input; waits while it warms up."""
        await self._set("INPT", self.settings.names[input])

    @command(
        args={"blank": Arg("bool")},
        key="blank",
        timeout="5s",
        retries=0,
        confirm={"blank": "{blank}"},
    )
    async def blank(self, *, blank: bool) -> None:
        """Hide the picture, or show it."""
        await self._set("AVMT", "1" + ON_OFF[blank])

    @command(
        args={"mute": Arg("bool")}, key="mute", timeout="5s", retries=0, confirm={"mute": "{mute}"}
    )
    async def mute(self, *, mute: bool) -> None:
        """Silence its loudspeaker, or let it sound."""
        await self._set("AVMT", "2" + ON_OFF[mute])

    @command(
        args={"freeze": Arg("bool")},
        key="freeze",
        timeout="5s",
        retries=0,
        confirm={"freeze": "{freeze}"},
    )
    async def freeze(self, *, freeze: bool) -> None:
        """Hold the picture, or let it go on; class 2."""
        await self._set("FREZ", ON_OFF[freeze])

    @command(retry=RetryClass.RELATIVE, timeout="5s")
    async def volume_up(self) -> None:
        """Make its loudspeaker one step louder; class 2, and nobody can ask how loud it is."""
        await self._step("1")

    @command(retry=RetryClass.RELATIVE, timeout="5s")
    async def volume_down(self) -> None:
        """Make its loudspeaker one step quieter; class 2."""
        await self._step("0")

    async def _step(self, direction: str) -> None:
        await self._enter()
        if self.version < 2:
            raise Unsupported("SVOL")
        await self._order("SVOL", direction)

    async def _set(self, name: str, value: str) -> None:
        """Set a value when it is on, and read it back; `ERR3` is asked again while a transition explains it."""
        await self._until_on()
        if name == "FREZ" and self.version < 2:
            raise Unsupported(name)
        while True:
            try:
                await self._order(name, value)
                break
            except Refused as refused:
                late = self.link.clock.monotonic() >= self._not_now_until
                if refused.device_code != "ERR3" or late:
                    raise
            await self.link.clock.sleep(AGAIN)
        await self._question(name)

    async def _until_on(self) -> None:
        """Wait while it warms up, or while it is about to."""
        try:
            async with deadline(self.link.clock, self.settings.warm_up):
                while await self.look() != "on" and self._coming():
                    await self.link.clock.sleep(LOOK)
        except TimeoutError:
            raise NoReply(f"not on after {self.settings.warm_up:g} s") from None

    def _coming(self) -> bool:
        return self._wish == "on" or self.value("power") == "warming"


def _points(settings: PjlinkSettings) -> tuple[PointSpec, ...]:
    poll = POLL if settings.keep_open else POLL_GENTLY
    points = (
        PointSpec(
            "power",
            "enum",
            values=("off", "warming", "on", "cooling"),
            via=("warming", "cooling"),
            poll=poll,
        ),
        PointSpec("input", "enum", values=tuple(settings.names), poll=poll),
        PointSpec("blank", "bool", poll=poll),
        PointSpec("mute", "bool", poll=poll),
        PointSpec("freeze", "bool", poll=poll),
        PointSpec("lamp_hours", "int", unit="h", minimum=0, poll="10min"),
        PointSpec("warnings", "string", poll="60s"),
        PointSpec("model", "string"),
    )
    return tuple(p for p in points if p.name not in settings.without)
