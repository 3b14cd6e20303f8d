r"""A projector that speaks PJLink, class 1 or 2, on TCP; its UDP side answers searches and sends notices.

It reads and writes lines by itself, never by the codec.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from drivers.clock import Clock, Timer
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.tables import CLASS_TWO, LINE, ON_THE_WAY, POWER
from drivers.simulation.simulator import Simulator
from drivers.simulation.tcp_wire import TcpPeer

IDLE = 30.0
"""Seconds without a line after which it closes the connection. PJLINK-QUIRKS."""
SILENT = 40.0
"""Seconds of the fault `silent_after_power` unless it is given. PJLINK-QUIRKS."""
MAC = "02:00:5e:10:00:01"
DIGEST = 32
"""Characters of the digest in front of the first command. PJLINK-LIBS."""
NAMES = {"11": "Computer", "21": "Video", "31": "HDMI 1", "32": "HDMI 2", "51": "LAN"}
"""What `INNM` answers, by input."""
PASSIVE = {
    "FILT": "120",
    "SNUM": "R0001",
    "SVER": "1.0.2",
    "IRES": "1920x1080",
    "RRES": "1920x1200",
    "RLMP": "LMP-1 LMP-2",
    "RFIL": "FLT-1",
}
"""Class 2 answers that nothing changes."""


@dataclass
class State:
    """What the projector is."""

    power: str = "off"
    input: str = "31"
    """Code as on the wire."""
    blank: bool = False
    mute: bool = False
    freeze: bool = False
    volume: int = 10
    """0..20."""
    microphone: int = 10
    """0..20."""
    lamp_hours: int = 1250
    errors: str = "000000"
    """Fan, lamp, temperature, cover, filter, other: 0 fine, 1 warning, 2 error."""
    version: int = 2
    warm_up: float = 15.0
    """Seconds from off to on."""
    cool_down: float = 10.0
    """Seconds from on to off."""
    controllers: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """Where notices are sent, as it is set in its menu; none: to who asked last over UDP."""
    orders: list[str] = field(default_factory=list[str])
    """Every command that set something, accepted or not, in order."""


@dataclass
class _Visitor:
    """One connection."""

    challenge: str
    trusted: bool
    rest: bytes = b""
    idle: Timer | None = None


class PjlinkSimulator(Simulator):
    """One projector.

    Faults: `refuse` (ERR3; or the given ERR1 to ERR4), `wrong_state` (OK, and does nothing), `intruder` (an answer that
    nobody asked for), `banner` (foreign text first), `silent_after_power` (its seconds), `erra` (no password will do).
    """

    protocol = "pjlink"
    protocol_faults: ClassVar[frozenset[str]] = frozenset(
        {"refuse", "wrong_state", "intruder", "banner", "silent_after_power", "erra"}
    )

    def __init__(self, settings: PjlinkSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        self._settings = settings
        secret = settings.password
        self.password = None if secret is None else secret.get_secret_value()
        self.sources = tuple(settings.names.values())
        self.state = State()
        self._udp = transport_name == "udp"
        self._side: PjlinkSimulator | None = self if self._udp else None
        self._visitors: dict[object, _Visitor] = {}
        self._change: Timer | None = None
        self._silent_until = 0.0

    def udp_side(self) -> PjlinkSimulator:
        """Return the UDP port of this very projector, to be attached to a wire of its own."""
        self._side = PjlinkSimulator(self._settings, "udp", self.clock)
        self._side.state, self._side.faults = self.state, self.faults
        return self._side

    # -- connections ----------------------------------------------------------------------------------------------

    def connected(self, peer: object) -> None:
        """Greet; a second client is turned away."""
        if self._visitors:
            _close(peer)
            return
        challenge = f"{self.random.randrange(1 << 32):08x}"
        guarded = self.password is not None or "erra" in self.faults
        self._visitors[peer] = _Visitor(challenge, trusted=not guarded)
        if "banner" in self.faults:
            self._say("Welcome to the network interface", peer)
        self._say(f"PJLINK 1 {challenge}" if guarded else "PJLINK 0", peer)
        self._stay(peer)

    def disconnected(self, peer: object) -> None:
        """Forget a client."""
        visitor = self._visitors.pop(peer, None)
        if visitor is not None and visitor.idle is not None:
            visitor.idle.cancel()

    def _stay(self, peer: object) -> None:
        visitor = self._visitors[peer]
        if visitor.idle is not None:
            visitor.idle.cancel()
        visitor.idle = self.clock.call_later(IDLE, lambda: _close(peer))

    def close(self) -> None:
        """Stop timers."""
        for visitor in self._visitors.values():
            if visitor.idle is not None:
                visitor.idle.cancel()
        if self._change is not None:
            self._change.cancel()

    # -- lines ----------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes of a connection, or one datagram."""
        if self._udp:
            if data == b"%2SRCH\r" and self.state.version > 1:
                self.emit(f"%2ACKN={MAC}\r".encode(), peer=peer)
            return
        visitor = self._visitors.get(peer)
        if visitor is None:
            return
        self._stay(peer)
        *lines, visitor.rest = (visitor.rest + data).split(b"\r")
        for line in lines:
            self._line(line.removeprefix(b"\n").decode("ascii", "replace"), peer, visitor)
        if len(visitor.rest) > DIGEST + LINE:
            _close(peer)

    def _line(self, line: str, peer: object, visitor: _Visitor) -> None:
        digest, command = ("", line) if line.startswith("%") else (line[:DIGEST], line[DIGEST:])
        if not visitor.trusted:
            wanted = hashlib.md5((visitor.challenge + (self.password or "")).encode()).hexdigest()  # noqa: S324  # PJLink
            if digest != wanted or "erra" in self.faults:
                self.abuse.append(f"wrong password: {digest or 'none'}")
                self._say("PJLINK ERRA", peer)
                _close(peer)
                return
            visitor.trusted = True
        elif digest:
            self.abuse.append("a digest in front of a later command")
            self._say("PJLINK ERRA", peer)
            return
        answer = self._answer(command)
        if answer is not None and self.clock.monotonic() >= self._silent_until:
            self._say(f"{command[:6]}={answer}", peer)
        if command[2:6] == "POWR" and answer == "OK" and "silent_after_power" in self.faults:
            seconds = self.faults["silent_after_power"]
            self._silent_until = self.clock.monotonic() + (SILENT if seconds is True else seconds)

    def _say(self, line: str, peer: object) -> None:
        self.emit(line.encode("ascii") + b"\r", peer=peer)

    def _answer(self, command: str) -> str | None:
        """Return what stands behind the `=`; None where the line is no command at all."""
        if len(command) < 8 or command[0] != "%" or command[6] != " ":
            return None
        version, name, value = command[1], command[2:6].upper(), command[7:]
        if version not in ("1", "2")[: self.state.version]:
            return "ERR1"
        if name in CLASS_TWO and version != "2":
            return "ERR1"
        if value == "?":
            return self._value(name, version)
        if name == "INNM":
            return self._name_of(value)
        self.state.orders.append(f"{name} {value}")
        if "refuse" in self.faults:
            word = self.faults["refuse"]
            return word if isinstance(word, str) else "ERR3"
        return self._set(name, value)

    def _value(self, name: str, version: str) -> str:
        s = self.state
        if name in {"INPT", "AVMT", "FREZ", "IRES"} and s.power != "on":
            return "ERR3"
        values: dict[str, str] = {
            "POWR": self._digit(),
            "INPT": s.input,
            "AVMT": {(1, 1): "31", (1, 0): "11", (0, 1): "21"}.get((s.blank, s.mute), "30"),
            "ERST": s.errors,
            "LAMP": f"{s.lamp_hours} {int(s.power in {'on', 'warming'})}",
            "INST": " ".join(c for c in self.sources if version == "2" or _is_class_one(c)),
            "NAME": "Projector",
            "INF1": "roomd",
            "INF2": "simulated projector",
            "INFO": "",
            "CLSS": str(s.version),
        }
        if s.version > 1:
            values |= {"FREZ": str(int(s.freeze)), **PASSIVE}
        return values.get(name, "ERR1")

    def _name_of(self, value: str) -> str:
        if value[:1] != "?" or value[1:] not in self.sources:
            return "ERR2"
        return NAMES.get(value[1:], f"Input {value[1:]}")

    def _digit(self) -> str:
        return next(digit for digit, word in POWER.items() if word == self.state.power)

    def _set(self, name: str, value: str) -> str:
        if name not in {"POWR", "INPT", "AVMT", "FREZ", "SVOL", "MVOL"}:
            return "ERR1"
        if name == "POWR":
            return self._switch(value)
        if name == "INPT" and value not in self.sources:
            return "ERR2"
        if name == "AVMT" and value not in {"10", "11", "20", "21", "30", "31"}:
            return "ERR2"
        if name in {"FREZ", "SVOL", "MVOL"} and value not in {"0", "1"}:
            return "ERR2"
        if self.state.power != "on":
            return "ERR3"
        if "wrong_state" not in self.faults:
            self._do(name, value)
        return "OK"

    def _do(self, name: str, value: str) -> None:
        on = value[-1] == "1"
        match name:
            case "INPT":
                self.state.input = value
                self._note("INPT", value)
            case "AVMT":
                self.state.blank = on if value[0] in "13" else self.state.blank
                self.state.mute = on if value[0] in "23" else self.state.mute
            case "FREZ":
                self.state.freeze = on
            case "SVOL":
                self.state.volume = max(0, min(20, self.state.volume + (1 if on else -1)))
            case _:
                self.state.microphone = max(0, min(20, self.state.microphone + (1 if on else -1)))

    # -- power ----------------------------------------------------------------------------------------------------

    def _switch(self, value: str) -> str:
        if value not in {"0", "1"}:
            return "ERR2"
        wish = "on" if value == "1" else "off"
        ways = {"on": ("warming", "on"), "off": ("cooling", "off")}
        if self.state.power in ON_THE_WAY and self.state.power not in ways[wish]:
            return "ERR3"
        if self.state.power not in ways[wish] and "wrong_state" not in self.faults:
            self._begin(ways[wish][0])
        return "OK"

    def _begin(self, transition: str) -> None:
        s = self.state
        s.power, s.blank, s.mute, s.freeze = transition, False, False, False
        seconds, end = (s.warm_up, "on") if transition == "warming" else (s.cool_down, "off")
        self._note("POWR", self._digit())
        if self._change is not None:
            self._change.cancel()
        self._change = self.clock.call_later(seconds, lambda: self._arrive(end))

    def _arrive(self, power: str) -> None:
        self.state.power = power
        self._note("POWR", self._digit())

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Change it as its buttons do; `warming` and `cooling` begin that transition."""
        if values.get("power", "off") not in POWER.values():
            raise ValueError(f"power is one of {', '.join(POWER.values())}")
        super().set_by_hand(values)
        if "power" in values and self._change is not None:
            self._change.cancel()
        if values.get("power") in ON_THE_WAY:
            self._begin(str(values["power"]))
        elif "power" in values:
            self._note("POWR", self._digit())
        if "input" in values:
            self._note("INPT", self.state.input)
        if "errors" in values:
            self._note("ERST", self.state.errors)

    def _note(self, name: str, value: str) -> None:
        """Send a notice, as class 2 units do."""
        if self._side is None or self.state.version < 2:
            return
        for controller in self.state.controllers or [None]:
            self._side.emit(f"%2{name}={value}\r".encode("ascii"), peer=controller)

    def power_cycle(self) -> None:
        """Come back off, and say on the network that it is there."""
        if self._change is not None:
            self._change.cancel()
        self._visitors.clear()
        self.state.power = "off"
        self._note("LKUP", MAC)

    def intrude(self) -> None:
        """Say to everybody what nobody asked for."""
        self.emit(b"%1INPT=32\r")
        self.emit(b"%1POWR=OK\r")


def _is_class_one(code: str) -> bool:
    return code[0] != "6" and code[1].isdigit()


def _close(peer: object) -> None:
    if isinstance(peer, TcpPeer):
        peer.close()
