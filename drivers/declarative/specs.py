"""The commands of a device: what a definition says, with options filled in, as the SDK needs it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.commands import Arg, CommandSpec, Priority, RetryClass
from drivers.declarative import arguments, pipes
from drivers.declarative.model import Command, Definition, TopicExpect
from drivers.declarative.shapes import mapping, sequence
from drivers.motion import MotionSpec
from drivers.points import PointSpec

MOTION_TTL = 3.0
TTL = 10.0
TIMEOUT = 1.0
HTTP_TIMEOUT = 3.0
"""Seconds, where neither the command nor `send` says otherwise."""
RETRIES = 2


def sending(definition: Definition, command: Command, name: str) -> Any:
    """Return `repeat`, `ttl`, ... of a command: its own, those of its `send`, or the file's; None where nowhere."""
    for place in (command, command.send, definition.send):
        value = getattr(place, name, None)
        if value is not None:
            return value
    return None


def command_spec(
    name: str,
    definition: Definition,
    options: Mapping[str, Any],
    points: Mapping[str, PointSpec],
    motion: MotionSpec | None,
) -> CommandSpec:
    """Return one command with ranges, classes and times.

    Raises:
        ValueError: a range that is no number.
    """
    command = definition.commands[name]
    moves = motion is not None and motion.stroke(name) is not None
    halts = command.priority == "safety"
    answers = _answers(command)
    asks = answers != "none"
    retries = sending(definition, command, "retries")
    expect = command.expect
    timeout = expect.timeout if isinstance(expect, TopicExpect) else None
    timeout = timeout or sending(definition, command, "timeout")
    ttl = sending(definition, command, "ttl")
    return CommandSpec(
        name=name,
        args=_args(command, options, points),
        key=_key(name, command, moves=moves),
        priority=Priority[command.priority.upper()],
        retry=_retry(command, moves=moves, halts=halts),
        retries=(RETRIES if retries is None else retries) if asks else 0,
        ttl=ttl if ttl is not None else MOTION_TTL if moves or halts else TTL,
        timeout=timeout or (HTTP_TIMEOUT if command.http else TIMEOUT),
        settles=command.settles,
        confirm=_confirm(command, answers),
        effects=_effects(name, command, answers, moves=moves, halts=halts and motion is not None),
        answers=answers,
        run=motion.run if moves and motion is not None else None,
        flush=command.flush,
        merge=command.settle if command.merge else None,
    )


def _answers(command: Command) -> Any:
    if isinstance(command.expect, TopicExpect):
        return command.expect.answers
    return "device" if command.expect is not None or command.http is not None else "none"


def _args(
    command: Command, options: Mapping[str, Any], points: Mapping[str, PointSpec]
) -> dict[str, Arg]:
    found = {name: arguments.declared(part, options) for name, part in command.args.items()}
    if command.merge:
        for name in merged_names(command, points):
            found.setdefault(name, arguments.from_point(points[name]))
    return found


def merged_names(command: Command, points: Mapping[str, PointSpec]) -> tuple[str, ...]:
    """Return the points that a merged command sends each time: those its body names."""
    body = command.publish or command.http
    used = set(_names(body.json_) + _names(body.text)) if body is not None else set[str]()
    for text in (command.hex, command.text):
        used |= set(_names(text))
    return tuple(name for name in points if name in used)


def _names(body: Any) -> list[str]:
    below = mapping(body)
    inner = sequence(body) if below is None else list(below.values())
    if inner is not None:
        return [name for part in inner for name in _names(part)]
    return pipes.names_in(body) if isinstance(body, str) else []


def _key(name: str, command: Command, *, moves: bool) -> str | None:
    if command.key is not None:
        return command.key
    if moves:
        return "move"
    return f"merge.{name}" if command.merge else None


def _retry(command: Command, *, moves: bool, halts: bool) -> RetryClass:
    if halts:
        return RetryClass.STOP
    if moves:
        return RetryClass.MOTION
    return RetryClass.RELATIVE if command.relative else RetryClass.ABSOLUTE


def _confirm(command: Command, answers: str) -> dict[str, Any]:
    """Return what must be reported: `confirm:`, else what the device's own answer sets."""
    return dict(command.confirm) or (_simple(command) if answers == "device" else {})


def _simple(command: Command) -> dict[str, Any]:
    """Return the wishes that need no pipe and name an argument or a plain value."""
    found: dict[str, Any] = {}
    for point, value in command.set.items():
        inside = pipes.whole(value) if isinstance(value, str) else None
        if inside is None or inside in command.args:
            found[point] = value
    return found


def _effects(
    name: str, command: Command, answers: str, *, moves: bool, halts: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if answers != "device":
        found |= _simple(command)
        if command.merge:
            body = command.publish or command.http
            found |= {n: f"{{{n}}}" for n in _names(body.json_ if body is not None else None)}
    if moves:
        found["moving"] = name
    if halts:
        found["moving"] = "none"
    return found
