"""What a device can be told: arguments, commands, and the nine outcomes. Pure."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from drivers.units import parse_duration


class Priority(enum.IntEnum):
    """Who goes first in a lane; written by name in files, never by number. Lower goes first."""

    SAFETY = 0
    USER = 1
    SCENE = 2
    POLL = 3


class OutcomeKind(enum.StrEnum):
    """How a command ended; each ends in exactly one."""

    CONFIRMED = "confirmed"
    """The device itself acknowledged this very command, and every `confirm` point has reached its wish."""
    SENT = "sent"
    """All bytes were handed over, and nobody can say more."""
    REFUSED = "refused"
    """No bytes left: a rule, a role, an argument or a limit said no; `code` says which."""
    SUPERSEDED = "superseded"
    """A newer command with the same key took its place."""
    EXPIRED = "expired"
    """Its time to live passed before the first byte."""
    TIMEOUT = "timeout"
    """Bytes left, no answer in time: the effect is not known."""
    OFFLINE = "offline"
    """The link was down."""
    CANCELLED = "cancelled"
    """Stopped by a person, by STOP, by a cancelled run or a lost hold."""
    FAILED = "failed"
    """The device said no, or reading back gives something else."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one end of one command."""

    kind: OutcomeKind
    code: str | None = None
    """Reason in snake_case, for example `interlocked`, `no_reply`, `mismatch`; None where the kind says all."""
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the words for `code` need: numbers, ids, units."""
    tx: int = 0
    """Frames that left for the device."""
    ms: float = 0.0
    """Milliseconds from acceptance to the end."""


class RetryClass(enum.StrEnum):
    """What may be done after a missing or damaged answer (protocols.md 1.2)."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    MOTION = "motion"
    STOP = "stop"
    INQUIRY = "inquiry"


ArgType = Literal["bool", "int", "number", "enum", "string", "duration"]
ArgValue = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument of a command, with unit and range; out of range is refused before any byte."""

    type: ArgType
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str | None = None
    values: tuple[str, ...] = ()
    """The choices of an `enum`."""
    optional: bool = False
    max_length: int = 64
    """Characters, for a `string`."""


USER_TTL = 10.0
"""Seconds from acceptance to the first byte of what a person asked for, unless the driver says otherwise."""
SCENE_TTL = 30.0
"""The same in a scene."""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One command of one device. Times are seconds."""

    name: str
    args: Mapping[str, Arg] = field(default_factory=dict[str, Arg])
    key: str | None = None
    """Newest wins among commands of one device with the same key; `{arg}` stands for an argument's value. None: each is
    its own (steps, pulses, toggles)."""
    priority: Priority = Priority.USER
    retry: RetryClass = RetryClass.ABSOLUTE
    retries: int = 2
    """Further attempts after a missing answer; only `absolute`, `stop` and `inquiry` commands use them."""
    ttl: float = USER_TTL
    """From acceptance to the first byte; `live` says what holds in a scene."""
    timeout: float = 1.0
    """For one answer, wire time not counted (the link adds it)."""
    settles: float = 0.0
    """How long, after the device accepted, the `confirm` points may take to reach their wish."""
    confirm: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Points that must be *reported* with these values before the outcome is `confirmed`; `"{level}"` stands for an
    argument's value. Points whose argument was not given are left out."""
    effects: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Points that the command is meant to change but that nobody reports (assumed)."""
    answers: Literal["device", "gateway", "none"] = "device"
    """Who acknowledges: the device (`confirmed`), only a gateway (`sent`), or nobody (`sent`)."""
    run: Literal["hold", "tap"] | None = None
    """For motion: must a finger stay on it."""
    flush: bool = False
    """Empties this device's queue first and ends its exchange in flight (stop)."""
    exclusive: str | None = None
    """Commands of one device with the same group run one after another, completion included."""
    merge: float | None = None
    """Seconds in which further taps are merged into one whole state (climate); None: never."""

    def live(self, priority: Priority) -> float:
        """Return the seconds from acceptance to the first byte: a scene's command may wait longer than a person's.

        What moves, and what its driver lets wait for less than the usual time, does not wait longer in a scene either.
        """
        usual = self.ttl >= USER_TTL and self.retry is not RetryClass.MOTION
        ttl = max(self.ttl, SCENE_TTL) if usual and priority is Priority.SCENE else self.ttl
        return ttl + (self.merge or 0.0)

    def deadline(self, priority: Priority) -> float:
        """Return the longest time in seconds from acceptance to the outcome."""
        attempts = 1 + (self.retries if self.retry in RETRYABLE else 0)
        return self.live(priority) + self.timeout * attempts + self.settles

    def wishes(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return point -> wished value for these arguments, reported and assumed ones together."""
        return {**self.assumed_wishes(args), **self.reported_wishes(args)}

    def reported_wishes(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return point -> wished value for the points that the device must report."""
        return _filled(self.confirm, args)

    def assumed_wishes(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return point -> wished value for the points that nobody reports."""
        return _filled(self.effects, args)

    def key_for(self, args: Mapping[str, Any]) -> str | None:
        """Return the key with its arguments filled in, or None."""
        return None if self.key is None else fill_text(self.key, args)


RETRYABLE = frozenset({RetryClass.ABSOLUTE, RetryClass.STOP, RetryClass.INQUIRY})


def _filled(wishes: Mapping[str, Any], args: Mapping[str, Any]) -> dict[str, Any]:
    pairs = ((fill_text(point, args), fill(wish, args)) for point, wish in wishes.items())
    return {point: wish for point, wish in pairs if wish is not None}


def fill(wish: Any, args: Mapping[str, Any]) -> Any:
    """Return `wish`, or the argument's own value when it is `"{name}"`; None when that argument was not given."""
    if isinstance(wish, str) and wish.startswith("{") and wish.endswith("}"):
        return args.get(wish[1:-1])
    return wish


def fill_text(text: str, args: Mapping[str, Any]) -> str:
    """Return `text` with each `{name}` replaced by that argument's value."""
    if "{" not in text:
        return text
    for name, value in args.items():
        text = text.replace("{" + name + "}", str(value))
    return text


_F = TypeVar("_F", bound=Callable[..., Any])


def command(
    *,
    args: Mapping[str, Arg] | None = None,
    ttl: str = "10s",
    timeout: str = "1s",
    settles: str = "0s",
    **fields: Any,
) -> Callable[[_F], _F]:
    """Mark a device's method as a command; durations as in YAML (`"5s"`), the rest as in `CommandSpec`."""

    def mark(method: _F) -> _F:
        spec = CommandSpec(
            name=method.__name__,
            args=dict(args or {}),
            ttl=parse_duration(ttl),
            timeout=parse_duration(timeout),
            settles=parse_duration(settles),
            **fields,
        )
        method.command_spec = spec  # type: ignore[attr-defined]  # functions take attributes; no Protocol says so
        return method

    return mark


def renamed(spec: CommandSpec, **changes: Any) -> CommandSpec:
    """Return a copy of `spec` with some fields changed, for commands whose range depends on the settings."""
    return replace(spec, **changes)
