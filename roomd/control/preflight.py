"""Which step of a scene would be refused, before anything happens: rules judged on a copy of the state. Pure.

Each step's own effects are taken for done before the next one is judged, so an order that makes itself possible is seen
as possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from drivers.points import PointValue, Quality
from roomd.config.models.conditions import Span
from roomd.config.models.scenes import Step
from roomd.config.wishes import NoCommand
from roomd.control.conditions import Need, Point, Truth, View, conditions, requirement
from roomd.control.interlocks import Ask, Interlocks
from roomd.control.scene_steps import Leaf, Room, leaves

Verdict = Literal["ok", "skipped", "will_be_refused", "cannot_tell", "offline"]


@dataclass
class _Supposed:
    """A point as it will be."""

    value: PointValue
    quality: Quality = Quality.CONFIRMED
    desired: PointValue = None
    pending: bool = False
    by: str | None = None


class Supposed:
    """A view on which steps may leave their effects."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._changed: dict[str, _Supposed] = {}

    def get(self, path: str, /) -> Point | None:
        """Return a point as it will be, or as it is."""
        return self._changed.get(path) or self._view.get(path)

    def suppose(self, path: str, value: PointValue) -> None:
        """Take `value` for reached."""
        self._changed[path] = _Supposed(value)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would become of one command."""

    step: str
    """Place in the scene: `2`, `2.1`."""
    device: str
    command: str
    args: Mapping[str, Any]
    verdict: Verdict
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def as_json(self) -> dict[str, Any]:
        """Return it for HTTP, WebSocket and the command line."""
        shown: dict[str, Any] = {
            "step": self.step,
            "device": self.device,
            "command": self.command,
            "args": dict(self.args),
            "verdict": self.verdict,
        }
        if self.code is not None:
            shown |= {"code": self.code, "params": dict(self.params)}
        return shown


def preflight(room: Room, steps: list[Step], interlocks: Interlocks, origin: str) -> list[Forecast]:
    """Return what would become of every command of these steps, in the order of the file."""
    supposed = Supposed(room.view)
    flight = _Flight(replace(room, view=supposed), supposed, interlocks, origin)
    flight.steps(steps, "")
    return flight.found


class _Flight:
    def __init__(self, room: Room, supposed: Supposed, interlocks: Interlocks, origin: str) -> None:
        self.found: list[Forecast] = []
        self._room = room
        self._supposed = supposed
        self._interlocks = interlocks
        self._origin = origin
        self._open: set[str] = set()

    def steps(self, steps: list[Step], path: str) -> None:
        for number, step in enumerate(steps, 1):
            self._step(step, f"{path}{number}")

    def _step(self, step: Step, path: str) -> None:
        match step.form:
            case "set" | "command":
                self._commands(step, path)
            case "wait":
                for condition in conditions(step.wait or {}):
                    self._reached(condition.path, condition.need)
            case "seq" | "par":
                self.steps(step.seq or step.par or [], f"{path}.")
            case "if" if step.if_ is not None:
                qualities = frozenset(Quality(q) for q in step.quality)
                truth = requirement(step.if_).judge(self._supposed, qualities)
                self.steps(step.then if truth is Truth.YES else step.else_, f"{path}.")
            case "scene":
                self._scene(step.scene or "", path)
            case _:
                pass

    def _scene(self, name: str, path: str) -> None:
        if name in self._room.scenes and name not in self._open:
            self._open.add(name)
            self.steps(self._room.scenes[name].steps, f"{path}.")
            self._open.discard(name)

    def _reached(self, path: str, need: Need) -> None:
        """Take what is waited for as come, where it is one value or the first of several."""
        value = need[0] if isinstance(need, tuple) else need
        if not isinstance(value, Span):
            self._supposed.suppose(path, value)

    def _commands(self, step: Step, path: str) -> None:
        try:
            meant = leaves(self._room, step)
        except NoCommand as problem:
            device = next(iter(step.set or {}), "")
            self.found.append(
                Forecast(path, device, "set", {}, "will_be_refused", problem.code, problem.params)
            )
            return
        for leaf in meant:
            for device in self._room.members(leaf.device):
                self.found.append(self._forecast(path, replace(leaf, device=device)))

    def _forecast(self, path: str, leaf: Leaf) -> Forecast:
        bare = Forecast(path, leaf.device, leaf.command, leaf.args, "ok")
        if leaf.there:
            return replace(bare, verdict="skipped")
        device = self._room.devices.get(leaf.device)
        if device is None:
            params = {"device": leaf.device}
            return replace(bare, verdict="will_be_refused", code="unknown_device", params=params)
        if device.problem is not None:
            params = {
                "device": leaf.device,
                "place": f"{device.problem.file}:{device.problem.line}",
            }
            return replace(bare, verdict="will_be_refused", code="misconfigured", params=params)
        spec = device.commands.get(leaf.command)
        moves = spec is not None and spec.run is not None
        ask = Ask(device.id, device.kind, leaf.command, self._origin, moves)
        denial = self._interlocks.denial(ask, self._supposed)
        if denial is not None:
            unclear = [p["holds"] for p in denial.points.values()]
            shown = denial.as_json()
            params = {"rule": shown.pop("id"), "device": device.id, **shown}
            known = "no" in unclear or not unclear or denial.latched
            verdict: Verdict = "will_be_refused" if known else "cannot_tell"
            return replace(bare, verdict=verdict, code="interlocked", params=params)
        for name, value in ({} if spec is None else spec.wishes(leaf.args)).items():
            self._supposed.suppose(f"{device.id}.{name}", value)
        online = self._room.view.get(f"{device.id}.online")
        if online is not None and online.value is False:
            return replace(
                bare, verdict="offline", code="unreachable", params={"device": device.id}
            )
        return bare
