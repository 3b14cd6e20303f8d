"""One run of a scene: steps at once across devices, in the order of the file within one, each with its own result."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import structlog

from drivers.clock import Clock
from drivers.commands import Outcome, OutcomeKind, Priority
from drivers.points import Quality
from roomd.config.models.scenes import Step
from roomd.config.wishes import NoCommand
from roomd.control.commands import Actor, Command, Origin, refused
from roomd.control.conditions import Truth, conditions, requirement
from roomd.control.dispatch import Dispatch
from roomd.control.scene_result import Result, StepResult, verdict
from roomd.control.scene_steps import Leaf, Room, count, leaves, moving, touched
from roomd.control.waiting import wait_until
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

GOOD = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.SENT})
AGAIN = frozenset({OutcomeKind.TIMEOUT, OutcomeKind.OFFLINE})
"""Outcomes after which a step with `retries` is tried again."""
HOLD_PATIENCE = 120.0
"""Seconds that a run waits for a finger on a `run: hold` step."""
State = Literal["running", "waiting_hold", "ended"]
_numbers = itertools.count(1)


class _Abort(Exception):
    """A step failed that ends the run."""

    def __init__(self, *, compensate: bool) -> None:
        super().__init__()
        self.compensate = compensate


@dataclass(frozen=True)
class Order:
    """What is to be run, for whom."""

    scene: str
    steps: list[Step]
    actor: Actor
    origin: Origin = "scene"
    undo: list[Step] = field(default_factory=list[Step])
    """What `compensate` runs."""
    kind: Literal["scene", "retry", "undo"] = "scene"
    """The whole scene, only what had failed, or the way back."""


@dataclass(frozen=True)
class Stage:
    """Where it is run."""

    room: Room
    dispatch: Dispatch
    store: Store
    clock: Clock


class Run:
    """See the module. `tell` is called at each change."""

    def __init__(self, order: Order, stage: Stage, tell: Callable[[Run], None]) -> None:
        self.id = f"r{next(_numbers)}"
        self.order = order
        self.scene = order.scene
        self.actor = order.actor
        self.room = stage.room
        self.results: list[StepResult] = []
        self.state: State = "running"
        self.result: Result | None = None
        self.waits_for: tuple[str, str] | None = None
        """Device and command of the hold that is waited for."""
        self.started: set[str] = set()
        """Motors that this run set in motion."""
        self.moves = moving(stage.room, order.steps)
        self.saved: dict[str, dict[str, Any]] = {}
        """What can be put back, as it was before."""
        self.ending = False
        """It has been cancelled and still stops what it started."""
        self.why: Result = "cancelled"
        """What a cancellation means."""
        self._total = count(stage.room, order.steps)
        self._dispatch, self._store, self._clock = stage.dispatch, stage.store, stage.clock
        self._tell = tell
        self._done: dict[str, asyncio.Event] = {}
        self._held: asyncio.Future[Outcome] | None = None
        self._over = asyncio.Event()

    def as_json(self) -> dict[str, Any]:
        """Return the body of the WebSocket's `run` message."""
        device, command = self.waits_for or (None, None)
        return {
            "run": self.id,
            "scene": self.scene,
            "kind": self.order.kind,
            "state": self.state,
            "result": self.result,
            "by": self.actor.user,
            "done": len(self.results),
            "total": max(self._total, len(self.results)),
            "steps": [r.as_json() for r in self.results],
            "hold": None if device is None else {"device": device, "command": command},
        }

    # -- the whole run --------------------------------------------------------------------------------------------

    def outcome(self) -> Outcome:
        """Return the run's end as the outcome of the wish that started it."""
        kinds = {
            "ok": OutcomeKind.CONFIRMED,
            "superseded": OutcomeKind.SUPERSEDED,
            "cancelled": OutcomeKind.CANCELLED,
            "interrupted": OutcomeKind.CANCELLED,
        }
        kind = kinds.get(self.result or "", OutcomeKind.FAILED)
        code = f"scene_{self.result}" if kind is OutcomeKind.FAILED else None
        failed = sum(not r.good for r in self.results)
        return Outcome(kind, code, {"run": self.id, "failed": failed})

    async def ended(self) -> None:
        """Wait until it is over."""
        await self._over.wait()

    async def execute(self) -> None:
        """Run to the end; `result` says how it went. A cancelled run stops only what it started."""
        self._tell(self)
        try:
            await self._together(self.order.steps, "")
        except _Abort as abort:
            # What this run still moves would go on without anybody watching it; its own stops do not cancel it.
            self.ending = True
            await self._stop_motors()
            self.ending = False
            if abort.compensate:
                await self._compensate()
            self.end("failed")
        except asyncio.CancelledError:
            await self._stop_motors()
            self.end(self.why)
        else:
            self.end(verdict(self.results))

    def end(self, result: Result) -> None:
        """Note that it is over."""
        self.state, self.result, self.waits_for = "ended", result, None
        self._over.set()
        log.info("scene.ended", run=self.id, scene=self.scene, result=result)
        self._tell(self)

    async def _compensate(self) -> None:
        try:
            await self._together(self.order.undo, "undo.")
        except _Abort:
            log.warning("scene.undo_failed", run=self.id, scene=self.scene)

    async def _stop_motors(self) -> None:
        """Stop what this run set in motion and what still runs, and nothing else."""
        motors = [self._dispatch.devices.get(d) for d in sorted(self.started)]
        running = [d for d in motors if d is not None and d.motor is not None and d.motor.moving]
        stops = [
            Command(d.id, "stop", {}, self.actor, self.order.origin, Priority.SAFETY)
            for d in running
        ]
        outcomes = await asyncio.gather(*(self._dispatch.run(stop) for stop in stops))
        for stop, outcome in zip(stops, outcomes, strict=True):
            self._note(
                StepResult("stop", stop.device, "stop", {}, outcome.kind.value, outcome.code)
            )

    # -- order ----------------------------------------------------------------------------------------------------

    async def _together(self, steps: list[Step], path: str) -> None:
        """Run steps at once; a step waits for earlier ones that touch a device of its own, and for `after`."""
        before: list[tuple[frozenset[str], asyncio.Event]] = []
        async with _at_once() as group:
            for number, step in enumerate(steps, 1):
                mine, done = touched(self.room, step), asyncio.Event()
                if step.id is not None:
                    done = self._done.setdefault(step.id, done)
                waits = [event for others, event in before if others & mine]
                waits += [self._done.setdefault(name, asyncio.Event()) for name in step.after]
                before.append((mine, done))
                group.create_task(self._one(step, f"{path}{number}", waits, done))

    async def _one(
        self, step: Step, path: str, waits: list[asyncio.Event], done: asyncio.Event
    ) -> None:
        for event in waits:
            await event.wait()
        try:
            await self._step(step, path)
        finally:
            done.set()

    async def _in_turn(self, steps: list[Step], path: str) -> None:
        for number, step in enumerate(steps, 1):
            done = (
                asyncio.Event()
                if step.id is None
                else self._done.setdefault(step.id, asyncio.Event())
            )
            waits = [self._done.setdefault(name, asyncio.Event()) for name in step.after]
            await self._one(step, f"{path}{number}", waits, done)

    async def _step(self, step: Step, path: str) -> None:
        match step.form:
            case "set" | "command":
                await self._commands(step, path)
            case "wait":
                await self._wait(step, path)
            case "delay":
                await self._clock.sleep(step.delay or 0.0)
            case "seq":
                await self._in_turn(step.seq or [], f"{path}.")
            case "par":
                await self._together(step.par or [], f"{path}.")
            case "if":
                await self._in_turn(self._branch(step), f"{path}.")
            case _:
                scene = self.room.scenes.get(step.scene or "")
                if scene is not None:
                    await self._together(scene.steps, f"{path}.")

    def _branch(self, step: Step) -> list[Step]:
        if step.if_ is None:
            return []
        qualities = frozenset(Quality(q) for q in step.quality)
        truth = requirement(step.if_).judge(self._store, qualities)
        return step.then if truth is Truth.YES else step.else_

    # -- what is done ---------------------------------------------------------------------------------------------

    async def _commands(self, step: Step, path: str) -> None:
        try:
            meant = leaves(self.room, step)
        except NoCommand as problem:
            self._note(StepResult(path, "", "set", {}, "refused", problem.code, problem.params))
            self._fail(step, moves=False)
            return
        by_device: dict[str, list[Leaf]] = {}
        for leaf in meant:
            by_device.setdefault(leaf.device, []).append(leaf)
        async with _at_once() as group:
            for mine in by_device.values():
                group.create_task(self._device(step, path, mine))

    async def _device(self, step: Step, path: str, meant: list[Leaf]) -> None:
        for leaf in meant:
            result = StepResult(path, leaf.device, leaf.command, leaf.args, "skipped")
            result.critical = step.critical
            if not leaf.there:
                async with self._timed(result):
                    outcome = await self._send(step, leaf)
                    result.outcome, result.code = outcome.kind.value, outcome.code
                    result.params = outcome.params
            self._note(result)
            if not result.good:
                self._fail(step, moves=self._moves(leaf))

    @asynccontextmanager
    async def _timed(self, result: StepResult) -> AsyncGenerator[None, None]:
        """Measure what is under way; what the end of the run cuts off has a line too."""
        began = self._clock.monotonic()
        try:
            yield
        except asyncio.CancelledError:
            result.outcome, result.ms = "cancelled", (self._clock.monotonic() - began) * 1000
            self._note(result)
            raise
        result.ms = (self._clock.monotonic() - began) * 1000

    async def _send(self, step: Step, leaf: Leaf) -> Outcome:
        command = Command(
            leaf.device,
            leaf.command,
            dict(leaf.args),
            self.actor,
            self.order.origin,
            Priority.SCENE,
        )
        if self.room.moves(leaf.device, leaf.command) == "hold":
            return await self._finger(leaf)
        moves = self._moves(leaf)
        if leaf.command == "stop":
            self.started.difference_update(self.room.members(leaf.device))
        if moves:
            self.started.update(self.room.members(leaf.device))
        outcome = await self._dispatch.run(command)
        for _ in range(0 if moves else step.retries):
            if outcome.kind not in AGAIN:
                break
            outcome = await self._dispatch.run(replace(command, id=f"{command.id}r"))
        return outcome

    def _moves(self, leaf: Leaf) -> bool:
        return any(
            self.room.moves(d, leaf.command) is not None for d in self.room.members(leaf.device)
        )

    async def _finger(self, leaf: Leaf) -> Outcome:
        """Wait until a person holds the button of this step; a program never does."""
        self.state, self.waits_for = "waiting_hold", (leaf.device, leaf.command)
        held: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._held = held
        self._tell(self)
        over = asyncio.ensure_future(self._clock.sleep(HOLD_PATIENCE))
        try:
            either: set[asyncio.Future[Any]] = {held, over}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if held.done():
                return held.result()
            return refused("hold_required", device=leaf.device, command=leaf.command)
        finally:
            over.cancel()
            self._held = None
            self.state, self.waits_for = "running", None

    def held(self, command: Command, outcome: Outcome) -> None:
        """Take note that a person's hold was carried out; it may be the one that is waited for."""
        if self._held is None or self._held.done() or command.hold is None:
            return
        if (command.device, command.command) == self.waits_for and outcome.kind in GOOD:
            self._held.set_result(outcome)

    async def _wait(self, step: Step, path: str) -> None:
        needed = conditions(step.wait or {})
        qualities = frozenset(Quality(q) for q in step.quality)
        device = next((c.path for c in needed), "")
        result = StepResult(path, device, "wait", {}, "timeout", "wait_timeout")
        result.critical = step.critical
        async with self._timed(result):
            timeout = step.timeout or 0.0
            if await wait_until(self._clock, self._store, needed, qualities, timeout):
                result.outcome, result.code = "confirmed", None
        result.params = {"seconds": round(result.ms / 1000)}
        self._note(result)
        if not result.good:
            self._fail(step, moves=False)

    def _note(self, result: StepResult) -> None:
        self.results.append(result)
        self._tell(self)

    @staticmethod
    def _fail(step: Step, *, moves: bool) -> None:
        """End the run where this step's failure means that."""
        on_fail = step.on_fail or ("abort" if moves else "continue")
        if on_fail != "continue":
            raise _Abort(compensate=on_fail == "compensate")


@asynccontextmanager
async def _at_once() -> AsyncGenerator[asyncio.TaskGroup, None]:
    """Open a TaskGroup whose one `_Abort` comes out as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as group:
        aborts, rest = group.split(_Abort)
        if rest is not None or aborts is None:
            raise
        raise _first(aborts) from None


def _first(group: BaseExceptionGroup[_Abort]) -> _Abort:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
