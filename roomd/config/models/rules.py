"""Interlocks: what may not happen, and while what is so, written by those who know the room (control.md 6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from roomd.config.models.base import Model
from roomd.config.models.conditions import Conditions, Unless
from roomd.config.models.devices import Scalar
from roomd.config.models.quantities import Duration
from roomd.config.models.texts import DeviceId, PlainId, Words

Origin = Literal["panel", "api", "scene", "schedule", "occupancy", "mqtt", "rule", "cli"]
RuleQuality = Literal["confirmed", "observed", "assumed"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_ONE_OR_MORE = Field(min_length=1, max_length=64)
DeviceIds = Annotated[
    list[DeviceId], _ONE_OR_MORE, BeforeValidator(_as_list, json_schema_input_type=str | list[str])
]
Names = Annotated[
    list[Name], _ONE_OR_MORE, BeforeValidator(_as_list, json_schema_input_type=str | list[str])
]
Origins = Annotated[
    list[Origin],
    _ONE_OR_MORE,
    BeforeValidator(_as_list, json_schema_input_type=Origin | list[Origin]),
]


class Target(Model):
    """Which commands a rule is about."""

    device: DeviceIds | None = None
    """Device or zone, or a list of them."""
    kind: Names | None = None
    """All devices of these kinds."""
    command: Names | None = None
    """Commands; left out: all that the devices have. Never `stop`."""
    origin: Origins | None = None
    """Only commands from there; left out: from everywhere."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.device is None and self.kind is None:
            raise PydanticCustomError("target_empty", "device or kind is needed")
        return self


class Call(Model):
    """One command with its arguments."""

    command: Name
    """Name of the command."""
    args: dict[Name, Scalar] = Field(default_factory=dict)
    """Its arguments."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"command": value} if isinstance(value, str) else value


class Satisfy(Model):
    """What makes the rule content; run only when a person accepts the offer."""

    steps: dict[DeviceId, Call] = Field(default_factory=dict)
    """Device -> command. Written without this key, beside `wait` and `timeout`."""
    wait: Conditions | None = None
    """What must be so afterwards; left out: the rule's own conditions."""
    timeout: Annotated[Duration, Field(ge=1, le=600)] = 90.0
    """How long that may take."""

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        given = cast("dict[str, Any]", value)
        own = {k: v for k, v in given.items() if k in {"wait", "timeout"}}
        return {"steps": {k: v for k, v in given.items() if k not in own}, **own}

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.steps:
            raise PydanticCustomError("satisfy_empty", "at least one device is needed")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe it as people write it: devices beside `wait`."""
        shape = handler.resolve_ref_schema(handler(core_schema))
        steps = shape["properties"].pop("steps")
        shape["patternProperties"] = {
            # What stands beside the devices is none: JSON Schema applies a pattern to every key.
            f"^(?!(wait|timeout)$){pattern.removeprefix('^')}": {
                "anyOf": [{"type": "string"}, call]
            }
            for pattern, call in steps["patternProperties"].items()
        }
        return shape


class Override(Model):
    """Who may pass the rule for one command, with a reason that is recorded."""

    role: Literal["operator"] = "operator"
    """Role that may."""
    reason: Literal["required"] = "required"
    """A reason is always asked for."""


class Reset(Model):
    """Who may end a latch, once its input is back to normal."""

    role: Literal["operator", "admin"] = "admin"
    """Role that may."""


class Reaction(Model):
    """A command that a latch gives when it falls."""

    device: DeviceIds | None = None
    """Device or zone, or a list of them."""
    kind: Names | None = None
    """All devices of these kinds that have the command."""
    command: Name
    """Name of the command: `stop`, or one that moves nothing."""
    args: dict[Name, Scalar] = Field(default_factory=dict)
    """Its arguments."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.device is None and self.kind is None:
            raise PydanticCustomError("target_empty", "device or kind is needed")
        return self


class Rule(Model):
    """One interlock. Exactly one of `mutex`, `latch`, or `deny` with `unless` (or with `origin` alone)."""

    id: PlainId
    """Name of the rule, for `roomd why` and the record."""
    deny: Target | None = None
    """What is forbidden: while `unless` does not hold, or while the latch is down."""
    unless: Unless | None = None
    """What must be so for the command to be allowed."""
    mutex: Annotated[list[DeviceId], Field(min_length=2, max_length=64)] | None = None
    """Motors of which only one may run at a time."""
    latch: Conditions | None = None
    """Falls when all of this is so, and stays until `reset`, over restarts too."""
    do: Annotated[tuple[Reaction, ...], Field(max_length=32)] = ()
    """What happens when the latch falls."""
    reset: Reset = Reset()
    """Who may end the latch."""
    guard: Literal["stop", "none"] = "stop"
    """What happens to a motor that runs while its condition turns false: `stop`, or nothing."""
    quality: tuple[RuleQuality, ...] = ("confirmed", "observed")
    """How far a point must be trusted to satisfy the rule; `assumed` has to be named."""
    satisfy: Satisfy | None = None
    """What is offered when the rule refuses."""
    override: Override | None = None
    """Who may pass it for one command. Not for latch and mutex."""
    say: Words
    """The sentence that people read when it refuses."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.mutex is not None) + (self.latch is not None) + (self.unless is not None) > 1:
            raise PydanticCustomError("rule_form", "unless, mutex or latch: one of them")
        if self.mutex is not None and self.deny is not None:
            raise PydanticCustomError("rule_form", "mutex stands without deny")
        if self.mutex is None and self.latch is None and not self._forbids():
            raise PydanticCustomError("rule_form", "deny with unless or origin, mutex, or latch")
        if self.unless is None and (self.satisfy is not None or self.override is not None):
            raise PydanticCustomError("rule_offer", "satisfy and override need unless")
        if self.latch is None and self.do:
            raise PydanticCustomError("rule_offer", "do needs latch")
        return self

    def _forbids(self) -> bool:
        return self.deny is not None and (self.unless is not None or self.deny.origin is not None)
