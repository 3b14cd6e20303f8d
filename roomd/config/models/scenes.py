"""Scenes: what one tap sets in motion (control.md 8)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model
from roomd.config.models.conditions import Conditions, Unless
from roomd.config.models.devices import Scalar
from roomd.config.models.quantities import Duration
from roomd.config.models.rules import Name, RuleQuality
from roomd.config.models.texts import DeviceId, PlainId, Words

Wishes = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$", max_length=64)], Scalar],
    Field(min_length=1, max_length=64),
]
"""Point of a device -> what it should become; a dotted name reaches a channel: `ch.1.mute`."""
FORMS = ("set", "command", "wait", "delay", "seq", "par", "if", "scene")


class Step(Model):
    """One step. Exactly one of `set`, `device` with `command`, `wait`, `delay`, `seq`, `par`, `if`, `scene`."""

    id: PlainId | None = None
    """Name, for `after`."""
    name: Words | None = None
    """What people read of it; left out, it is made from device and command."""
    set: Annotated[dict[DeviceId, Wishes], Field(min_length=1, max_length=64)] | None = None
    """Device or zone -> what its points should become. What is there already is skipped."""
    device: DeviceId | None = None
    """Device or zone of `command`."""
    command: Name | None = None
    """Its command."""
    args: dict[Name, Scalar] = Field(default_factory=dict)
    """Arguments of the command."""
    wait: Conditions | None = None
    """Wait until all of this is so."""
    timeout: Annotated[Duration, Field(ge=0.1, le=600)] | None = None
    """Of `wait`: how long at most. Needed there."""
    quality: tuple[RuleQuality, ...] = ("confirmed", "observed")
    """Of `wait` and `if`: how far a point must be trusted."""
    delay: Annotated[Duration, Field(ge=0.05, le=600)] | None = None
    """Do nothing for so long."""
    seq: Annotated[list[Step], Field(min_length=1, max_length=200)] | None = None
    """Steps one after another."""
    par: Annotated[list[Step], Field(min_length=1, max_length=200)] | None = None
    """Steps at once; those of one device in the order of the file."""
    if_: Annotated[Unless | None, Field(alias="if")] = None
    """Condition of `then` and `else`."""
    then: Annotated[list[Step], Field(max_length=200)] = Field(default_factory=list["Step"])
    """Steps where the condition holds."""
    else_: Annotated[list[Step], Field(alias="else", max_length=200)] = Field(
        default_factory=list["Step"]
    )
    """Steps where it does not."""
    scene: PlainId | None = None
    """Another scene, as one step."""
    after: Annotated[tuple[PlainId, ...], Field(max_length=32)] = ()
    """Ids of steps that must have ended before."""
    on_fail: Literal["continue", "abort", "compensate"] | None = None
    """What a failure means: go on (usual), end the run (usual for motion), or run `undo` and end."""
    critical: bool = False
    """Its failure makes the whole run `failed`, not `partial`."""
    retries: Annotated[int, Field(ge=0, le=3)] = 0
    """Further attempts after no answer or no connection; never for motion."""

    @property
    def form(self) -> str:
        """Return which of the forms it is."""
        given = {
            "set": self.set,
            "command": self.command,
            "wait": self.wait,
            "delay": self.delay,
            "seq": self.seq,
            "par": self.par,
            "if": self.if_,
            "scene": self.scene,
        }
        return next((name for name, value in given.items() if value is not None), "")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = (
            self.set,
            self.command,
            self.wait,
            self.delay,
            self.seq,
            self.par,
            self.if_,
            self.scene,
        )
        if sum(form is not None for form in forms) != 1:
            raise PydanticCustomError(
                "step_form", "exactly one of set, command, wait, delay, seq, par, if, scene"
            )
        if (self.command is None) != (self.device is None):
            raise PydanticCustomError("step_command", "device and command belong together")
        if (self.wait is not None) != (self.timeout is not None):
            raise PydanticCustomError("step_wait", "wait needs timeout")
        if self.if_ is None and (self.then or self.else_):
            raise PydanticCustomError("step_if", "then and else need if")
        return self


class Scene(Model):
    """One scene."""

    name: Words
    """What its button says."""
    mode: Literal["restart", "single", "queue", "parallel"] = "restart"
    """What a second tap does while it runs: begin anew, nothing, once more afterwards, or beside it."""
    group: PlainId | None = None
    """Scenes of one group exclude each other: the newest wins."""
    steps: Annotated[list[Step], Field(min_length=1, max_length=200)]
    """At once across devices, in the order of the file within one."""
    undo: Annotated[list[Step], Field(max_length=200)] = Field(default_factory=list["Step"])
    """What takes it back; left out, what can be restored is restored."""
    timeout: Annotated[Duration, Field(ge=1, le=3600)] = 600.0
    """The whole run ends after that."""
    confirm: bool = False
    """The panel asks once before it runs."""


def walk(steps: list[Step]) -> list[Step]:
    """Return all steps, nested ones included, in the order of the file."""
    found: list[Step] = []
    for step in steps:
        found.append(step)
        for inner in (step.seq, step.par, step.then, step.else_):
            found += walk(inner or [])
    return found


def depth(steps: list[Step]) -> int:
    """Return how deep steps are nested; 1 for a plain list."""
    inner = [
        depth(below)
        for step in steps
        for below in (step.seq, step.par, step.then, step.else_)
        if below
    ]
    return 1 + max(inner, default=0)
