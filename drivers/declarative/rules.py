"""What a message says of points: `observe:`, and the answers to polls. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers.declarative import pipes
from drivers.declarative.frames import Template
from drivers.declarative.messages import Message, TopicMessage
from drivers.declarative.receive import Received
from drivers.declarative.values import MISSING, alike, at

Find = Callable[[Message], dict[str, Any] | None]
"""Gives point -> value for a message, None where the message is another one."""


@dataclass(frozen=True, slots=True)
class Said:
    """A rule: which messages, and what they say."""

    find: Find


def from_template(template: Template, sets: Mapping[str, Any], given: Mapping[str, Any]) -> Said:
    """Return the rule for frames of this form."""

    def find(message: Message) -> dict[str, Any] | None:
        if not isinstance(message, Received):
            return None
        caught = template.match(message.data, given)
        return None if caught is None else filled(sets, {**given, **caught})

    return Said(find)


def from_topic(
    topics: tuple[str, ...],
    path: str | None,
    where: Mapping[str, Any],
    sets: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Said:
    """Return the rule for MQTT messages of these topics; values of `sets` are paths below `path`."""

    def find(message: Message) -> dict[str, Any] | None:
        if not isinstance(message, TopicMessage) or message.topic not in topics:
            return None
        body = at(message.body, path)
        if body is MISSING:
            return None
        if not all(alike(at(body, key), pipes.fill(want, given)) for key, want in where.items()):
            return None
        return by_path(body, sets, given)

    return Said(find)


def by_path(body: Any, sets: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return point -> value; `"Power|on_off"` is a path, `"{value}"` the body itself, anything else as it is."""
    found: dict[str, Any] = {}
    for point, want in sets.items():
        if not isinstance(want, str):
            found[point] = want
            continue
        inside = pipes.whole(want)
        wanted = pipes.parse(want if inside is None else inside)
        value = body if inside is not None and wanted.name == "value" else at(body, wanted.name)
        if inside is not None and wanted.name in given:
            value = given[wanted.name]
        if value is MISSING:
            continue
        try:
            found[point] = wanted.through(value)
        except (ValueError, TypeError):
            continue
    return found


def filled(sets: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return point -> value with placeholders replaced; what a pipe cannot take is left out."""
    found: dict[str, Any] = {}
    for point, want in sets.items():
        try:
            found[pipes.fill("=" + point, values)[1:]] = pipes.fill(want, values)
        except (ValueError, KeyError, TypeError):
            continue
    return found
