"""Scenes of the room: start, modes and groups, cancel, undo, retry, learn. At most one of a group at a time.

Nothing runs because of a start, a reload or a reconnect.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from drivers.clock import Clock
from drivers.commands import Outcome, OutcomeKind
from roomd.config.models.scenes import Scene, Step
from roomd.control.commands import Actor, Command, Origin
from roomd.control.dispatch import Dispatch
from roomd.control.preflight import Forecast, preflight
from roomd.control.safety import Safety
from roomd.control.scene_result import Result
from roomd.control.scene_run import Order, Run, Stage
from roomd.control.scene_steps import Room, state_to_restore, touched
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

KEPT = 50
"""Runs that are remembered after their end."""
UNDO_OFFER = 10.0
"""Seconds for which a run that ended can be taken back."""
LONGEST = 600.0
"""Seconds of a run that is no scene of the room file: a retry, an undo."""


class NoRun(Exception):
    """A scene that cannot be started, a run that is not there; `code` and `params` are for people."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Scenes:
    """See the module."""

    def __init__(self, clock: Clock, store: Store, dispatch: Dispatch, safety: Safety) -> None:
        self._clock, self._store, self._dispatch, self._safety = clock, store, dispatch, safety
        self.scenes: Mapping[str, Scene] = {}
        self.runs: OrderedDict[str, Run] = OrderedDict()
        self.told: list[Callable[[Run], None]] = []
        """Told of each change of each run."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._queued: dict[str, Order] = {}
        self._ended: dict[str, float] = {}
        dispatch.outcomes.append(self._outcome)
        self._stop_before = dispatch.on_stop
        dispatch.on_stop = self._stopped

    def use(self, scenes: Mapping[str, Scene]) -> None:
        """Go over to these scenes; what runs, runs on as it began."""
        self.scenes = dict(scenes)

    @property
    def running(self) -> list[Run]:
        """Return the runs that have not ended."""
        return [run for run in self.runs.values() if run.id in self._tasks]

    # -- start ----------------------------------------------------------------------------------------------------

    def dry_run(self, scene: str, origin: Origin = "scene") -> list[Forecast]:
        """Return what would become of each step now; nothing is sent.

        Raises:
            NoRun: there is no such scene.
        """
        return preflight(self._room(), self._scene(scene).steps, self._safety.interlocks, origin)

    def start(
        self, scene: str, actor: Actor, origin: Origin = "scene", *, force: bool = False
    ) -> Run:
        """Start a scene.

        Args:
            scene: its id.
            actor: who.
            origin: where the wish comes from; rules may depend on it.
            force: run it although a step will be refused.

        Raises:
            NoRun: no such scene, it runs already (`single`), or a step would be refused (`preflight`): then nothing
                has happened.
        """
        entry = self._scene(scene)
        if self._dispatch.stopping:
            raise NoRun("stopping")
        if not force:
            self._look_ahead(scene, origin)
        order = Order(scene, entry.steps, actor, origin, entry.undo)
        mine = [run for run in self.running if run.scene == scene]
        if mine and entry.mode == "single":
            raise NoRun("scene_running", scene=scene)
        if mine and entry.mode == "queue":
            self._queued[scene] = order
            return mine[-1]
        for run in self.running:
            same_group = entry.group is not None and entry.group == self._group(run.scene)
            if same_group or (run.scene == scene and entry.mode == "restart"):
                self._cancel(run, "superseded")
        return self._begin(order, entry.timeout)

    def _look_ahead(self, scene: str, origin: Origin) -> None:
        bad = [f for f in self.dry_run(scene, origin) if f.verdict == "will_be_refused"]
        if bad:
            steps = [f.as_json() for f in bad]
            raise NoRun("preflight", scene=scene, step=bad[0].step, say=_say(bad[0]), steps=steps)

    def _begin(self, order: Order, timeout: float) -> Run:
        stage = Stage(self._room(), self._dispatch, self._store, self._clock)
        run = Run(order, stage, self._changed)
        devices = frozenset[str]().union(*(touched(stage.room, step) for step in order.steps))
        run.saved = state_to_restore(stage.room, devices)
        self.runs[run.id] = run
        while len(self.runs) > KEPT:
            oldest = next(iter(self.runs))
            if oldest in self._tasks:
                break
            del self.runs[oldest]
        log.info("scene.started", run=run.id, scene=run.scene, user=order.actor.user)
        task = asyncio.create_task(run.execute(), name=f"scene {run.scene}")
        self._tasks[run.id] = task
        timer = self._clock.call_later(timeout, lambda: self._cancel(run, "failed"))
        task.add_done_callback(lambda _task: timer.cancel())
        task.add_done_callback(lambda _task: self._over(run))
        return run

    def _over(self, run: Run) -> None:
        self._tasks.pop(run.id, None)
        if run.state != "ended":
            run.end(run.why)  # cancelled before it began
        self._ended[run.id] = self._clock.monotonic()
        queued = self._queued.pop(run.scene, None)
        if queued is not None and run.result not in {"cancelled", "superseded"}:
            self._begin(queued, LONGEST)

    # -- while and after ------------------------------------------------------------------------------------------

    def cancel(self, run_id: str) -> Run:
        """Cancel a run: nothing more is issued, its own motors stop, the rest stays as it is.

        Raises:
            NoRun: there is no such run.
        """
        run = self._run(run_id)
        self._queued.pop(run.scene, None)
        self._cancel(run, "cancelled")
        return run

    def cancel_all(self, why: Result) -> None:
        """Cancel every run: the daemon ends."""
        self._queued.clear()
        for run in self.running:
            self._cancel(run, why)

    def undo(self, run_id: str, actor: Actor) -> Run:
        """Take a run back: by its `undo:`, or what was confirmed before. Never motion.

        Raises:
            NoRun: there is no such run, it has not ended, or the offer is over.
        """
        run = self._run(run_id)
        ended = self._ended.get(run_id)
        if ended is None:
            raise NoRun("run_not_ended", run=run_id)
        if self._clock.monotonic() - ended > UNDO_OFFER:
            raise NoRun("undo_over", run=run_id)
        steps = run.order.undo or ([Step(set=run.saved)] if run.saved else [])
        if not steps:
            raise NoRun("nothing_to_undo", run=run_id)
        del self._ended[run_id]
        return self._begin(Order(run.scene, steps, actor, run.order.origin, kind="undo"), LONGEST)

    def retry(self, run_id: str, actor: Actor) -> Run:
        """Run only what failed, through preflight again.

        Raises:
            NoRun: there is no such run, it has not ended, nothing failed, or a step would be refused.
        """
        run = self._run(run_id)
        if run_id in self._tasks:
            raise NoRun("run_not_ended", run=run_id)
        failed = [r for r in run.results if not r.good and r.can_be_done_again]
        if not failed:
            raise NoRun("nothing_failed", run=run_id)
        steps = [Step(device=r.device, command=r.command, args=dict(r.args)) for r in failed]
        origin = run.order.origin
        bad = preflight(self._room(), steps, self._safety.interlocks, origin)
        refused = [f for f in bad if f.verdict == "will_be_refused"]
        if refused:
            shown = [f.as_json() for f in refused]
            raise NoRun(
                "preflight",
                scene=run.scene,
                step=refused[0].step,
                say=_say(refused[0]),
                steps=shown,
            )
        return self._begin(
            Order(run.scene, steps, actor, origin, run.order.undo, kind="retry"), LONGEST
        )

    def learn(self) -> dict[str, Any]:
        """Return the room as it is as a scene: what can be set again; the rest is listed as left out."""
        room = self._room()
        found = state_to_restore(room, frozenset(room.devices))
        left_out = [d for d in room.devices if d not in found]
        return {"steps": [{"set": found}] if found else [], "left_out": left_out}

    # -- inside ---------------------------------------------------------------------------------------------------

    def _room(self) -> Room:
        return Room(self._dispatch.devices, self._dispatch.zones, self.scenes, self._store)

    def _scene(self, scene: str) -> Scene:
        found = self.scenes.get(scene)
        if found is None:
            raise NoRun("unknown_scene", scene=scene)
        return found

    def _group(self, scene: str) -> str | None:
        found = self.scenes.get(scene)
        return None if found is None else found.group

    def _run(self, run_id: str) -> Run:
        run = self.runs.get(run_id)
        if run is None:
            raise NoRun("unknown_run", run=run_id)
        return run

    def _cancel(self, run: Run, why: Result) -> None:
        task = self._tasks.get(run.id)
        if task is not None and not run.ending:
            # Once: the stops that a cancelled run sends would cancel it again.
            run.ending, run.why = True, why
            task.cancel()

    def _stopped(self, device: str | None) -> None:
        """STOP was pressed: runs that move something end, all of them or those that moved this device."""
        self._stop_before(device)
        for run in self.running:
            if run.moves if device is None else device in run.started:
                self._cancel(run, "cancelled")

    def _outcome(self, command: Command, outcome: Outcome) -> None:
        if command.hold is not None and outcome.kind is not OutcomeKind.REFUSED:
            for run in self.running:
                run.held(command, outcome)

    def _changed(self, run: Run) -> None:
        for told in self.told:
            told(run)


def _say(forecast: Forecast) -> Any:
    return forecast.params.get("say", {})
