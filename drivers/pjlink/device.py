"""One projector. It asks for what the room file wants, and switches with patience."""

from __future__ import annotations

from typing import Any, ClassVar

from drivers.clock import Timer, deadline
from drivers.commands import Arg, CommandSpec, RetryClass, command, renamed
from drivers.device import Device, LinkDefaults, TransportName
from drivers.errors import NoReply, Refused, Unreachable, Unsupported
from drivers.execute import Mismatch
from drivers.pjlink import codec
from drivers.pjlink.dialogue import Dialogue
from drivers.pjlink.points import gone, points
from drivers.pjlink.power import AGAIN, LOOK, Switching, patiently
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.tables import ANSWER, CLOSED, FRESH, NOTE, ON_THE_WAY, PORT, SILENCE
from drivers.points import PointValue, Quality
from drivers.port import Port

ON_OFF = {True: "1", False: "0"}
NEWS = 1.5
"""Seconds in which an answer to `POWR` is new enough for others that ask: less than the 2 s of a transition."""
TAKES = 10.0
"""Seconds in which an accepted input, mute or freeze must show; unverified."""
HINTS = 10.0
"""Seconds between the questions that notices bring about: anybody can send one."""
SELDOM = {"LAMP": 300.0, "ERST": 30.0}
"""Seconds between these questions, at least: a transition, in which all is polled every 2 s, says nothing of them."""


