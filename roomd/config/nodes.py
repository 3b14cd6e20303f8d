"""The tree that reading gives: raw text with its place, before any meaning is put on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from roomd.config.places import KeyPath, PathPart, Place

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z")


@dataclass(slots=True)
class Scalar:
    """One value.

    Plain (unquoted) text may be a boolean or an integer; quoted text is always text.
    """

    place: Place
    text: str
    plain: bool


@dataclass(slots=True)
class Tagged:
    """A value with one of our tags, not yet replaced by what it stands for."""

    place: Place
    tag: str
    argument: str


@dataclass(slots=True)
class Secret:
    """What a `!secret` or `!env` stood for."""

    place: Place
    name: str
    value: SecretStr


@dataclass(slots=True)
class Broken:
    """A value that was already reported; whatever else is said about it would be noise."""

    place: Place


@dataclass(slots=True)
class Entry:
    """One key of a mapping with its value."""

    key_place: Place
    node: Node


@dataclass(slots=True)
class Mapping:
    """Keys in the order of the file."""

    place: Place
    entries: dict[str, Entry]


@dataclass(slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node]


Node = Scalar | Tagged | Secret | Broken | Mapping | Sequence


def scalar_value(node: Scalar) -> bool | int | str | None:
    """Return what a scalar means.

    `true`/`false`, an integer without leading zeros, nothing, else its text.
    """
    if not node.plain:
        return node.text
    if node.text in {"true", "false"}:
        return node.text == "true"
    if _INTEGER.match(node.text):
        return int(node.text)
    return node.text or None


def decimal(node: Node | None) -> float | None:
    """Return an unquoted decimal number such as `2.4`.

    Which counts only where a number is asked for.
    """
    if isinstance(node, Scalar) and node.plain and _DECIMAL.match(node.text):
        return float(node.text)
    return None


def plain(node: Node) -> Any:
    """Return the tree as dicts, lists and values.

    A secret becomes its text, something broken None.
    """
    match node:
        case Mapping(entries=entries):
            return {key: plain(entry.node) for key, entry in entries.items()}
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Scalar():
            return scalar_value(node)
        case Secret(value=value):
            return value.get_secret_value()
        case _:
            return None


def child(node: Node, part: PathPart) -> Node | None:
    """Return what stands under a key or a list position, or None."""
    if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
        return node.entries[part].node
    if isinstance(node, Sequence) and isinstance(part, int) and 0 <= part < len(node.items):
        return node.items[part]
    return None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a path ended.

    The deepest node that is there, its key's place and the path that led to it.
    """

    node: Node
    key_place: Place
    path: KeyPath
    whole: bool
    """True where the whole path exists."""


def locate(root: Node, loc: tuple[PathPart, ...], key_place: Place | None = None) -> Spot:
    """Follow `loc` as far as it goes.

    Parts that name no key (union branches of pydantic) are passed over.
    """
    node, place = root, key_place or root.place
    path: KeyPath = ()
    whole = True
    for part in loc:
        below = child(node, part)
        if below is None:
            whole = False
            continue
        place = below.place
        if isinstance(node, Mapping) and isinstance(part, str):
            place = node.entries[part].key_place
        node, path, whole = below, (*path, part), True
    return Spot(node, place, path, whole)
