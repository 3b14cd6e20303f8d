"""One motor: reverse pause, longest run, duty, estimated position.

Apart from the driver, so that a driver that died cannot keep a motor running. Nothing here ever
starts a motor by itself; it only stops.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from drivers.clock import Clock, Timer
from drivers.commands import Arg, CommandSpec, Outcome, OutcomeKind, RetryClass
from drivers.motion import MotionSpec
from drivers.points import PointSpec, PointValue
from roomd.control.estimate import Direction, Estimate

log = structlog.stdlib.get_logger(__name__)

TICK = 0.5
"""Seconds between reports of an estimated position."""
SAME_TICK = 0.02
"""Opposite taps closer together than this mean stop."""
GOOD = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.SENT})
MAYBE = frozenset({OutcomeKind.TIMEOUT, OutcomeKind.SUPERSEDED, OutcomeKind.CANCELLED})

Run = Callable[[str, dict[str, Any]], Awaitable[Outcome]]
"""Sends one command of the device, through the lane and the gate of whoever asked."""
Halt = Callable[[], Awaitable[Outcome]]
"""Sends the device's stop; nothing can refuse it."""
Tell = Callable[[str, PointValue], None]


def motion_points(kind: str) -> tuple[PointSpec, ...]:
    """Return the points that every motor has, declared by its driver or not."""
    ends = ("open", "closed") if kind == "curtain" else ("top", "bottom")
    ways = ("open", "close") if kind == "curtain" else ("up", "down")
    return (
        PointSpec("moving", "enum", values=(*ways, "none")),
        PointSpec("position", "number", unit="%", minimum=0, maximum=100, resolution=2),
        PointSpec("end", "enum", values=(*ends, "mid", "unknown")),
        PointSpec("homed", "bool"),
    )


def goto_command(spec: MotionSpec) -> CommandSpec:
    """Return the `goto` that the estimate makes possible for a motor which has none of its own."""
    return CommandSpec(
        name="goto",
        args={"position": Arg("number", 0, 100, 1, "%")},
        key="move",
        retry=RetryClass.MOTION,
        retries=0,
        ttl=3.0,
        run=spec.run,
        answers="none",
    )


