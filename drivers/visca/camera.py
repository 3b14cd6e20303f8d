"""A simulated camera: two sockets, standby, movement with time, presets, focus. Knows packets by its own tables.

Bytes in, answers out; how they travel (chain, header) is the simulator's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.clock import Clock, Timer

TICK = 0.05
"""Seconds between steps of a movement."""
STEPS = 900.0
"""Pan and tilt steps a second at full speed, about 60 degrees (believed)."""
ZOOM_RATE = 6000.0
"""Zoom positions a second at full speed."""
PAN_LIMIT, TILT_LIMIT, ZOOM_LIMIT = 2448, 1296, 0x4000
WAKE = 4.0
"""Seconds from standby to a picture."""

Reply = Callable[[bytes, float], None]


@dataclass
class State:
    """The camera."""

    on: bool = True
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    """0..4000h."""
    pan_speed: float = 0.0
    """-1..1, right is positive."""
    tilt_speed: float = 0.0
    zoom_speed: float = 0.0
    autofocus: bool = True
    presets: dict[int, tuple[float, float, float]] = field(
        default_factory=dict[int, tuple[float, float, float]]
    )
    executed: int = 0
    """Commands carried out."""


class Camera:
    """See the module. `reply(body, seconds)` sends `z0 body FF` after that time."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.state = State()
        self.busy: dict[int, bytes] = {}
        """Socket -> what runs in it."""
        self.faults: dict[str, object] = {}
        self._timer: Timer | None = None
        self._goal: tuple[float, float, float] | None = None
        self._arrived: Callable[[], None] | None = None

    def handle(self, body: bytes, reply: Reply) -> None:
        """Take a packet without address and `FF`."""
        match list(body):
            case [0x01, 0x00, 0x01]:
                self.busy.clear()
                reply(b"\x50", 0.0)
            case [0x09, *question]:
                self._inquiry(question, reply)
            case [0x01, *command]:
                self._command(command, reply)
            case [cancel] if cancel & 0xF0 == 0x20:
                self._cancel(cancel & 0x0F, reply)
            case _:
                reply(b"\x60\x02", 0.0)

    def close(self) -> None:
        """Stop timers."""
        if self._timer is not None:
            self._timer.cancel()

    # -- commands -------------------------------------------------------------------------------------------------

    def _command(self, command: list[int], reply: Reply) -> None:
        if "refuse" in self.faults:
            reply(b"\x60\x41", 0.0)
            return
        free = next((s for s in (1, 2) if s not in self.busy), None)
        if free is None or "buffer_full" in self.faults:
            reply(b"\x60\x03", 0.0)
            return
        if not self.state.on and command[:2] != [0x04, 0x00]:
            reply(bytes((0x60 | free, 0x41)), 0.0)
            return
        seconds = self._execute(command)
        if seconds is None:
            reply(b"\x60\x02", 0.0)
            return
        shown = 0 if "socket_zero" in self.faults else free
        if "no_ack" not in self.faults:
            reply(bytes((0x40 | shown,)), 0.0)
        self._finish_later(free, shown, seconds, reply)

    def _finish_later(self, socket: int, shown: int, seconds: float, reply: Reply) -> None:
        self.busy[socket] = b""

        def done() -> None:
            if socket in self.busy:
                del self.busy[socket]
                reply(bytes((0x50 | shown,)), 0.0)

        if seconds < 0:
            self._arrived = done
        else:
            self.clock.call_later(max(seconds, 0.03), done)

    def _cancel(self, socket: int, reply: Reply) -> None:
        if self.busy.pop(socket, None) is None:
            reply(bytes((0x60 | socket, 0x05)), 0.0)
            return
        self._goal = None
        reply(bytes((0x60 | socket, 0x04)), 0.0)

    def _execute(self, command: list[int]) -> float | None:
        """Carry it out; return the seconds it takes, -1 for "until it is there", None for a syntax error."""
        self.state.executed += 1
        if "wrong_state" in self.faults:
            return 0.0
        state = self.state
        match command:
            case [0x04, 0x00, 0x02 | 0x03 as power]:
                return self._power(on=power == 0x02)
            case [0x06, 0x01, pan, tilt, 1 | 2 | 3 as across, 1 | 2 | 3 as along]:
                self._goal = None
                state.pan_speed = {1: -1, 2: 1, 3: 0}[across] * pan / 0x18
                state.tilt_speed = {1: 1, 2: -1, 3: 0}[along] * tilt / 0x14
            case [0x04, 0x07, zoom] if zoom == 0 or zoom >> 4 in (2, 3):
                state.zoom_speed = (
                    0.0 if zoom == 0 else (1 if zoom >> 4 == 2 else -1) * ((zoom & 7) + 1) / 8
                )
            case [0x04, 0x47, *nibbles] if len(nibbles) == 4:
                state.zoom = min(ZOOM_LIMIT, _number(nibbles))
                return 0.4
            case [0x06, 0x04]:
                return self._go(0.0, 0.0, state.zoom)
            case [0x06, 0x02, _, _, *nibbles] if len(nibbles) == 8:
                return self._go(_signed(nibbles[:4]), _signed(nibbles[4:]), state.zoom)
            case [0x04, 0x3F, 0 | 1 | 2 as action, number]:
                return self._preset(action, number)
            case [0x04, 0x38 | 0x08 as kind, focus]:
                state.autofocus = kind == 0x38 and focus == 0x02
            case _:
                self.state.executed -= 1
                return None
        self._move()
        return 0.0

    def _power(self, *, on: bool) -> float:
        if on and not self.state.on:
            self.clock.call_later(WAKE, lambda: setattr(self.state, "on", True))
            return WAKE
        self.state.on = on
        if not on:
            self.state.pan_speed = self.state.tilt_speed = self.state.zoom_speed = 0.0
        return 0.1

    def _preset(self, action: int, number: int) -> float:
        state = self.state
        if action == 1:
            state.presets[number] = (state.pan, state.tilt, state.zoom)
        elif action == 0:
            state.presets.pop(number, None)
        else:
            return self._go(*state.presets.get(number, (0.0, 0.0, 0.0)))
        return 0.1

    # -- moving ---------------------------------------------------------------------------------------------------

    def _go(self, pan: float, tilt: float, zoom: float) -> float:
        self.state.pan_speed = self.state.tilt_speed = 0.0
        self._goal = (
            max(-PAN_LIMIT, min(PAN_LIMIT, pan)),
            max(-TILT_LIMIT, min(TILT_LIMIT, tilt)),
            max(0.0, min(ZOOM_LIMIT, zoom)),
        )
        self._move()
        return -1.0

    @property
    def moving(self) -> bool:
        """Return whether anything turns."""
        state = self.state
        return bool(state.pan_speed or state.tilt_speed or state.zoom_speed or self._goal)

    def _move(self) -> None:
        if self._timer is None and self.moving:
            self._timer = self.clock.call_later(TICK, self._step)

    def _step(self) -> None:
        self._timer = None
        state = self.state
        state.pan = _clip(state.pan + state.pan_speed * STEPS * TICK, PAN_LIMIT)
        state.tilt = _clip(state.tilt + state.tilt_speed * STEPS * TICK, TILT_LIMIT)
        state.zoom = max(0.0, min(ZOOM_LIMIT, state.zoom + state.zoom_speed * ZOOM_RATE * TICK))
        if self._goal is not None:
            self._approach(*self._goal)
        self._move()

    def _approach(self, pan: float, tilt: float, zoom: float) -> None:
        state = self.state
        state.pan = _toward(state.pan, pan, STEPS * TICK)
        state.tilt = _toward(state.tilt, tilt, STEPS * TICK)
        state.zoom = _toward(state.zoom, zoom, ZOOM_RATE * TICK)
        if (state.pan, state.tilt, state.zoom) == (pan, tilt, zoom):
            self._goal = None
            arrived, self._arrived = self._arrived, None
            if arrived is not None:
                arrived()

    # -- inquiries ------------------------------------------------------------------------------------------------

    def _inquiry(self, question: list[int], reply: Reply) -> None:
        state = self.state
        match question:
            case [0x04, 0x00]:
                reply(bytes((0x50, 0x02 if state.on else 0x03)), 0.0)
            case [0x00, 0x02]:
                reply(bytes.fromhex("50 00 20 04 11 01 00 02"), 0.0)
            case [0x04, 0x47]:
                reply(b"\x50" + _spread(round(state.zoom)), 0.0)
            case [0x06, 0x12]:
                reply(b"\x50" + _spread(round(state.pan)) + _spread(round(state.tilt)), 0.0)
            case [0x04, 0x38]:
                reply(bytes((0x50, 0x02 if state.autofocus else 0x03)), 0.0)
            case _:
                reply(b"\x60\x02", 0.0)


def _number(nibbles: list[int]) -> int:
    return nibbles[0] << 12 | nibbles[1] << 8 | nibbles[2] << 4 | nibbles[3]


def _signed(nibbles: list[int]) -> int:
    number = _number(nibbles)
    return number - 0x10000 if number >= 0x8000 else number


def _spread(number: int) -> bytes:
    bits = number & 0xFFFF
    return bytes((bits >> 12, bits >> 8 & 15, bits >> 4 & 15, bits & 15))


def _clip(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _toward(value: float, goal: float, step: float) -> float:
    return goal if abs(goal - value) <= step else value + step * (1 if goal > value else -1)
