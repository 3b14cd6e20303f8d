"""One motor: reverse pause, longest run, duty, estimated position.

Apart from the driver, so that a driver that died cannot keep a motor running. Nothing here ever
starts a motor by itself; it only stops.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from drivers.clock import Clock, Timer
from drivers.commands import Outcome, OutcomeKind
from drivers.motion import MotionSpec, Stroke
from drivers.points import PointValue
from roomd.control.estimate import Direction, Estimate

log = structlog.stdlib.get_logger(__name__)

TICK = 0.5
"""Seconds between reports of an estimated position."""
SAME_TICK = 0.02
"""Opposite taps closer together than this mean stop."""
AGAIN = 1.0
"""Seconds between stops that a limit sends until one is taken."""
GOOD = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.SENT})
MAYBE = frozenset({OutcomeKind.TIMEOUT, OutcomeKind.SUPERSEDED, OutcomeKind.CANCELLED})
STANDS = GOOD | {OutcomeKind.TIMEOUT}
"""Ends of a stop after which the motor is taken to stand."""
ENDS: dict[str, Direction] = {"top": "up", "open": "up", "bottom": "down", "closed": "down"}

Run = Callable[[str, dict[str, Any], Callable[[], None]], Awaitable[Outcome]]
"""Sends one command of the device, through the lane and the gate of whoever asked; calls back when a byte leaves."""
Halt = Callable[[], Awaitable[Outcome]]
"""Sends the device's stop; nothing can refuse it."""
Tell = Callable[[str, PointValue], None]


@dataclass(eq=False)
class _Run:
    """From the wish to move until it stands."""

    command: str
    direction: Direction | None
    """None: the device itself knows where to."""
    seconds: float | None = None
    """Until it is stopped on the way, counted from its first byte."""
    started: float | None = None
    """When the first byte left, monotonic seconds; None: nothing has left yet."""
    drives: int = 0
    """Commands under way for it."""
    taken: bool = False
    """One of them was taken by the device, or may have been."""
    astray: bool = False
    """Where it stands cannot be reckoned from its time."""


