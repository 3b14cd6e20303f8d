"""A simulated camera: two sockets, standby, movement with time, presets, focus. Knows packets by its own tables.

Bytes in, answers out; how they travel (chain, header) is the simulator's business. What a camera does with a movement
that another one interrupts is believed: it reports it as completed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from drivers.clock import Clock, Timer

TICK = 0.05
"""Seconds between steps of a movement."""
QUICK = 0.03
"""Seconds until what needs no movement is carried out."""
STEPS = 900.0
"""Pan and tilt steps a second at full speed, about 60 degrees (believed)."""
ZOOM_RATE = 6000.0
"""Zoom positions a second at full speed."""
FOCUS_RATE = 2000.0
PAN_LIMIT, TILT_LIMIT, ZOOM_LIMIT, FOCUS_LIMIT = 2448, 1296, 0x4000, 0xC000
FASTEST_TILT = 0x18
"""Faster than what the driver asks for: some cameras take 17 or 18."""
WAKE = 4.0
"""Seconds from standby to a picture."""
VERSION = bytes.fromhex("00 01 05 13 01 00 02")
"""Maker, model, ROM, sockets; SRG-300H, p. 27 (the ROM is invented)."""

Reply = Callable[[bytes], None]
Axis = Literal["pan", "tilt", "zoom"]


class NotNow(Exception):
    """The camera cannot do this in its present state."""


@dataclass
class State:
    """The camera."""

    on: bool = True
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    """0..4000h."""
    focus: float = 0.0
    pan_speed: float = 0.0
    """-1..1, right is positive."""
    tilt_speed: float = 0.0
    zoom_speed: float = 0.0
    focus_speed: float = 0.0
    autofocus: bool = True
    presets: dict[int, tuple[float, float, float]] = field(
        default_factory=dict[int, tuple[float, float, float]]
    )
    executed: int = 0
    """Commands carried out."""


@dataclass(eq=False)
class Goal:
    """A place that it goes to by itself."""

    places: dict[Axis, float]
    arrived: Callable[[], None] = lambda: None


@dataclass(frozen=True, eq=False)
class Task:
    """A command in its socket."""

    goal: Goal | None


class Camera:
    """See the module. `reply(body)` sends `z0 body FF`."""

    def __init__(self, clock: Clock, faults: dict[str, object]) -> None:
        self.clock = clock
        self.state = State()
        self.busy: dict[int, Task] = {}
        """Socket -> what runs in it."""
        self.faults = faults
        self._life = 0
        """Counts how often it lost its power: what was begun before ends no more."""
        self._timer: Timer | None = None
        self._waking = False
        self._goals: list[Goal] = []

    def handle(self, body: bytes, reply: Reply) -> None:
        """Take a packet without address and `FF`."""
        match list(body):
            case [0x01, 0x00, 0x01]:
                self.clear()
                reply(b"\x50")
            case [0x09, *question]:
                reply(self._answer(question))
            case [0x01, *command]:
                self._command(command, reply)
            case [cancel] if cancel & 0xF0 == 0x20:
                self._cancel(cancel & 0x0F, reply)
            case _:
                reply(b"\x60\x02")

    def clear(self) -> None:
        """Empty both sockets; what moves goes on moving."""
        self.busy.clear()

    def close(self) -> None:
        """Stop timers."""
        self._life += 1
        self.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def power_cycle(self) -> None:
        """Forget all but the presets."""
        self.close()
        self._goals.clear()
        self._waking = False
        fresh = State(presets=self.state.presets)
        self.state.__dict__.update(fresh.__dict__)

    # -- commands -------------------------------------------------------------------------------------------------

    def spend(self, name: str) -> bool:
        """Return whether a fault applies now; one that was set with a count does so as often."""
        value = self.faults.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            if value <= 1:
                self.faults.pop(name, None)
            else:
                self.faults[name] = value - 1
            return value > 0
        return bool(value)

    def _command(self, command: list[int], reply: Reply) -> None:
        if self.spend("refuse"):
            reply(b"\x60\x41")
            return
        free = next((s for s in (1, 2) if s not in self.busy), None)
        if free is None or self.spend("buffer_full"):
            reply(b"\x60\x03")
            return
        if self._waking or (not self.state.on and command[:2] != [0x04, 0x00]):
            reply(bytes((0x60 | free, 0x41)))
            return
        try:
            takes = self._execute(command)
        except NotNow:
            reply(bytes((0x60 | free, 0x41)))
            return
        if takes is None:
            reply(b"\x60\x02")
            return
        self.state.executed += 1
        shown = 0 if "socket_zero" in self.faults else free
        if "no_ack" not in self.faults:
            reply(bytes((0x40 | shown,)))
        self._finish_later(free, shown, takes, reply)

    def _finish_later(self, socket: int, shown: int, takes: float | Goal, reply: Reply) -> None:
        task = self.busy[socket] = Task(takes if isinstance(takes, Goal) else None)

        def done() -> None:
            if self.busy.get(socket) is task:
                del self.busy[socket]
                reply(bytes((0x50 | shown,)))

        if isinstance(takes, Goal):
            takes.arrived = done
        else:
            self.clock.call_later(max(takes, QUICK), done)

    def _cancel(self, socket: int, reply: Reply) -> None:
        if socket not in self.busy:
            reply(bytes((0x60 | socket, 0x05)))
            return
        goal = self.busy.pop(socket).goal
        if goal is not None and goal in self._goals:
            self._goals.remove(goal)
        reply(bytes((0x60 | socket, 0x04)))

    def _execute(self, command: list[int]) -> float | Goal | None:
        """Carry it out.

        Returns:
            The seconds it takes, the place it goes to, or None for what it does not understand.

        Raises:
            NotNow: it cannot do this now.
        """
        if "wrong_state" in self.faults:
            return 0.0
        match command:
            case [0x04, *lens]:
                return self._lens(lens)
            case [0x06, *head]:
                return self._head(head)
            case _:
                return None

    def _lens(self, command: list[int]) -> float | Goal | None:
        match command:
            case [0x00, 0x02 | 0x03 as power]:
                return self._power(on=power == 0x02)
            case [0x07, drive]:
                return self._zoom(drive)
            case [0x47, *nibbles] if len(nibbles) == 4:
                self.state.zoom_speed = 0.0
                return self._go({"zoom": _number(nibbles)})
            case [0x3F, 0 | 1 | 2 as action, number]:
                return self._preset(action, number)
            case [0x38, 0x02 | 0x03 as auto]:
                self.state.autofocus = auto == 0x02
                return 0.0
            case [0x08, drive]:
                return self._focus(drive)
            case _:
                return None

    def _head(self, command: list[int]) -> float | Goal | None:
        match command:
            case [0x01, pan, tilt, 1 | 2 | 3 as across, 1 | 2 | 3 as along]:
                return self._drive(pan, tilt, across, along)
            case [0x04]:
                return self._go({"pan": 0.0, "tilt": 0.0})
            case [0x02, _, _, *nibbles] if len(nibbles) in (8, 9):
                return self._go({"pan": _signed(nibbles[:-4]), "tilt": _signed(nibbles[-4:])})
            case _:
                return None

    def _power(self, *, on: bool) -> float:
        state = self.state
        if on and not state.on:
            life, self._waking = self._life, True

            def awake() -> None:
                if life == self._life:
                    state.on, self._waking = True, False

            self.clock.call_later(WAKE, awake)
            return WAKE
        state.on = on
        if not on:
            state.pan_speed = state.tilt_speed = state.zoom_speed = state.focus_speed = 0.0
            self._interrupt("pan", "tilt", "zoom")
        return 0.0

    def _drive(self, pan: int, tilt: int, across: int, along: int) -> float | None:
        if pan > 0x18 or tilt > FASTEST_TILT:
            return None
        self._interrupt("pan", "tilt")
        self.state.pan_speed = (-1, 1, 0)[across - 1] * pan / 0x18
        self.state.tilt_speed = (1, -1, 0)[along - 1] * min(1.0, tilt / 0x14)
        self._move()
        return 0.0

    def _zoom(self, drive: int) -> float | None:
        speed = _speed(drive)
        if speed is None:
            return None
        self._interrupt("zoom")
        self.state.zoom_speed = speed
        self._move()
        return 0.0

    def _focus(self, drive: int) -> float | None:
        speed = _speed(drive)
        if speed is None:
            return None
        if self.state.autofocus:
            raise NotNow
        self.state.focus_speed = speed
        self._move()
        return 0.0

    def _preset(self, action: int, number: int) -> float | Goal:
        state = self.state
        if action == 1:
            state.presets[number] = (state.pan, state.tilt, state.zoom)
        elif action == 0:
            state.presets.pop(number, None)
        else:
            pan, tilt, zoom = state.presets.get(number, (0.0, 0.0, 0.0))
            state.zoom_speed = 0.0
            return self._go({"pan": pan, "tilt": tilt, "zoom": zoom})
        return 0.1

    # -- moving ---------------------------------------------------------------------------------------------------

    def _go(self, places: dict[Axis, float]) -> Goal:
        self._interrupt(*places)
        if "pan" in places:
            self.state.pan_speed = self.state.tilt_speed = 0.0
        goal = Goal({axis: _within(axis, place) for axis, place in places.items()})
        self._goals.append(goal)
        self._move()
        return goal

    def _interrupt(self, *axes: Axis) -> None:
        """End what goes to a place on one of these axes; its command is reported as completed."""
        for goal in [g for g in self._goals if not g.places.keys().isdisjoint(axes)]:
            self._goals.remove(goal)
            goal.arrived()

    @property
    def moving(self) -> bool:
        """Return whether anything turns."""
        state = self.state
        speeds = (state.pan_speed, state.tilt_speed, state.zoom_speed, state.focus_speed)
        return any(speeds) or bool(self._goals)

    def _move(self) -> None:
        if self._timer is None and self.moving:
            self._timer = self.clock.call_later(TICK, self._step)

    def _step(self) -> None:
        self._timer = None
        state = self.state
        state.pan = _within("pan", state.pan + state.pan_speed * STEPS * TICK)
        state.tilt = _within("tilt", state.tilt + state.tilt_speed * STEPS * TICK)
        state.zoom = _within("zoom", state.zoom + state.zoom_speed * ZOOM_RATE * TICK)
        focus = state.focus + state.focus_speed * FOCUS_RATE * TICK
        state.focus = max(0.0, min(FOCUS_LIMIT, focus))
        for goal in list(self._goals):
            self._approach(goal)
        self._move()

    def _approach(self, goal: Goal) -> None:
        state = self.state
        for axis, place in goal.places.items():
            step = (ZOOM_RATE if axis == "zoom" else STEPS) * TICK
            setattr(state, axis, _toward(getattr(state, axis), place, step))
        if all(getattr(state, axis) == place for axis, place in goal.places.items()):
            self._goals.remove(goal)
            goal.arrived()

    # -- inquiries ------------------------------------------------------------------------------------------------

    def _answer(self, question: list[int]) -> bytes:
        state = self.state
        match question:
            case [0x04, 0x00]:
                return bytes((0x50, 0x02 if state.on else 0x03))
            case [0x00, 0x02]:
                return b"\x50" + VERSION
            case [0x04, 0x47]:
                return b"\x50" + _spread(round(state.zoom))
            case [0x06, 0x12]:
                return b"\x50" + _spread(round(state.pan)) + _spread(round(state.tilt))
            case [0x04, 0x38]:
                return bytes((0x50, 0x02 if state.autofocus else 0x03))
            case _:
                return b"\x60\x02"


def _speed(drive: int) -> float | None:
    """Return the speed of a drive of zoom or focus (`00`, `02`, `03`, `2p`, `3p`), or None for what is none."""
    if drive == 0:
        return 0.0
    kind, step = (drive, 3) if drive in (0x02, 0x03) else divmod(drive, 16)
    if kind not in (2, 3) or step > 7:
        return None
    return (step + 1) / (8 if kind == 2 else -8)


def _number(nibbles: list[int]) -> int:
    number = 0
    for nibble in nibbles:
        number = number * 16 + nibble
    return number


def _signed(nibbles: list[int]) -> int:
    number, range_ = _number(nibbles), 16 ** len(nibbles)
    return number - range_ if number >= range_ // 2 else number


def _spread(number: int) -> bytes:
    bits = number & 0xFFFF
    return bytes((bits >> 12, bits >> 8 & 15, bits >> 4 & 15, bits & 15))


def _within(axis: Axis, value: float) -> float:
    least, most = {
        "pan": (-PAN_LIMIT, PAN_LIMIT),
        "tilt": (-TILT_LIMIT, TILT_LIMIT),
        "zoom": (0, ZOOM_LIMIT),
    }[axis]
    return float(max(least, min(most, value)))


def _toward(value: float, goal: float, step: float) -> float:
    return goal if abs(goal - value) <= step else value + step * (1 if goal > value else -1)
