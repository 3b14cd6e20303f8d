"""Strict YAML 1.2 for definitions: our own tree, each value with its place.

Only `true` and `false` are booleans, integers have no leading zero, all else stays text (`on`, `no`, `010`). Anchors,
aliases, tags and duplicate keys are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from drivers.declarative.problems import DefinitionError, KeyPath, Place, Problem

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_OPEN = 64
"""Brackets open at one place: counted before the parser sees them, because it is slow on many."""
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_NUMBERLIKE = re.compile(r"[-+]?[0-9][0-9_.]*(?:[eE][-+]?[0-9]+)?\Z")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


class Unquoted(str):
    """Text that was written without quotes and looks like a number."""

    __slots__ = ()


@dataclass(slots=True)
class Node:
    """A value with its place: a scalar (`value`), a mapping (`keys`, `entries`) or a list (`items`)."""

    place: Place
    value: Any = None
    entries: dict[str, Node] | None = None
    keys: dict[str, Place] = field(default_factory=dict[str, Place])
    items: list[Node] | None = None

    def plain(self) -> Any:
        """Return the tree as dicts, lists and values."""
        if self.entries is not None:
            return {key: node.plain() for key, node in self.entries.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.value

    def at(self, path: KeyPath) -> tuple[Place, KeyPath]:
        """Return the place of the deepest part of `path`, and that part; unknown parts are passed over."""
        node, place, found = self, self.place, list[str | int]()
        for part in path:
            if node.entries is not None and isinstance(part, str) and part in node.entries:
                place = node.entries[part].place
                node = node.entries[part]
            elif node.items is not None and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
                place = node.place
            else:
                continue
            found.append(part)
        return place, tuple(found)

    def key_place(self, path: KeyPath) -> Place:
        """Return the place of the key that ends `path`, or of the deepest part there is."""
        node = self
        for part in path[:-1]:
            below = node.entries.get(str(part)) if node.entries is not None else None
            if node.items is not None and isinstance(part, int) and part < len(node.items):
                below = node.items[part]
            node = below or node
        return node.keys.get(str(path[-1]), node.place) if path else node.place


def read(raw: bytes, file: str) -> Node:
    """Return the tree of one file.

    Raises:
        DefinitionError: it is no YAML of the strict kind, or larger than 256 KiB.
    """
    text = _decode(raw, file)
    reader = _Reader(file, text)
    try:
        root = reader.document()
    except MarkedYAMLError as caught:
        error: Any = caught  # without types
        mark = error.problem_mark or error.context_mark
        place = reader.last if mark is None else Place(file, mark.line + 1, mark.column + 1)
        problem = Problem(place, (), "yaml_syntax", {"problem": error.problem or error.context})
        raise DefinitionError([*reader.problems, problem]) from None
    except (YAMLError, ValueError, IndexError, AttributeError, TypeError, AssertionError) as slip:
        if isinstance(slip, DefinitionError):
            raise
        # The parser's own slips on broken input.
        problem = Problem(reader.last, (), "yaml_syntax", {"problem": "?"})
        raise DefinitionError([*reader.problems, problem]) from None
    if reader.problems:
        raise DefinitionError(reader.problems)
    return root


def _decode(raw: bytes, file: str) -> str:
    start = Place(file, 1, 1)
    if len(raw) > MAX_BYTES:
        raise DefinitionError([Problem(start, (), "file_too_large")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionError([Problem(start, (), "not_utf8")]) from None
    bad = _UNWANTED.search(text)
    if bad is not None:
        raise DefinitionError([Problem(_spot(text, bad.start(), file), (), "bad_character")])
    depth = 0
    for match in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if match.group() in "[{" else max(0, depth - 1)
        if depth > MAX_OPEN:
            raise DefinitionError([Problem(_spot(text, match.start(), file), (), "too_deep")])
    return text


def _spot(text: str, offset: int, file: str) -> Place:
    before = text[:offset]
    return Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        yaml: Any = YAML(typ="safe", pure=True)
        self.file = file
        self.events: Iterator[Any] = iter(yaml.parse(text))
        self.last = Place(file, 1, 1)
        self.problems: list[Problem] = []

    def document(self) -> Node:
        self._next()
        if isinstance(self._next(), ev.StreamEndEvent):
            raise DefinitionError([Problem(self.last, (), "file_empty")])
        root = self._node(self._next(), ())
        self._next()
        if not isinstance(self._next(), ev.StreamEndEvent):
            self._report((), "yaml_syntax", problem="more than one document")
        return root

    def _next(self) -> Any:
        event = next(self.events)
        start, end = event.start_mark, event.end_mark
        length = max(1, end.column - start.column) if end.line == start.line else 1
        self.last = Place(self.file, start.line + 1, start.column + 1, length)
        return event

    def _report(self, path: KeyPath, code: str, place: Place | None = None, **params: Any) -> None:
        self.problems.append(Problem(place or self.last, path, code, params))

    def _node(self, event: Any, path: KeyPath) -> Node:
        place = self.last
        if isinstance(event, ev.AliasEvent) or event.anchor is not None:
            self._report(path, "yaml_alias")
            if isinstance(event, ev.AliasEvent):
                return Node(place)
        if event.ctag is not None and str(event.ctag):
            self._report(path, "yaml_tag", tag=str(event.ctag))
        if isinstance(event, ev.ScalarEvent):
            return Node(place, _value(event))
        if len(path) >= MAX_DEPTH:
            raise DefinitionError([Problem(place, path, "too_deep")])
        if isinstance(event, ev.MappingStartEvent):
            return self._mapping(place, path)
        items: list[Node] = []
        while not isinstance(event := self._next(), ev.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return Node(place, items=items)

    def _mapping(self, place: Place, path: KeyPath) -> Node:
        entries: dict[str, Node] = {}
        node = Node(place, entries=entries)
        while not isinstance(event := self._next(), ev.MappingEndEvent):
            where = self.last
            scalar: Any = event if isinstance(event, ev.ScalarEvent) else None
            key = None if scalar is None else str(scalar.value)
            if key is None:
                self._report(path, "yaml_key", where)
                self._node(event, path)
            below = self._node(self._next(), (*path, key or "?"))
            if key is None:
                continue
            if key in entries:
                self._report(
                    (*path, key), "duplicate_key", where, key=key, first=node.keys[key].line
                )
                continue
            entries[key] = below
            node.keys[key] = where
        return node


def _value(event: Any) -> bool | int | str | None:
    text = str(event.value)
    if event.style is not None:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if _INTEGER.match(text):
        return int(text)
    if _NUMBERLIKE.match(text):
        return Unquoted(text)
    return text or None