class Motor:
    """See the module.

    Args:
        kind: `lift`, `screen` or `curtain`.
        spec: its times and limits.
        clock: tells the time.
        halt: sends the device's stop.
        tell: takes a point's estimated value.
    """

    def __init__(self, kind: str, spec: MotionSpec, clock: Clock, halt: Halt, tell: Tell) -> None:
        self.kind = kind
        self.spec = spec
        self.estimate = Estimate(spec)
        self._clock = clock
        self._send_stop = halt
        self._tell = tell
        self._run: _Run | None = None
        self._stopped = -1e9
        self._free = -1e9
        """When it stands for certain and has had its pause."""
        self._last: Direction | None = None
        self._asked: tuple[float, Direction | None] = (-1e9, None)
        """When a direction was asked for last, and which."""
        self._spent: deque[tuple[float, float]] = deque()
        """When each run ended, and how many seconds it took."""
        self._timers: list[Timer] = []
        self._turn = asyncio.Lock()
        self._newest = 0
        """Number of the newest drive; an older one that still waits for its pause gives way."""
        self._halted = 0
        """How often STOP was pressed; a drive that waited meanwhile does not start."""
        self._stopping = 0
        """Stops under way."""
        self._calm = asyncio.Event()
        self._calm.set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._tells_ends = False
        """The device reports its ends itself."""
        self._at_fault = False

    @property
    def moving(self) -> bool:
        """Return whether it runs, or is about to, as far as anybody knows."""
        return self._run is not None

    @property
    def busy(self) -> bool:
        """Return whether it may run, or has not yet stood for its pause: no other motor may have its place."""
        return self._run is not None or self._clock.monotonic() < self._free

    @property
    def running(self) -> str | None:
        """Return the command that it runs by, or None while it stands."""
        return None if self._run is None else self._run.command

    def direction_of(self, command: str) -> Direction | None:
        """Return which way a command drives, or None."""
        if command == self.spec.up.command:
            return "up"
        return "down" if command == self.spec.down.command else None

    def towards(self, position: object) -> str | None:
        """Return the command that `goto` a position 0..100 comes to from where it stands, or None."""
        if isinstance(position, bool) or not isinstance(position, int | float):
            return None
        way = self._way(position)
        return None if way is None else self._stroke(way[0]).command

    # -- commands -------------------------------------------------------------------------------------------------

    async def drive(self, command: str, args: dict[str, Any], run: Run) -> Outcome:
        """Run a moving command with its pauses and limits."""
        return await self._drive(command, args, run, None)

    async def goto(self, position: float, run: Run) -> Outcome:
        """Drive to a position 0..100 by time; refused until an end was reached, and when the estimate is too vague."""
        if not self.estimate.precise:
            return Outcome(OutcomeKind.REFUSED, "not_homed")
        if self._run is not None:
            # The way is reckoned from where it stands.
            halted = await self._halt()
            if halted.kind not in GOOD:
                return halted
        way = self._way(position)
        if way is None:
            return Outcome(OutcomeKind.SENT)
        direction, seconds = way
        command = self._stroke(direction).command
        return await self._drive(command, {}, run, seconds if 0 < position < 100 else None)

    async def stop(self) -> Outcome:
        """Stop it, whatever it does, and whatever was about to start."""
        self._halted += 1
        return await self._halt()

    async def _drive(
        self, command: str, args: dict[str, Any], run: Run, seconds: float | None
    ) -> Outcome:
        direction, now = self.direction_of(command), self._clock.monotonic()
        at, way = self._asked
        self._asked = now, direction
        if now - at < SAME_TICK and way not in (None, direction):
            await self.stop()
            return Outcome(OutcomeKind.CANCELLED, "stopped")
        spent = self._duty_left(now)
        if spent is not None:
            return Outcome(OutcomeKind.REFUSED, "duty", {"seconds": round(spent)})
        self._newest += 1
        mine, halted = self._newest, self._halted
        async with self._turn:
            failed = await self._turn_round(direction)
            if halted != self._halted:
                return Outcome(OutcomeKind.CANCELLED, "stopped")
            if mine != self._newest:
                return Outcome(OutcomeKind.SUPERSEDED)
            if failed is not None:
                return failed
            current = self._run = self._run or _Run(command, direction)
            current.seconds = seconds
        outcome = await self._go(current, command, args, run)
        if outcome.code == "stopped" and mine != self._newest and halted == self._halted:
            # Stopped to turn round, not by anybody's STOP.
            return Outcome(OutcomeKind.SUPERSEDED, tx=outcome.tx, ms=outcome.ms)
        return outcome

    async def _turn_round(self, direction: Direction | None) -> Outcome | None:
        """Stop and pause where another direction asks for it; return the stop's outcome where it was not taken."""
        while True:
            await self._calm.wait()  # a stop under way would end what starts now, or not
            if self._run is not None and (direction is None or self._run.direction != direction):
                halted = await self._halt()
                if halted.kind not in GOOD:
                    return halted
            rest = self._stopped + self.spec.reverse_pause - self._clock.monotonic()
            if rest <= 0 or (direction is not None and self._last == direction):
                return None
            await self._clock.sleep(rest)

    async def _go(self, current: _Run, command: str, args: dict[str, Any], run: Run) -> Outcome:
        current.drives += 1
        try:
            outcome = await run(command, args, lambda: self._begin(current))
            current.taken |= outcome.kind in GOOD or (outcome.kind in MAYBE and outcome.tx > 0)
            return outcome
        finally:
            current.drives -= 1
            if self._run is current and not current.drives:
                self._give_up(current)

    def _give_up(self, current: _Run) -> None:
        """Forget a run that never was: nothing left for the device, or it said no."""
        if current.started is None:
            self._run = None
        elif not current.taken:
            self._cancel_timers()
            self._run = None
            self._tell("moving", "none")
            self._tell_position()

    async def _halt(self) -> Outcome:
        self._stopping += 1
        self._calm.clear()
        try:
            outcome = await self._send_stop()
        finally:
            self._stopping -= 1
            if not self._stopping:
                self._calm.set()
        if outcome.kind in STANDS:
            self._stand()
        return outcome

    # -- what happens while it runs -------------------------------------------------------------------------------

    def _begin(self, current: _Run) -> None:
        """Note that a byte of it has left; the first one starts the clock."""
        if current.started is not None or self._run is not current:
            return
        self._cancel_timers()
        current.started = self._clock.monotonic()
        self._later(self.spec.limit, self._too_long)
        if self._at_fault:
            self._at_fault = False
            self._tell("fault", "")
        direction = self._last = current.direction
        if direction is None:
            self._lose_place(current)
            return
        self._tell("moving", current.command)
        self._tell("end", "mid" if self.estimate.homed else "unknown")
        arrives = self.estimate.full_run(direction)
        if arrives < self.spec.limit:
            self._later(arrives, lambda: self._arrive(current))
        if current.seconds is not None:
            self._later(current.seconds, lambda: self._enough(current))
        self._later(TICK, self._tick)

    def _stand(self) -> None:
        self._cancel_timers()
        self._stopped = self._clock.monotonic()
        self._free = self._stopped + self.spec.reverse_pause
        current, self._run = self._run, None
        if current is not None and current.started is not None:
            seconds = self._spend(current.started)
            if current.direction is not None and not current.astray:
                self.estimate.stop(current.direction, seconds)
        self._tell("moving", "none")
        self._tell_position()

    def _arrive(self, current: _Run) -> None:
        """The full stroke and its overrun have passed: it stands at the end switch, or something is wrong."""
        if self._tells_ends:
            log.error("motion.no_limit", kind=self.kind)
            self._lose_place(current)
            self._fail("no_limit")
        self._insist()

    def _enough(self, current: _Run) -> None:
        """It is where `goto` sent it, unless somebody sent it farther since."""
        if current.seconds is not None:
            self._insist()

    def _too_long(self) -> None:
        log.error("motion.max_run", kind=self.kind, limit=self.spec.limit)
        self._halted += 1
        self._fail("max_run")
        self._insist()

    def _lose_place(self, current: _Run) -> None:
        current.astray = True
        self.estimate = Estimate(self.spec)

    def _fail(self, code: str) -> None:
        self._at_fault = True
        self._tell("fault", code)

    def _insist(self) -> None:
        """Stop this run, again and again until it is over."""
        self._spawn(self._until_it_stands(self._run))

    async def _until_it_stands(self, current: _Run | None) -> None:
        while self._run is current and current is not None:
            await self._halt()
            if self._run is current:
                await self._clock.sleep(AGAIN)

    def _tick(self) -> None:
        current = self._run
        if current is None or current.direction is None or current.started is None:
            return
        seconds = self._clock.monotonic() - current.started
        height = self.estimate.after(current.direction, seconds)
        if height is not None:
            self._tell("position", self._position(height))
        self._later(TICK, self._tick)

    def observe_end(self, end: str) -> None:
        """Take the device's own word on whether it stands at an end; it overrides the estimate."""
        self._tells_ends = True
        direction = ENDS.get(end)
        if direction is None:
            return
        if self._run is not None and self._run.started and self._run.direction == direction:
            self._stand()
        self.estimate.reach(direction)
        self._tell_position()

    def forget(self) -> None:
        """The device cannot be reached: where it stands is not known. What runs is sent a stop all the same."""
        current, self._run = self._run, None
        self._cancel_timers()
        self.estimate = Estimate(self.spec)
        self._tells_ends = False
        if current is not None and current.started is not None:
            self._free = current.started + self.spec.limit + self.spec.reverse_pause
            self._spend(current.started)
            self._spawn(self.stop())

    def found(self) -> None:
        """The device can be reached again and is being stopped: whichever way it went, the pause begins now."""
        self._stopped = self._clock.monotonic()
        self._last = None

    def was_stopped(self) -> None:
        """Take note that the stop which every new connection begins with has been sent."""
        if self._run is None and self.spec.stop_on_start:
            self._tell("moving", "none")

    def _spend(self, started: float) -> float:
        """Count a run that ends now against the duty; return its seconds."""
        now = self._clock.monotonic()
        self._spent.append((now, now - started))
        return now - started

    def _tell_position(self) -> None:
        height = self.estimate.height
        self._tell("homed", self.estimate.homed)
        if height is None:
            self._tell("end", "unknown")
            return
        self._tell("position", self._position(height))
        names = ("open", "closed") if self.kind == "curtain" else ("top", "bottom")
        self._tell("end", names[0] if height >= 99.5 else names[1] if height <= 0.5 else "mid")

    def _way(self, position: float) -> tuple[Direction, float] | None:
        """Return direction and seconds to a position, or None where it is there, or does not know where it stands."""
        return self.estimate.seconds_to(100 - position if self.kind == "screen" else position)

    def _stroke(self, direction: Direction) -> Stroke:
        return self.spec.up if direction == "up" else self.spec.down

    def _position(self, height: float) -> float:
        return round(100 - height if self.kind == "screen" else height)

    def _duty_left(self, now: float) -> float | None:
        """Return the seconds until it may run again, or None when it may now."""
        if self.spec.duty_run is None or self.spec.duty_per is None:
            return None
        while self._spent and self._spent[0][0] < now - self.spec.duty_per:
            self._spent.popleft()
        if sum(seconds for _, seconds in self._spent) < self.spec.duty_run:
            return None
        return self._spent[0][0] + self.spec.duty_per - now

    def _later(self, delay: float, callback: Callable[[], None]) -> None:
        self._timers.append(self._clock.call_later(delay, callback))

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