class Projector(Device[PjlinkSettings]):
    """One projector or display. Provides Power, InputSelect, Blank, Mute and Freeze."""

    kind = "projector"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"tcp"})
    defaults = LinkDefaults(port=PORT)
    inquiry_timeout = ANSWER

    def __init__(self, device_id: str, settings: PjlinkSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self.points = points(settings)
        self.dialogue = Dialogue(link, settings.password is not None, self._report_fault)
        self._wishes: list[str] = []
        """Wishes for power under way, newest last."""
        self._passing_until = 0.0
        self._patience: Timer | None = None
        self._hints: Timer | None = None
        self._hinted = False
        self._asked: dict[str, float] = {}
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
        limit = self.settings.warm_up + self.settings.cool_down
        for name in ("power_on", "power_off", "input", "blank", "mute", "freeze"):
            # A wish during a transition is kept until its end, so its first byte may come late.
            specs[name] = renamed(specs[name], ttl=limit)
        for name in ("power_on", "power_off"):
            specs[name] = renamed(specs[name], settles=limit)
        choice = Arg("enum", values=tuple(self.settings.names))
        specs["input"] = renamed(specs["input"], args={"input": choice})
        return {name: spec for name, spec in specs.items() if name not in gone(self.settings)}

    # -- what it hears --------------------------------------------------------------------------------------------

    def on_message(self, message: object) -> None:
        """Report what an answer says; note what happened to the connection."""
        match message:
            case codec.Fresh() | codec.Closed() | codec.Greeting():
                self.dialogue.heard(message)
            case codec.Notice():
                self._hint(message)
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
            case "AVMT" if answer.text.upper() != "OK":
                self._muted(codec.parse_mute(answer.text))
            case "FREZ" if answer.text in {"0", "1"}:
                self._declared("freeze", answer.text == "1")
            case "LAMP" if (hours := codec.parse_lamps(answer.text)) is not None:
                self.report("lamp_hours", max(hours))
            case "ERST" if (faults := codec.parse_faults(answer.text)) is not None:
                self._errors = {part for part, how in faults.items() if how == "error"}
                warnings = sorted(p for p, how in faults.items() if how == "warning")
                self.report("warnings", " ".join(warnings))
                self._report_fault()
            case _:
                return

    def _powered(self, state: str) -> None:
        before = self.value("power")
        if state in ON_THE_WAY and before != state:
            limit = self.settings.warm_up if state == "warming" else self.settings.cool_down
            self._passing_until = self.link.clock.monotonic() + limit
        self.report("power", state)
        if state != before:
            self.dialogue.recovered()
        if state == "on" and before not in {None, "on"}:
            self.link.look()  # what belongs to the picture can be asked now

    def _muted(self, muted: tuple[bool | None, bool | None] | None) -> None:
        """Report picture and sound; of a value that nobody knows only that it is not known."""
        for point, value in zip(("blank", "mute"), muted or (None, None), strict=True):
            if value is not None or muted is None:
                self._declared(point, value)

    def _declared(self, point: str, value: PointValue) -> None:
        if self.point(point) is not None:
            self.report(point, value)

    def _report_fault(self) -> None:
        failing = ["ERR4"] if self.dialogue.failing else []
        self.report("fault", " ".join(sorted({*self._errors, *failing})))

    def _hint(self, notice: codec.Notice) -> None:
        """Ask at once because of a notice, but not for each of many."""
        self._asked.pop(notice.name, None)
        self._hinted = True
        if self._hints is None:
            self._follow_hints()

    def _follow_hints(self) -> None:
        self._hints = None
        if self._hinted:
            self._hinted = False
            self._hints = self.link.clock.call_later(HINTS, self._follow_hints)
            self.link.look()

    # -- asking ---------------------------------------------------------------------------------------------------

    async def handshake(self) -> None:
        """Log in, ask its class, and who it is."""
        self._asked.clear()
        await self.dialogue.enter()
        words = [await self._text(name) for name in ("INF1", "INF2")]
        model = " ".join(word for word in words if word)[:64]
        if model:
            self.report("model", model, Quality.CONFIRMED)

    async def _text(self, name: str) -> str:
        try:
            return (await self.dialogue.question(name)).text.strip()
        except (Refused, Unsupported):
            return ""

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for these points; what belongs to the picture only while it is on."""
        if "power" in points and not self._is_news("POWR", NEWS):
            await self._ask("POWR")
        wanted: list[str] = []
        if self.value("power") == "on":
            wanted += ["INPT"] if "input" in points else []
            wanted += ["AVMT"] if points & {"blank", "mute"} else []
            wanted += ["FREZ"] if "freeze" in points and self.dialogue.version > 1 else []
        wanted += ["LAMP"] if "lamp_hours" in points else []
        wanted += ["ERST"] if "warnings" in points else []
        for name in wanted:
            try:
                if not self._is_news(name, SELDOM.get(name, 0.0)):
                    await self._ask(name)
            except (Refused, Unsupported):
                continue  # not now, or never; the other questions are not to suffer

    async def _ask(self, name: str) -> codec.Answer:
        answer = await self.dialogue.question(name)
        self._asked[name] = self.link.clock.monotonic()
        return answer

    def _is_news(self, name: str, seconds: float) -> bool:
        """Return whether it answered this question within the last `seconds`."""
        at = self._asked.get(name)
        return at is not None and self.link.clock.monotonic() - at < seconds

    async def probe(self) -> None:
        """Ask whether it is on."""
        await self._ask("POWR")

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
        self._asked.pop("POWR", None)
        self._wishes.append(wish)
        try:
            await Switching(self, self.link.clock, limits).to(wish)
        finally:
            self._wishes.remove(wish)

    async def look(self) -> str | None:
        """Return whether it is on; None: silent, or it cannot say now."""
        if self._is_news("POWR", NEWS):
            state: str | None = self.value("power")
            return state
        return await patiently(self._power)

    async def _power(self) -> str | None:
        return codec.parse_power((await self._ask("POWR")).text)

    async def tell(self, wish: str) -> bool:
        """Send `POWR`; return whether it was accepted, False where no answer came."""
        await self.dialogue.enter()
        self._be_patient()
        self._asked.pop("POWR", None)
        try:
            await self.dialogue.order("POWR", ON_OFF[wish == "on"])
        except (NoReply, Unreachable):
            return False
        return True

    def passing(self) -> bool:
        """Return whether a transition, under way or just over, explains that it refuses."""
        return self.link.clock.monotonic() < self._passing_until

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
        await self._set("INPT", self.settings.names[input], "input", input)

    @command(
        args={"blank": Arg("bool")},
        key="blank",
        timeout="5s",
        retries=0,
        confirm={"blank": "{blank}"},
    )
    async def blank(self, *, blank: bool) -> None:
        """Hide the picture, or show it."""
        await self._set("AVMT", "1" + ON_OFF[blank], "blank", blank)

    @command(
        args={"mute": Arg("bool")}, key="mute", timeout="5s", retries=0, confirm={"mute": "{mute}"}
    )
    async def mute(self, *, mute: bool) -> None:
        """Silence its loudspeaker, or let it sound."""
        await self._set("AVMT", "2" + ON_OFF[mute], "mute", mute)

    @command(
        args={"freeze": Arg("bool")},
        key="freeze",
        timeout="5s",
        retries=0,
        confirm={"freeze": "{freeze}"},
    )
    async def freeze(self, *, freeze: bool) -> None:
        """Hold the picture, or let it go on; class 2."""
        await self._set("FREZ", ON_OFF[freeze], "freeze", freeze)

    @command(retry=RetryClass.RELATIVE, timeout="5s")
    async def volume_up(self) -> None:
        """Make its loudspeaker one step louder; class 2, and nobody can ask how loud it is."""
        await self._step("1")

    @command(retry=RetryClass.RELATIVE, timeout="5s")
    async def volume_down(self) -> None:
        """Make its loudspeaker one step quieter; class 2."""
        await self._step("0")

    async def _step(self, direction: str) -> None:
        await self._need_class_two("SVOL")
        await self.dialogue.order("SVOL", direction)

    async def _need_class_two(self, name: str) -> None:
        await self.dialogue.enter()
        if self.dialogue.version < 2:
            raise Unsupported(name)

    async def _set(self, name: str, value: str, point: str, wish: Any) -> None:
        """Set a value when it is on, and read it back; `ERR3` is asked again while a transition explains it."""
        if name == "FREZ":
            await self._need_class_two(name)
        while True:
            state = await self._until_on()
            try:
                await self.dialogue.order(name, value)
                break
            except Refused as refused:
                if refused.device_code != "ERR3" or state != "on" or not self.passing():
                    raise
            await self.link.clock.sleep(AGAIN)
        await self._until_shown(name, point, wish)

    async def _until_on(self) -> str | None:
        """Wait while it warms up, or while it is about to; return its state."""
        limit = self.settings.warm_up + self.settings.cool_down
        self._asked.pop("POWR", None)
        state = await self.look()
        try:
            async with deadline(self.link.clock, limit):
                while state != "on" and (state == "warming" or "on" in self._wishes[-1:]):
                    await self.link.clock.sleep(LOOK)
                    state = await self.look()
        except TimeoutError:
            raise NoReply(f"not on after {limit:g} s") from None
        return state

    async def _until_shown(self, name: str, point: str, wish: Any) -> None:
        """Read a value back until it is as wished.

        Raises:
            Mismatch: it was accepted and does not show.
        """
        began = self.link.clock.monotonic()
        while True:
            await self._ask(name)
            if self.value(point) == wish:
                return
            if self.link.clock.monotonic() - began >= TAKES:
                raise Mismatch(point, wish, self.value(point))
            await self.link.clock.sleep(LOOK)
