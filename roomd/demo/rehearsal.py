"""A rehearsal: the site's own scenes against simulators on their real protocols, with the time passing quickly.

Nothing of the site is touched: every link leads to a simulator of this process, the data folder is thrown away. A step
that waits for a finger is held here as a person would, and the report says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from roomd.app import App
from roomd.control.commands import Actor
from roomd.control.scene_run import Run
from roomd.control.scenes import NoRun
from roomd.demo.start import DemoOptions, started

STEP: Final = 0.1
"""Virtual seconds of one turn; each takes some milliseconds, in which bytes on sockets and ptys arrive."""
READY: Final = 10.0
"""Virtual seconds that devices may take to be there."""
LONGEST: Final = 900.0
"""Virtual seconds of one scene."""
WHO: Final = Actor("rehearsal", "presenter", "rehearsal")


class UnknownScenes(Exception):
    """Scenes that the room file does not have."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How one scene went."""

    scene: str
    result: str
    """`ok`, `partial`, …, or `refused`: it was not begun."""
    seconds: float
    """Virtual ones: as long as it takes in the room, by the simulators."""
    steps: list[dict[str, Any]]
    held: tuple[str, ...] = ()
    """Commands that a finger had to hold."""
    code: str | None = None
    params: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        return {
            "scene": self.scene,
            "result": self.result,
            "seconds": round(self.seconds, 1),
            "steps": self.steps,
            "held": list(self.held),
            "code": self.code,
            "params": self.params or {},
        }


async def rehearse(
    config: Path, data: Path, scenes: Sequence[str], dead: Sequence[str]
) -> list[Rehearsed]:
    """Run scenes one after another in one simulated room, as it starts.

    Args:
        config: the room file.
        data: an empty folder, thrown away by the caller.
        scenes: their ids, or none for all, in the order of the room file.
        dead: devices whose simulator is unplugged.

    Raises:
        UnknownScenes: the room file does not have them.
        UnknownDevices: `dead` names a device that is not there.
        CannotServe: the data folder cannot be used.
    """
    clock = VirtualClock()
    options = DemoOptions(config, data, 0, lan=False, dead=dead, standard_ports=False)
    async with _time_passes(clock), started(options, clock, signals=False) as demo:
        app = demo.app
        unknown = [name for name in scenes if name not in app.scenes.scenes]
        if unknown:
            raise UnknownScenes(unknown)
        await _ready(app, frozenset(dead), clock)
        return [await _scene(app, name, clock) for name in scenes or list(app.scenes.scenes)]


@asynccontextmanager
async def _time_passes(clock: VirtualClock) -> AsyncGenerator[None]:
    async def pass_() -> None:
        while True:
            await clock.advance(STEP)

    passing = asyncio.create_task(pass_(), name="virtual time")
    try:
        yield
    finally:
        passing.cancel()
        with suppress(asyncio.CancelledError):
            await passing


async def _ready(app: App, dead: frozenset[str], clock: VirtualClock) -> None:
    """Wait until every device that can answer has."""
    until = clock.monotonic() + READY
    waited = [
        d.id for d in app.dispatch.devices.values() if d.link is not None and d.id not in dead
    ]
    while clock.monotonic() < until:
        if all(app.store.value(f"{device}.online") is True for device in waited):
            return
        await clock.sleep(STEP)


async def _scene(app: App, name: str, clock: VirtualClock) -> Rehearsed:
    began = clock.monotonic()
    try:
        run = app.scenes.start(name, WHO)
    except NoRun as problem:
        steps = list(problem.params.get("steps", []))
        return Rehearsed(
            name, "refused", 0.0, steps, code=problem.code, params=dict(problem.params)
        )
    finger = _Finger(app, clock)
    while run.state != "ended" and clock.monotonic() - began < LONGEST:
        await finger.attend(run)
        await clock.sleep(STEP)
    await finger.leave()
    steps = [result.as_json() for result in run.results]
    done = Rehearsed(name, str(run.result), clock.monotonic() - began, steps)
    return replace(done, held=tuple(finger.held))


class _Finger:
    """Holds the button that a run waits for, until the motor stands, and then for no longer."""

    def __init__(self, app: App, clock: VirtualClock) -> None:
        self._app, self._clock = app, clock
        self.held: list[str] = []
        self._id = ""
        self._device = ""

    async def attend(self, run: Run) -> None:
        """Begin, go on, or let go."""
        if not self._id and run.waits_for is not None:
            self._device, command = run.waits_for
            name = f"{self._device}/{command}"
            if name in self.held:
                # It did not run; a person would not try for two minutes either.
                self._app.scenes.cancel(run.id)
                return
            self._id = f"h{len(self.held)}"
            self.held.append(name)
            self._app.holds.start(self._id, self._device, command, {}, WHO, _nobody_listens)
        elif self._id:
            motor = self._app.dispatch.devices[self._device].motor
            alive = self._app.holds.keep(WHO.client, self._id, None)
            stands = motor is None or not motor.moving
            if not alive or (stands and run.waits_for is None):
                await self.leave()

    async def leave(self) -> None:
        """Let go."""
        if self._id:
            self._app.holds.release(WHO.client, self._id)
            self._id = ""
            await self._clock.sleep(STEP)


async def _nobody_listens(_hold: str, _outcome: Outcome) -> None:
    """The run itself tells how it went."""