class Motor:
    """See the module."""

    def __init__(self, kind: str, spec: MotionSpec, clock: Clock, halt: Halt, tell: Tell) -> None:
        self.kind = kind
        self.spec = spec
        self.estimate = Estimate(spec)
        self._clock = clock
        self._send_stop = halt
        self._tell = tell
        self._direction: Direction | None = None
        self._started = 0.0
        self._stopped = -1e9
        self._last: Direction | None = None
        self._asked = -1e9
        self._runs: deque[tuple[float, float]] = deque()
        self._timers: list[Timer] = []
        self._turn = asyncio.Lock()
        self._newest = 0
        """Number of the newest drive; an older one that still waits for its pause gives way."""
        self._halted = 0
        """How often STOP was pressed; a drive that waited meanwhile does not start."""
        self._stops: set[asyncio.Task[Outcome]] = set()

    @property
    def moving(self) -> bool:
        """Return whether it runs, as far as anybody knows."""
        return self._direction is not None

    def direction_of(self, command: str) -> Direction | None:
        """Return which way a command drives, or None."""
        if command == self.spec.up.command:
            return "up"
        return "down" if command == self.spec.down.command else None

    # -- commands -------------------------------------------------------------------------------------------------

    async def drive(self, command: str, args: dict[str, Any], run: Run) -> Outcome:
        """Run a moving command with its pauses and limits."""
        direction = self.direction_of(command)
        if direction is None:
            return await run(command, args)
        now = self._clock.monotonic()
        together = now - self._asked < SAME_TICK and self._direction not in (None, direction)
        self._asked = now
        if together:
            await self.stop()
            return Outcome(OutcomeKind.SUPERSEDED)
        spent = self._duty_left(now)
        if spent is not None:
            return Outcome(OutcomeKind.REFUSED, "duty", {"seconds": round(spent)})
        self._newest += 1
        mine, halted = self._newest, self._halted
        async with self._turn:
            await self._turn_round(direction)
            if halted != self._halted:
                return Outcome(OutcomeKind.CANCELLED, "stopped")
            if mine != self._newest:
                return Outcome(OutcomeKind.SUPERSEDED)
            return await self._go(direction, command, args, run)

    async def goto(self, position: float, run: Run) -> Outcome:
        """Drive to a position 0..100 by time; refused until an end was reached, and when the estimate is too vague."""
        if not self.estimate.precise:
            return Outcome(OutcomeKind.REFUSED, "not_homed")
        way = self.estimate.seconds_to(100 - position if self.kind == "screen" else position)
        if way is None:
            return Outcome(OutcomeKind.SENT)
        direction, seconds = way
        stroke = self.spec.up if direction == "up" else self.spec.down
        outcome = await self.drive(stroke.command, {}, run)
        if outcome.kind in GOOD and 0 < position < 100:
            self._later(seconds, self._stop_soon)
        return outcome

    async def stop(self) -> Outcome:
        """Stop it, whatever it does, and whatever was about to start."""
        self._halted += 1
        return await self._halt()

    async def _halt(self) -> Outcome:
        outcome = await self._send_stop()
        if outcome.kind in GOOD or outcome.kind is OutcomeKind.TIMEOUT:
            self._stand()
        return outcome

    async def _turn_round(self, direction: Direction) -> None:
        if self._direction not in (None, direction):
            await self._halt()
        rest = self._stopped + self.spec.reverse_pause - self._clock.monotonic()
        if self._last not in (None, direction) and rest > 0:
            await self._clock.sleep(rest)

    async def _go(
        self, direction: Direction, command: str, args: dict[str, Any], run: Run
    ) -> Outcome:
        again = self._direction == direction
        if not again:
            self._begin(direction)
        outcome = await run(command, args)
        if (
            outcome.kind not in GOOD
            and not again
            and (outcome.tx == 0 or outcome.kind not in MAYBE)
        ):
            self._abandon()
        return outcome

    # -- what happens while it runs -------------------------------------------------------------------------------

    def _begin(self, direction: Direction) -> None:
        self._cancel_timers()
        self._direction = self._last = direction
        self._started = self._clock.monotonic()
        self._tell("moving", self.spec.up.command if direction == "up" else self.spec.down.command)
        self._tell("end", "mid" if self.estimate.homed else "unknown")
        arrives = self.estimate.full_run(direction)
        if arrives < self.spec.limit:
            self._later(arrives, self._arrive)
        self._later(self.spec.limit, self._too_long)
        self._later(TICK, self._tick)

    def _abandon(self) -> None:
        """Nothing left for the device, so nothing moves."""
        self._cancel_timers()
        self._direction = None
        self._tell("moving", "none")

    def _stand(self) -> None:
        self._cancel_timers()
        self._stopped = self._clock.monotonic()
        if self._direction is not None:
            seconds = self._stopped - self._started
            self.estimate.stop(self._direction, seconds)
            self._runs.append((self._stopped, seconds))
            self._direction = None
        self._tell("moving", "none")
        self._tell_position()

    def _arrive(self) -> None:
        """The full stroke and its overrun have passed: it stands at the end switch by itself."""
        self._stand()

    def _too_long(self) -> None:
        log.error("motion.max_run", kind=self.kind, limit=self.spec.limit)
        self._tell("fault", "max_run")
        self._stop_soon()

    def _stop_soon(self) -> None:
        task = asyncio.get_running_loop().create_task(self.stop())
        self._stops.add(task)
        task.add_done_callback(self._stops.discard)

    def _tick(self) -> None:
        if self._direction is None:
            return
        height = self.estimate.after(self._direction, self._clock.monotonic() - self._started)
        if height is not None:
            self._tell("position", self._position(height))
        self._later(TICK, self._tick)

    def observe_end(self, end: str) -> None:
        """Take the device's own word that it stands at an end; it overrides the estimate."""
        ends: dict[str, Direction] = {"top": "up", "open": "up", "bottom": "down", "closed": "down"}
        if end in ends:
            self.estimate.reach(ends[end])
            if self._direction == ends[end]:
                self._stand()
            else:
                self._tell_position()

    def forget(self) -> None:
        """The link was lost: where it stands is not known any more."""
        self._cancel_timers()
        self._direction = None
        self.estimate = Estimate(self.spec)

    def _tell_position(self) -> None:
        height = self.estimate.height
        self._tell("homed", self.estimate.homed)
        if height is None:
            self._tell("end", "unknown")
            return
        self._tell("position", self._position(height))
        names = ("open", "closed") if self.kind == "curtain" else ("top", "bottom")
        self._tell("end", names[0] if height >= 99.5 else names[1] if height <= 0.5 else "mid")

    def _position(self, height: float) -> float:
        return round(100 - height if self.kind == "screen" else height)

    def _duty_left(self, now: float) -> float | None:
        """Return the seconds until it may run again, or None when it may now."""
        if self.spec.duty_run is None or self.spec.duty_per is None:
            return None
        while self._runs and self._runs[0][0] < now - self.spec.duty_per:
            self._runs.popleft()
        if sum(seconds for _, seconds in self._runs) < self.spec.duty_run:
            return None
        return self._runs[0][0] + self.spec.duty_per - now

    def _later(self, delay: float, callback: Callable[[], None]) -> None:
        self._timers.append(self._clock.call_later(delay, callback))

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
