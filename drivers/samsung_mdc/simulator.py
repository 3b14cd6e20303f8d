"""A display that speaks MDC on RS-232, on TCP, and, with a PIN, encrypted on TCP. Several may share a serial line.

It cuts and builds frames by itself, never by the codec.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from drivers.clock import Clock
from drivers.samsung_mdc.certificate import server_context
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.tables import (
    ACK,
    ANSWER,
    BANNER,
    HEADER,
    LOUDEST,
    NAK,
    TWINS,
    USUAL,
    Command,
    checksum,
)
from drivers.samsung_mdc.tunnel import Tunnel
from drivers.simulation.simulator import Simulator
from drivers.simulation.tcp_wire import TcpPeer

THINKS = 0.02
"""Seconds before it answers."""
TRIES = 5
"""Wrong PINs after which it locks; how many a real one allows is unverified."""
PASS, FAIL = b"MDCAUTH<<PASS>>", b"MDCAUTH<<FAIL:0x%02x>>"
WRONG, BLOCKED = 1, 2
REFUSAL = 1
"""Error number of a refusal unless another one is given; what the numbers mean is unverified."""
POWERS = {"off": 0, "on": 1}
SLEEPS_AFTER = 5.0
"""Seconds from off until the network sleeps, in the fault `standby_deaf`, unless they are given."""


@dataclass
class State:
    """What the display is."""

    power: str = "off"
    input: int = 0x21
    """Number as on the wire."""
    volume: int = 15
    """0..100."""
    mute: bool = False
    temperature: int = 38
    """Degrees Celsius."""
    broken: list[str] = field(default_factory=list[str])
    """`lamp`, `temperature`, `fan`."""
    certificate: int = 1
    """Which one it shows; another number is another display."""
    wrong_pins: int = 0
    woken: int = 0
    """How often Wake-on-LAN has switched it on."""
    orders: list[str] = field(default_factory=list[str])
    """Every command that set something, accepted or not, in order: `POWER 1`."""


@dataclass
class _Visitor:
    """One connection; a serial line is one too."""

    rest: bytes = b""
    tunnel: Tunnel | None = None
    trusted: bool = True


class MdcSimulator(Simulator):
    """One display.

    Faults: `refuse`, `nak` (its error number), `wrong_state` (says yes and does nothing), `intruder` (answers that
    nobody asked for), `blocked_pin` (no PIN will do), `standby_deaf` (some seconds after off, it hears nothing but
    Wake-on-LAN), `terse_standby` (off, it answers nothing but questions for power), `no_health` (it does not answer how
    it is).
    """

    protocol = "samsung-mdc"
    state: State
    protocol_faults: ClassVar[frozenset[str]] = frozenset(
        {
            *("refuse", "nak", "wrong_state", "intruder", "blocked_pin"),
            *("standby_deaf", "terse_standby", "no_health"),
        }
    )

    def __init__(self, settings: MdcSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        self.display = settings.display
        self.mac = bytes.fromhex(settings.mac or "02005e100002")
        self.sources = {*settings.names.values(), *USUAL.values()}
        self.state = State()
        self.pin: bytes | None = None
        self._contexts: dict[int, ssl.SSLContext] = {}
        self._tcp = transport_name == "tcp"
        if settings.pin is not None and self._tcp:
            self.pin = settings.pin.get_secret_value().encode("ascii")
            self._context()  # made now: the first one takes its time
        self._off_at = -SLEEPS_AFTER
        """Second since when it is off."""
        self._visitors: dict[object, _Visitor] = {}
        self._tasks: set[asyncio.Future[None]] = set()

    # -- connections ----------------------------------------------------------------------------------------------

    def connected(self, peer: object) -> None:
        """Greet where there is a PIN; a second client is turned away, and everybody while it sleeps."""
        if self._visitors or self._deaf():
            _close(peer)
            return
        self._visitors[peer] = _Visitor(trusted=self.pin is None)
        if self.pin is not None:
            self._visitors[peer].tunnel = Tunnel(self._context(), server=True)
            self.emit(BANNER, peer=peer)

    def _context(self) -> ssl.SSLContext:
        number = self.state.certificate
        if number not in self._contexts:
            self._contexts[number] = server_context(number)
        return self._contexts[number]

    def disconnected(self, peer: object) -> None:
        """Forget a client."""
        self._visitors.pop(peer, None)

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes, cut anywhere."""
        if not self._tcp:
            self._visitors.setdefault(peer, _Visitor())
        visitor = self._visitors.get(peer)
        if visitor is None:
            return
        if visitor.tunnel is not None:
            try:
                data, answer = visitor.tunnel.feed(data)
            except ValueError:
                self.abuse.append("no TLS where TLS is demanded")
                _close(peer)
                return
            if answer:
                self.emit(answer, peer=peer)
            if visitor.tunnel.ended:
                self.emit(visitor.tunnel.close(), peer=peer)
                _close(peer)
        if not visitor.trusted:
            if data:
                self._check_pin(data, peer, visitor)
        elif not self._deaf():
            self._cut(data, peer, visitor)

    def _check_pin(self, said: bytes, peer: object, visitor: _Visitor) -> None:
        """Take the first thing that is said for the PIN: it has no end of its own."""
        blocked = "blocked_pin" in self.faults or self.state.wrong_pins >= TRIES
        if said == self.pin and not blocked:
            visitor.trusted = True
            self.state.wrong_pins = 0
            self._say(PASS, peer)
            return
        self.state.wrong_pins += 1
        self.abuse.append("wrong PIN")
        self._say(FAIL % (BLOCKED if blocked else WRONG), peer)
        self.clock.call_later(2 * THINKS, lambda: _close(peer))

    def _say(self, data: bytes, peer: object) -> None:
        visitor = self._visitors.get(peer)
        if visitor is not None and visitor.tunnel is not None:
            data = visitor.tunnel.seal(data)
        self.emit(data, peer=peer, after=THINKS)

    # -- frames ---------------------------------------------------------------------------------------------------

    def _cut(self, data: bytes, peer: object, visitor: _Visitor) -> None:
        visitor.rest += data
        while (start := visitor.rest.find(HEADER)) >= 0:
            frame = visitor.rest = visitor.rest[start:]
            if len(frame) < 4 or len(frame) < frame[3] + 5:
                return
            frame = frame[: frame[3] + 5]
            if checksum(frame[1:-1]) != frame[-1]:
                visitor.rest = visitor.rest[1:]
                continue
            visitor.rest = visitor.rest[len(frame) :]
            self._obey(frame, peer)
        visitor.rest = b""

    def _obey(self, frame: bytes, peer: object) -> None:
        number, display, value = frame[1], frame[2], frame[4:-1]
        everybody = display == 0xFE
        if display != self.display and not everybody:
            return
        if self._off and "terse_standby" in self.faults and number != Command.POWER:
            return
        if number == Command.ERRORS and "no_health" in self.faults:
            return
        answer = self._set(number, value) if value else self._value(number)
        if everybody:
            return
        good = answer is not None
        self._answer(number, answer if answer is not None else self._error(), peer, good=good)

    def _answer(self, number: int, value: bytes, peer: object, *, good: bool) -> None:
        self._say(self._frame(self.display, number, value, good=good), peer)

    def _frame(self, display: int, number: int, value: bytes, *, good: bool = True) -> bytes:
        body = bytes((ANSWER, display, len(value) + 2, ACK if good else NAK, number)) + value
        return bytes((HEADER,)) + body + bytes((checksum(body),))

    def _error(self) -> bytes:
        number = self.faults.get("nak", True)
        return bytes((REFUSAL if number is True else int(number),))

    @property
    def _off(self) -> bool:
        return self.state.power == "off"

    def _value(self, number: int) -> bytes | None:
        """Return the answer to a question; None: there is no such thing."""
        s = self.state
        power, source = POWERS[s.power], s.input
        match number:
            case Command.STATUS:
                return bytes((power, s.volume, s.mute, source, 0x10, 0, 0))
            case Command.ERRORS:
                lamp, hot, fan = (place in s.broken for place in ("lamp", "temperature", "fan"))
                return bytes((lamp, hot, 2, 0, s.temperature, fan))
            case Command.POWER:
                return bytes((power,))
            case Command.VOLUME:
                return bytes((s.volume,))
            case Command.MUTE:
                return bytes((s.mute,))
            case Command.INPUT:
                return bytes((source,))
            case _:
                return None

    def _set(self, number: int, value: bytes) -> bytes | None:
        """Follow a command; return what the answer repeats, None to refuse."""
        wish = value[0]
        known = number in (Command.POWER, Command.VOLUME, Command.MUTE, Command.INPUT)
        self.state.orders.append(f"{Command(number).name if known else number} {wish}")
        if not known or len(value) != 1 or {"refuse", "nak"} & self.faults.keys():
            return None
        if self._off and number != Command.POWER:
            return None
        limits: dict[int, bool] = {
            Command.VOLUME: wish <= LOUDEST,
            Command.INPUT: wish in self.sources - {*TWINS},
        }
        if not limits.get(number, wish in (0, 1)):
            return None
        if "wrong_state" not in self.faults:
            self._do(number, wish)
        return value

    def _do(self, number: int, wish: int) -> None:
        match number:
            case Command.POWER:
                self.state.power = "on" if wish else "off"
                if not wish:
                    self._switched_off()
            case Command.VOLUME:
                self.state.volume, self.state.mute = wish, False
            case Command.MUTE:
                self.state.mute = bool(wish)
            case _:
                self.state.input = wish

    # -- standby --------------------------------------------------------------------------------------------------

    def _deaf(self) -> bool:
        passed = self.clock.monotonic() - self._off_at
        return self._off and "standby_deaf" in self.faults and passed >= self._sleeps_after

    @property
    def _sleeps_after(self) -> float:
        seconds = self.faults.get("standby_deaf", True)
        return SLEEPS_AFTER if seconds is True else float(seconds)

    def _switched_off(self) -> None:
        self._off_at = self.clock.monotonic()
        if "standby_deaf" in self.faults:
            self.clock.call_later(self._sleeps_after, self.sleep)

    def sleep(self) -> None:
        """Let the network sleep where it does: connections end, and nobody can connect."""
        if self._deaf() and self._tcp and self.wire is not None:
            self.wire.unplug()

    def wake(self, packet: bytes) -> None:
        """Take a Wake-on-LAN packet; another device's is not for us."""
        if b"\xff" * 6 + self.mac * 16 not in packet or not self._off:
            return
        self.state.power = "on"
        self.state.woken += 1
        self._plug()

    def _plug(self) -> None:
        """Let the network wake."""
        if self._tcp and self.wire is not None:
            task = asyncio.ensure_future(self.wire.plug())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Use its remote control. Displays do not say so by themselves; the next question finds it."""
        if values.get("power", "off") not in POWERS:
            raise ValueError(f"power is one of {', '.join(POWERS)}")
        if not 0 <= values.get("volume", 0) <= LOUDEST:
            raise ValueError(f"volume is 0 to {LOUDEST}")
        asleep = self._deaf()
        super().set_by_hand(values)
        if values.get("power") == "off":
            self._switched_off()
        if asleep and not self._deaf():
            self._plug()

    def power_cycle(self) -> None:
        """Come back off."""
        self.state.power = "off"
        self._visitors.clear()

    def intrude(self) -> None:
        """Say what nobody asked for: another display's volume, one of ours, and a refusal."""
        for peer in list(self._visitors) or [None]:
            self._say(self._frame(self.display % 253 + 1, Command.VOLUME, b"\x63"), peer)
            self._say(self._frame(self.display, Command.VOLUME, bytes((self.state.volume,))), peer)
            self._say(self._frame(self.display, Command.POWER, b"\x02", good=False), peer)


def _close(peer: object) -> None:
    if isinstance(peer, TcpPeer):
        peer.close()
