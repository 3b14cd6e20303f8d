"""A projector that speaks PJLink, class 2: lamp that warms up and cools down, inputs, one client at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from drivers.clock import Clock, Timer
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.tables import input_code
from drivers.simulation.simulator import Simulator
from drivers.simulation.wires import TcpPeer

IDLE = 30.0
"""Seconds after which it closes an idle connection (observed in node-pjlink issue 3)."""
WARM_UP, COOL_DOWN = 8.0, 6.0
"""Seconds; a demo need not take the 60 s of a real lamp."""
CHALLENGE = "498e4a67"


@dataclass
class State:
    """The projector."""

    power: str = "off"
    """`off`, `warming`, `on`, `cooling`."""
    input: str = "31"
    """As on the wire."""
    picture_muted: bool = False
    sound_muted: bool = False
    frozen: bool = False
    volume: int = 10
    lamp_hours: int = 1250
    errors: str = "000000"
    logins: int = 0
    """Digests that were tried."""


class PjlinkSimulator(Simulator):
    """One projector."""

    protocol = "pjlink"
    protocol_faults: ClassVar[frozenset[str]] = frozenset(
        {"refuse", "wrong_state", "intruder", "banner", "silent_after_power", "erra"}
    )

    def __init__(self, settings: PjlinkSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        secret = settings.password
        self.password = None if secret is None else secret.get_secret_value()
        self.state = State(input=input_code(settings.inputs[0]) if settings.inputs else "31")
        self.inputs = [input_code(name) for name in settings.inputs]
        self.cls = 2
        self.warm_up, self.cool_down = WARM_UP, COOL_DOWN
        self._buffers: dict[object, bytearray] = {}
        self._known: set[object] = set()
        """Connections that have given the right digest."""
        self._idle: dict[object, Timer] = {}
        self._turn: Timer | None = None
        self._silent_until = 0.0

    # -- connections ----------------------------------------------------------------------------------------------

    def connected(self, peer: object) -> None:
        """Greet."""
        if "banner" in self.faults:
            self.emit(b"Welcome to Projector Web\r\n", peer=peer)
        if "erra" in self.faults:
            self.emit(b"PJLINK ERRA\r", peer=peer)
            return
        greeting = "PJLINK 0\r" if self.password is None else f"PJLINK 1 {CHALLENGE}\r"
        self.emit(greeting.encode(), peer=peer)
        self._wait_idle(peer)

    def disconnected(self, peer: object) -> None:
        """Forget the connection."""
        self._buffers.pop(peer, None)
        self._known.discard(peer)
        timer = self._idle.pop(peer, None)
        if timer is not None:
            timer.cancel()

    def _wait_idle(self, peer: object) -> None:
        timer = self._idle.pop(peer, None)
        if timer is not None:
            timer.cancel()
        if isinstance(peer, TcpPeer):
            self._idle[peer] = self.clock.call_later(IDLE, peer.close)

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes of a connection, or a search over UDP."""
        if isinstance(peer, tuple):
            if data.strip() == b"%2SRCH":
                self.emit(b"%2ACKN=00:11:22:33:44:55\r", peer=peer)
            return
        self._wait_idle(peer)
        buffer = self._buffers.setdefault(peer, bytearray())
        for byte in data:
            if byte == 0x0D:
                self._line(bytes(buffer).decode("ascii", "replace"), peer)
                buffer.clear()
            elif byte != 0x0A:
                buffer.append(byte)

    def _line(self, line: str, peer: object) -> None:
        if self.password is not None and peer not in self._known:
            self.state.logins += 1
            right = hashlib.md5((CHALLENGE + self.password).encode(), usedforsecurity=False)
            if line[:32] != right.hexdigest():
                self.emit(b"PJLINK ERRA\r", peer=peer)
                return
            self._known.add(peer)
            line = line[32:]
        if self.clock.monotonic() < self._silent_until:
            return
        answer = self._answer(line)
        if answer is not None:
            self.emit(answer.encode() + b"\r", peer=peer, after=0.01)

    # -- commands -------------------------------------------------------------------------------------------------

    def _answer(self, line: str) -> str | None:
        if len(line) < 8 or line[0] != "%" or line[1] not in "12" or line[6] != " ":
            return None
        cls, name, value = line[1], line[2:6], line[7:]
        head = f"%{cls}{name}="
        if int(cls) > self.cls:
            return head + "ERR1"
        if "refuse" in self.faults and value != "?":
            return head + "ERR4"
        found = self._read(name) if value == "?" else self._write(name, value)
        return head + found

    def _read(self, name: str) -> str:
        state = self.state
        match name:
            case "POWR":
                return {"off": "0", "on": "1", "cooling": "2", "warming": "3"}[state.power]
            case "INPT" | "AVMT" if state.power != "on":
                return "ERR3"
            case "INPT":
                return state.input
            case "AVMT":
                kinds = {(True, True): "31", (True, False): "11", (False, True): "21"}
                return kinds.get((state.picture_muted, state.sound_muted), "30")
            case "INST":
                return " ".join(self.inputs)
            case "LAMP":
                return f"{state.lamp_hours} {int(state.power == 'on')}"
            case "ERST":
                return state.errors
            case "CLSS":
                return str(self.cls)
            case "FREZ":
                return str(int(state.frozen))
            case "NAME" | "INF1" | "INF2" | "INFO":
                return {"NAME": "Simulated", "INF1": "roomd", "INF2": "demo"}.get(name, "")
            case "SNUM" | "SVER":
                return "1"
            case _:
                return "ERR1"

    def _write(self, name: str, value: str) -> str:
        state = self.state
        if name == "POWR":
            return self._power(value)
        if name not in ("INPT", "AVMT", "FREZ", "SVOL", "MVOL"):
            return "ERR1"
        if state.power != "on":
            return "ERR3"
        if "wrong_state" in self.faults:
            return "OK"
        match (name, value):
            case ("INPT", _) if value in self.inputs:
                state.input = value
            case ("AVMT", "10" | "11"):
                state.picture_muted = value == "11"
            case ("AVMT", "20" | "21"):
                state.sound_muted = value == "21"
            case ("AVMT", "30" | "31"):
                state.picture_muted = state.sound_muted = value == "31"
            case ("FREZ", "0" | "1"):
                state.frozen = value == "1"
            case ("SVOL" | "MVOL", "0" | "1"):
                state.volume += 1 if value == "1" else -1
            case _:
                return "ERR2"
        return "OK"

    def _power(self, value: str) -> str:
        state = self.state
        if value not in ("0", "1"):
            return "ERR2"
        if state.power in ("warming", "cooling"):
            self.abuse.append(f"POWR {value} while {state.power}")
            return "ERR3"
        if "wrong_state" in self.faults:
            return "OK"
        if "silent_after_power" in self.faults:
            self._silent_until = self.clock.monotonic() + float(self.faults["silent_after_power"])
        if value == "1" and state.power == "off":
            self._go("warming", "on", self.warm_up)
        elif value == "0" and state.power == "on":
            self._go("cooling", "off", self.cool_down)
        return "OK"

    def _go(self, through: str, to: str, seconds: float) -> None:
        self.state.power = through

        def arrive() -> None:
            self.state.power = to

        self._turn = self.clock.call_later(seconds, arrive)

    def intrude(self) -> None:
        """Send an answer to a question that nobody asked, and rubbish."""
        self.emit(b"%1INPT=11\r")
        self.emit(b"garbage\xff\r")

    def power_cycle(self) -> None:
        """Come back in standby."""
        if self._turn is not None:
            self._turn.cancel()
        self.state.power = "off"

    def close(self) -> None:
        """Stop timers."""
        for timer in (*self._idle.values(), *([self._turn] if self._turn else [])):
            timer.cancel()
